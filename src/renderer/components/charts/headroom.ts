/** Room for the labels of horizontal lines. Pure. */

/** Of the height between the lowest and the highest thing drawn: what a label above its line takes in a small chart. */
const ROOM = 0.14

interface Headroom {
  /** Values of the horizontal lines. */
  lines: readonly number[]
  /** Values that are drawn, by curve. */
  curves: readonly Float64Array[]
  logarithmic: boolean
}

/** How far an axis must reach so that the label above its highest line is inside; `null` where there are no lines. */
export function axisTop({ lines, curves, logarithmic }: Headroom): number | null {
  if (lines.length === 0) return null
  const highest = Math.max(...lines)
  let lowest = Math.min(...lines)
  for (const ys of curves) {
    for (const y of ys) if (y < lowest && (y > 0 || !logarithmic)) lowest = y
  }
  if (logarithmic) return highest * (highest / lowest) ** ROOM
  return highest + (highest - lowest) * ROOM
}

/** The highest line carries its label above, every other one below: two lines close together stay legible. */
export function isHighest(value: number, lines: readonly number[]): boolean {
  return value === Math.max(...lines)
}
