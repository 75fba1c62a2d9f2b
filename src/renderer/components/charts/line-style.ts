/** How a curve is told from others: one of seven colours (Okabe & Ito 2008, without yellow, which fades on white) and a dash. */
export interface LineStyle {
  /** Index into the series colours. */
  colour: number
  dash: readonly number[]
}

const COLOURS = 7
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]]

/** Of the thing with this number, e.g. a run: the same wherever it is drawn; twenty-eight in a row differ. */
export function lineStyle(number: number): LineStyle {
  const index = number - 1
  return { colour: index % COLOURS, dash: DASHES[Math.floor(index / COLOURS) % DASHES.length] as readonly number[] }
}
