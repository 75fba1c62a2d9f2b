/**
 * Outlines of a series: what equal ranges of steps hold, at every width of `OUTLINE_SHIFTS`. Kept up to date with the points they
 * stand for, in the same transaction, so that a chart never scans a history to draw it.
 */
import type { StoreWriter } from '../store/handles.ts'
import { OUTLINE_SHIFTS } from '../store/metric-outline-levels.ts'

/** What a range holds; finite points only. Of equal extremes the first step is kept. */
export interface Outline {
  points: number
  total: number
  low: number
  lowStep: number
  high: number
  highStep: number
}

/** By number of range. */
export type Outlines = Map<number, Outline>

/** Points in any order. */
export function addPoint(outlines: Outlines, range: number, step: number, value: number): void {
  const part = { points: 1, total: value, low: value, lowStep: step, high: value, highStep: step }
  mergeInto(outlines, range, part)
}

export function mergeInto(outlines: Outlines, range: number, part: Outline): void {
  const known = outlines.get(range)
  if (known === undefined) {
    outlines.set(range, { ...part })
    return
  }
  known.points += part.points
  known.total += part.total
  if (part.low < known.low || (part.low === known.low && part.lowStep < known.lowStep)) {
    known.low = part.low
    known.lowStep = part.lowStep
  }
  if (part.high > known.high || (part.high === known.high && part.highStep < known.highStep)) {
    known.high = part.high
    known.highStep = part.highStep
  }
}

/** The same points in ranges four times as wide. */
function coarser(outlines: Outlines, level: number): Outlines {
  const wider: Outlines = new Map()
  const shift = (OUTLINE_SHIFTS[level] as number) - (OUTLINE_SHIFTS[level - 1] as number)
  for (const [range, part] of outlines) mergeInto(wider, range >> shift, part)
  return wider
}

export function finestRange(step: number): number {
  return Math.floor(step / 2 ** OUTLINE_SHIFTS[0])
}

/** Adds points that were not there before; `finest` holds them in ranges of the first level. */
export function addToOutlines(store: StoreWriter, seriesId: number, finest: Outlines): void {
  let outlines = finest
  for (let level = 0; level < OUTLINE_SHIFTS.length; level++) {
    if (level > 0) outlines = coarser(outlines, level)
    for (const [range, part] of outlines) {
      store.run(
        `INSERT INTO metric_outlines (series_id, level, range, points, total, low, low_step, high, high_step)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (series_id, level, range) DO UPDATE SET
           points = points + excluded.points, total = total + excluded.total,
           low_step = CASE WHEN excluded.low < low OR (excluded.low = low AND excluded.low_step < low_step)
             THEN excluded.low_step ELSE low_step END,
           low = MIN(low, excluded.low),
           high_step = CASE WHEN excluded.high > high OR (excluded.high = high AND excluded.high_step < high_step)
             THEN excluded.high_step ELSE high_step END,
           high = MAX(high, excluded.high)`,
        [seriesId, level, range, part.points, part.total, part.low, part.lowStep, part.high, part.highStep],
      )
    }
  }
}

/** Makes ranges anew whose points were replaced: an old extreme may be gone. `ranges` are numbers of the first level. */
export function rebuildOutlines(store: StoreWriter, seriesId: number, ranges: ReadonlySet<number>): void {
  let wanted = ranges
  for (let level = 0; level < OUTLINE_SHIFTS.length; level++) {
    const shift =
      level === 0 ? OUTLINE_SHIFTS[0] : (OUTLINE_SHIFTS[level] as number) - (OUTLINE_SHIFTS[level - 1] as number)
    if (level > 0) wanted = new Set([...wanted].map(range => range >> shift))
    for (const range of wanted) rebuild(store, { seriesId, level, range, shift })
  }
}

interface Place {
  seriesId: number
  level: number
  range: number
  /** How much finer what it is made from is: points for level 0, else the level below. */
  shift: number
}

function rebuild(store: StoreWriter, { seriesId, level, range, shift }: Place): void {
  const made: Outlines = new Map()
  const from = range * 2 ** shift
  const to = from + 2 ** shift - 1
  if (level === 0) {
    const points = store.all<{ step: number; value: number }>(
      'SELECT step, value FROM metric_points WHERE series_id = ? AND step BETWEEN ? AND ? AND value IS NOT NULL',
      [seriesId, from, to],
    )
    for (const { step, value } of points) addPoint(made, range, step, value)
  } else {
    const parts = store.all<Outline>(
      `SELECT points, total, low, low_step AS lowStep, high, high_step AS highStep FROM metric_outlines
       WHERE series_id = ? AND level = ? AND range BETWEEN ? AND ?`,
      [seriesId, level - 1, from, to],
    )
    for (const part of parts) mergeInto(made, range, part)
  }
  const outline = made.get(range)
  if (outline === undefined) {
    store.run('DELETE FROM metric_outlines WHERE series_id = ? AND level = ? AND range = ?', [seriesId, level, range])
    return
  }
  store.run(
    `INSERT OR REPLACE INTO metric_outlines (series_id, level, range, points, total, low, low_step, high, high_step)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      seriesId,
      level,
      range,
      outline.points,
      outline.total,
      outline.low,
      outline.lowStep,
      outline.high,
      outline.highStep,
    ],
  )
}
