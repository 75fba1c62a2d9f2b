/**
 * The points of a run for a chart that begins to watch. Where there are more than a screen can show, each series is cut into
 * equal ranges of steps and each range keeps its lowest and its highest point, so that spikes stay visible at any length.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MetricPoint } from '../../shared/contract/jobs.ts'
import type { StoreReader } from '../store/handles.ts'

export interface MetricRange {
  jobId: string
  /** Points with `after` < id ≤ `upTo`. */
  after: number
  upTo: number
}

/** A series then has at most twice as many points: as many as a wide screen has pixels. */
export const RANGES_PER_SERIES = 1_000
/** Rows a turn of the event loop: about 5 ms. */
const SLICE_ROWS = 4_000

interface Row {
  step: number
  value: number
}

/** Sorted by series and step. A million points take about a second, in slices that leave the event loop free. */
export async function readReduced(store: StoreReader, range: MetricRange): Promise<MetricPoint[]> {
  const points: MetricPoint[] = []
  for (const name of seriesOf(store, range.jobId)) {
    const reduce = createMinMax(stepsOf(store, range.jobId, name))
    for (let from = -1; ; ) {
      const rows = store.all<Row & { wanted: 0 | 1 }>(
        `SELECT step, value, id > $after AND id <= $upTo AS wanted FROM metrics
         WHERE job_id = $jobId AND name = $name AND step > $from ORDER BY step LIMIT ${SLICE_ROWS}`,
        { ...range, name, from },
      )
      for (const row of rows) if (row.wanted === 1) reduce.add(row)
      if (rows.length < SLICE_ROWS) break
      from = rows.at(-1)!.step
      await nextTurn()
    }
    for (const { step, value } of reduce.finish()) points.push({ step, name, value })
  }
  return points
}

/** Keeps the first lowest and the first highest row of each of `RANGES_PER_SERIES` equal ranges; rows come in step order. */
export function createMinMax(steps: { first: number; last: number }): { add(row: Row): void; finish(): Row[] } {
  const width = Math.max(1, (steps.last - steps.first + 1) / RANGES_PER_SERIES)
  const kept: Row[] = []
  let current = -1
  let low: Row | null = null
  let high: Row | null = null

  function flush(): void {
    if (low === null || high === null) return
    if (low === high) kept.push(low)
    else kept.push(...(low.step < high.step ? [low, high] : [high, low]))
  }

  return {
    add: ({ step, value }) => {
      const row = { step, value }
      const range = Math.floor((step - steps.first) / width)
      if (range !== current) {
        flush()
        current = range
        low = row
        high = row
        return
      }
      if (low === null || value < low.value) low = row
      if (high === null || value > high.value) high = row
    },
    finish: () => {
      flush()
      return kept
    },
  }
}

/** Names of the series by jumping through the index, however many points each has. */
function seriesOf(store: StoreReader, jobId: string): string[] {
  return store
    .all<{ name: string }>(
      `WITH RECURSIVE series (name) AS (
         SELECT MIN(name) FROM metrics WHERE job_id = $jobId
         UNION ALL
         SELECT (SELECT MIN(name) FROM metrics WHERE job_id = $jobId AND name > series.name) FROM series
         WHERE series.name IS NOT NULL
       ) SELECT name FROM series WHERE name IS NOT NULL`,
      { jobId },
    )
    .map(row => row.name)
}

function stepsOf(store: StoreReader, jobId: string, name: string): { first: number; last: number } {
  const edge = (direction: 'ASC' | 'DESC'): number =>
    store.one<{ step: number }>(
      `SELECT step FROM metrics WHERE job_id = ? AND name = ? ORDER BY step ${direction} LIMIT 1`,
      [jobId, name],
    )?.step ?? 0
  return { first: edge('ASC'), last: edge('DESC') }
}
