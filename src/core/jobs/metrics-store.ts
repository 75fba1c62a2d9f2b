/**
 * Takes metric lines into the store: points by series, their outlines, and a sequence that counts what is new. A line for a step
 * that is there already replaces its value, as it does in a run that goes on from a checkpoint; the same value again is no news.
 */
import type { StoreWriter } from '../store/handles.ts'
import { addPoint, addToOutlines, finestRange, type Outlines, rebuildOutlines } from './metrics-outline.ts'

export interface MetricRow {
  step: number
  name: string
  /** `null`: not finite. */
  value: number | null
}

interface Series {
  id: number
  points: number
  lastStep: number
  sequence: number
}

interface OpenSeries extends Series {
  /** Ranges of the first level with the points that were appended. */
  appended: Outlines
  /** Ranges in which a point was replaced or put between others. */
  changed: Set<number>
  touched: boolean
}

/** Within a transaction of the caller. */
export function insertMetricRows(store: StoreWriter, jobId: string, rows: readonly MetricRow[]): void {
  const open = new Map<string, OpenSeries>()
  let sequence = cursorOf(store, jobId)
  for (const row of rows) {
    let series = open.get(row.name)
    if (series === undefined) {
      series = openSeries(store, jobId, row.name)
      open.set(row.name, series)
    }
    if (takeRow(store, series, row, sequence + 1)) sequence++
  }
  for (const series of open.values()) if (series.touched) closeSeries(store, series)
}

/** The sequence of what came last into a job's metrics; 0 while there is nothing. */
export function cursorOf(store: Pick<StoreWriter, 'one'>, jobId: string): number {
  return (
    store.one<{ sequence: number | null }>('SELECT MAX(sequence) AS sequence FROM metric_series WHERE job_id = ?', [
      jobId,
    ])?.sequence ?? 0
  )
}

/** False where the row says nothing new. */
function takeRow(store: StoreWriter, series: OpenSeries, { step, value }: MetricRow, sequence: number): boolean {
  if (step > series.lastStep) {
    store.run('INSERT INTO metric_points (series_id, step, value, sequence) VALUES (?, ?, ?, ?)', [
      series.id,
      step,
      value,
      sequence,
    ])
    series.lastStep = step
    series.points++
    if (value !== null) addPoint(series.appended, finestRange(step), step, value)
  } else {
    const known = store.one<{ value: number | null }>(
      'SELECT value FROM metric_points WHERE series_id = ? AND step = ?',
      [series.id, step],
    )
    if (known !== undefined && known.value === value) return false
    store.run('INSERT OR REPLACE INTO metric_points (series_id, step, value, sequence) VALUES (?, ?, ?, ?)', [
      series.id,
      step,
      value,
      sequence,
    ])
    if (known === undefined) series.points++
    series.changed.add(finestRange(step))
  }
  series.sequence = sequence
  series.touched = true
  return true
}

function openSeries(store: StoreWriter, jobId: string, name: string): OpenSeries {
  const read = (): Series | undefined =>
    store.one<Series>(
      'SELECT id, points, last_step AS lastStep, sequence FROM metric_series WHERE job_id = ? AND name = ?',
      [jobId, name],
    )
  let series = read()
  if (series === undefined) {
    store.run('INSERT INTO metric_series (job_id, name) VALUES (?, ?)', [jobId, name])
    series = read() as Series
  }
  return { ...series, appended: new Map(), changed: new Set(), touched: false }
}

function closeSeries(store: StoreWriter, series: OpenSeries): void {
  store.run('UPDATE metric_series SET points = ?, last_step = ?, sequence = ? WHERE id = ?', [
    series.points,
    series.lastStep,
    series.sequence,
    series.id,
  ])
  addToOutlines(store, series.id, series.appended)
  if (series.changed.size > 0) rebuildOutlines(store, series.id, series.changed)
}

/** A part of a job's points, oldest series first; false when none is left. Short enough for the event loop. */
export function deleteSomeMetrics(store: StoreWriter, jobId: string, rows: number): boolean {
  const series = store.one<{ id: number }>('SELECT id FROM metric_series WHERE job_id = ? ORDER BY id LIMIT 1', [jobId])
  if (series === undefined) return false
  for (const table of ['metric_points', 'metric_outlines'] as const) {
    const key = table === 'metric_points' ? '(series_id, step)' : '(series_id, level, range)'
    const columns = key.slice(1, -1)
    const deleted = store.run(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${columns} FROM ${table} WHERE series_id = ? LIMIT ${rows})`,
      [series.id],
    )
    if (deleted > 0) return true
  }
  store.run('DELETE FROM metric_series WHERE id = ?', [series.id])
  return true
}
