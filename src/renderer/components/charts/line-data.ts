/** What a line chart draws of its curves. Pure. */
import type { LineStyle } from './line-style.ts'
import { downsample, type Point, type Series, smooth } from './series.ts'

export interface ChartLine {
  label: string
  style: LineStyle
  /** The whole curve, as finely as it is known. */
  series: Series
  /** The same curve within the window that is shown, finer. */
  detail?: Series | undefined
}

export type StepWindow = readonly [from: number, to: number]

export interface DrawnLine {
  raw: Point[]
  /** `null` without smoothing. */
  smoothed: Point[] | null
}

/** Points of a line for a picture `buckets` pixels wide. What the detail does not have yet, the curve itself has. */
export function drawnLine(
  line: Pick<ChartLine, 'series' | 'detail'>,
  { window, buckets, smoothing }: { window: StepWindow | null; buckets: number; smoothing: number },
): DrawnLine {
  const [from, to] = window ?? [-Infinity, Infinity]
  const { detail } = line
  const drawn: DrawnLine = { raw: [], smoothed: smoothing === 0 ? null : [] }
  const pieces =
    window !== null && detail !== undefined && detail.length > 0
      ? [
          { series: detail, from, to },
          { series: line.series, from: Math.max(from, detail.lastX), to, after: detail.lastX },
        ]
      : [{ series: line.series, from, to }]
  for (const piece of pieces) {
    const points = piece.series.points()
    const wanted = { from: piece.from, to: piece.to, buckets }
    const beyond = ({ x }: Point): boolean => piece.after === undefined || x > piece.after
    drawn.raw.push(...downsample(points, wanted).filter(beyond))
    drawn.smoothed?.push(...downsample({ xs: points.xs, ys: smooth(points, smoothing) }, wanted).filter(beyond))
  }
  return drawn
}

/** The first and the last step of all curves; `null` while there is none. */
export function extentOf(all: Iterable<Series>): StepWindow | null {
  let [from, to] = [Infinity, -Infinity]
  for (const series of all) {
    if (series.length === 0) continue
    from = Math.min(from, series.x(0))
    to = Math.max(to, series.lastX)
  }
  return from <= to ? [from, to] : null
}
