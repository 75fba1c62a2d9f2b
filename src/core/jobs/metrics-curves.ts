/**
 * The curves of a run as a chart draws them: points as they are where they fit, else the lowest and the highest of equal ranges of
 * steps with the mean of each. Reads about as many rows as it answers, however long the history is. Runs in the store thread.
 */
import type { Curve, MetricBatch } from '../../shared/contract/metrics.ts'
import type { SnapshotReader, StoreReader } from '../store/handles.ts'
import { OUTLINE_SHIFTS } from '../store/metric-outline-levels.ts'
import { addPoint, mergeInto, type Outline, type Outlines } from './metrics-outline.ts'

export interface CurveQuery {
  jobId: string
  /** Left out: all series. */
  names?: readonly string[] | undefined
  /** Steps, both included; left out: the first and the last there are. */
  from?: number | undefined
  to?: number | undefined
  /** At most twice as many points come back for a series. */
  ranges: number
}

interface Series {
  id: number
  name: string
  lastStep: number
  sequence: number
}

/** Sorted by name. `cursor` is what the stream of news goes on from. */
export function selectCurves(store: SnapshotReader, query: CurveQuery): MetricBatch {
  return store.snapshot(() => {
    const all = seriesOf(store, query.jobId)
    const cursor = all.reduce((highest, { sequence }) => Math.max(highest, sequence), 0)
    const wanted = query.names === undefined ? all : all.filter(({ name }) => query.names?.includes(name))
    return { cursor, curves: wanted.flatMap(series => readCurve(store, series, query) ?? []) }
  })
}

/** The outline of all that came after the cursor, for a watcher who has been away for long. */
export function selectCurvesSince(
  store: SnapshotReader,
  { jobId, after, ranges }: { jobId: string; after: number; ranges: number },
): MetricBatch {
  return store.snapshot(() => {
    let cursor = after
    const curves: Curve[] = []
    for (const series of seriesOf(store, jobId)) {
      if (series.sequence <= after) continue
      cursor = Math.max(cursor, series.sequence)
      const { from } = store.one<{ from: number }>(
        `SELECT MIN(step) AS "from" FROM metric_points INDEXED BY metric_points_by_sequence
         WHERE series_id = ? AND sequence > ?`,
        [series.id, after],
      ) as { from: number }
      const curve = readCurve(store, series, { from, ranges })
      if (curve !== null) curves.push(curve)
    }
    return { cursor, curves }
  })
}

/** Everything after the cursor, point by point and in step order. Only where there is little: it is read on the host. */
export function newPoints(store: StoreReader, jobId: string, after: number): MetricBatch {
  let cursor = after
  const curves: Curve[] = []
  for (const series of seriesOf(store, jobId)) {
    if (series.sequence <= after) continue
    cursor = Math.max(cursor, series.sequence)
    const rows = store.all<Point>(
      `SELECT step, value FROM metric_points INDEXED BY metric_points_by_sequence
       WHERE series_id = ? AND sequence > ? ORDER BY step`,
      [series.id, after],
    )
    curves.push(asCurve(series.name, rows))
  }
  return { cursor, curves }
}

function seriesOf(store: StoreReader, jobId: string): Series[] {
  return store.all<Series>(
    'SELECT id, name, last_step AS lastStep, sequence FROM metric_series WHERE job_id = ? ORDER BY name',
    [jobId],
  )
}

interface Point {
  step: number
  value: number | null
}

function readCurve(
  store: StoreReader,
  series: Series,
  query: Pick<CurveQuery, 'from' | 'to' | 'ranges'>,
): Curve | null {
  const first = store.one<{ step: number }>(
    'SELECT step FROM metric_points WHERE series_id = ? ORDER BY step LIMIT 1',
    [series.id],
  )
  if (first === undefined) return null
  const from = Math.max(query.from ?? first.step, first.step)
  const to = Math.min(query.to ?? series.lastStep, series.lastStep)
  if (from > to) return null
  const most = query.ranges * 2
  const rows = to - from < most ? 0 : countUpTo(store, { id: series.id, from, to, limit: most + 1 })
  if (rows <= most) return asCurve(series.name, pointsWithin(store, series.id, from, to))
  return outlineCurve(store, series, { from, to, ranges: query.ranges })
}

function countUpTo(
  store: StoreReader,
  { id, from, to, limit }: { id: number; from: number; to: number; limit: number },
) {
  return (
    store.one<{ n: number }>(
      `SELECT COUNT(*) AS n FROM
         (SELECT 1 FROM metric_points WHERE series_id = ? AND step BETWEEN ? AND ? LIMIT ?)`,
      [id, from, to, limit],
    ) as { n: number }
  ).n
}

/** With one point beyond each edge, so that the line runs out of the picture. */
function pointsWithin(store: StoreReader, id: number, from: number, to: number): Point[] {
  const edge = (sql: string, at: number): Point[] => store.all<Point>(sql, [id, at])
  return [
    ...edge('SELECT step, value FROM metric_points WHERE series_id = ? AND step < ? ORDER BY step DESC LIMIT 1', from),
    ...store.all<Point>(
      'SELECT step, value FROM metric_points WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step',
      [id, from, to],
    ),
    ...edge('SELECT step, value FROM metric_points WHERE series_id = ? AND step > ? ORDER BY step LIMIT 1', to),
  ]
}

function asCurve(name: string, points: readonly Point[]): Curve {
  return { name, steps: points.map(({ step }) => step), values: points.map(({ value }) => value) }
}

interface Span {
  from: number
  to: number
  ranges: number
}

interface OutlineCurve extends Curve {
  means: number[]
  counts: number[]
}

/** The coarsest level with as many ranges as were asked for; −1 where even the finest has fewer. */
export function levelFor({ from, to, ranges }: Span): number {
  const width = (to - from + 1) / ranges
  return OUTLINE_SHIFTS.findLastIndex(shift => 2 ** shift <= width)
}

function outlineCurve(store: StoreReader, { id, name }: Series, span: Span): Curve {
  const level = levelFor(span)
  const width = level === -1 ? 1 : 2 ** (OUTLINE_SHIFTS[level] as number)
  // Whole numbers of stored ranges, counted from step 0: the same steps are joined whatever the window is.
  const joined = Math.max(1, Math.ceil((span.to - span.from + 1) / span.ranges / width))
  const outlines: Outlines = new Map()
  if (level === -1) {
    for (const { step, value } of pointsWithin(store, id, span.from, span.to)) {
      if (value !== null) addPoint(outlines, Math.floor(step / joined), step, value)
    }
  } else {
    const stored = store.all<Outline & { range: number }>(
      `SELECT range, points, total, low, low_step AS lowStep, high, high_step AS highStep FROM metric_outlines
       WHERE series_id = ? AND level = ? AND range BETWEEN ? AND ? ORDER BY range`,
      [id, level, Math.floor(span.from / width), Math.floor(span.to / width)],
    )
    for (const part of stored) mergeInto(outlines, Math.floor(part.range / joined), part)
  }
  const curve: OutlineCurve = { name, steps: [], values: [], means: [], counts: [] }
  for (const part of outlines.values()) addOutline(curve, part)
  return curve
}

function addOutline(curve: OutlineCurve, part: Outline): void {
  const mean = part.total / part.points
  const low = { step: part.lowStep, value: part.low }
  const high = { step: part.highStep, value: part.high }
  const drawn = low.step === high.step ? [low] : low.step < high.step ? [low, high] : [high, low]
  for (const { step, value } of drawn) {
    curve.steps.push(step)
    curve.values.push(value)
    curve.means.push(mean)
    curve.counts.push(part.points / drawn.length)
  }
}
