/**
 * Two models joined by their errors on rows that neither has seen: w·first + (1 − w)·second with the w in [0, 1] of the least
 * squared error (Wolpert 1992, Neural Networks 5, 241, for two members).
 *
 * The combination must earn its place: where it is not better than the better part by more than the chance of picking w on
 * the same rows, the better part stands alone.
 */
export interface Stack {
  /** Of the first model; 1 − weight is the second's. */
  readonly weight: number
  readonly winner: 'first' | 'second' | 'both'
  /** Root mean squared errors on the unseen rows. */
  readonly rmse: { readonly first: number; readonly second: number; readonly stacked: number }
}

/** Smallest relative gain of the squared error, in units of 1 / rows: about what one fitted number gains by chance. */
const CHANCE = 4

export interface Unseen {
  readonly measured: readonly number[]
  readonly first: readonly number[]
  readonly second: readonly number[]
}

export function stackTwo({ measured, first, second }: Unseen): Stack {
  const rows = measured.length
  if (rows === 0 || first.length !== rows || second.length !== rows) {
    throw new Error(`Stacking needs as many predictions as values: ${rows}, ${first.length}, ${second.length}`)
  }
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < rows; i++) {
    const difference = first[i]! - second[i]!
    numerator += (measured[i]! - second[i]!) * difference
    denominator += difference ** 2
  }
  const best = denominator === 0 ? 1 : Math.min(1, Math.max(0, numerator / denominator))
  const meanSquare = (weight: number) =>
    measured.reduce((sum, y, i) => sum + (weight * first[i]! + (1 - weight) * second[i]! - y) ** 2, 0) / rows
  const [alone1, alone2, joined] = [meanSquare(1), meanSquare(0), meanSquare(best)]
  const rmse = { first: Math.sqrt(alone1), second: Math.sqrt(alone2), stacked: Math.sqrt(joined) }
  const better = Math.min(alone1, alone2)
  if (joined < better * (1 - CHANCE / rows)) return { weight: best, winner: 'both', rmse }
  return alone1 <= alone2 ? { weight: 1, winner: 'first', rmse } : { weight: 0, winner: 'second', rmse }
}
