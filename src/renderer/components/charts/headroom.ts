/** Room for the labels of horizontal lines. Pure. */
import type { Series } from './series.ts'

/** Of the height between the lowest and the highest thing drawn: what a label above its line takes in a small chart. */
const ROOM = 0.14

interface Headroom {
  /** Values of the horizontal lines. */
  lines: readonly number[]
  series: readonly { series: Series }[]
  logarithmic: boolean
}

/** How far an axis must reach so that the label above its highest line is inside; `null` where there are no lines. */
export function axisTop({ lines, series, logarithmic }: Headroom): number | null {
  if (lines.length === 0) return null
  const highest = Math.max(...lines)
  let lowest = Math.min(...lines)
  for (const each of series) {
    for (const y of each.series.points().ys) if (y < lowest && (y > 0 || !logarithmic)) lowest = y
  }
  if (logarithmic) return highest * (highest / lowest) ** ROOM
  return highest + (highest - lowest) * ROOM
}

/** The highest line carries its label above, every other one below: two lines close together stay legible. */
export function isHighest(value: number, lines: readonly number[]): boolean {
  return value === Math.max(...lines)
}
