/**
 * Two models joined by their errors on rows that neither has seen: w·first + (1 − w)·second, w in [0, 1], by least squared error
 * (Wolpert 1992, Neural Networks 5, 241, for two members).
 *
 * The first one is what stands where the rows do not say otherwise. The second one's share is shrunk towards none by a normal prior
 * (ridge regression), which few rows cannot overcome, and it must earn its place: where the combination is not better than the first alone
 * by more than the chance of fitting one number, the first stands alone. A few dozen rows thus never throw a good model away for one that
 * was lucky on them.
 */
export interface Stack {
  /** Of the first model; 1 − weight is the second's. */
  readonly weight: number
  readonly winner: 'first' | 'second' | 'both'
  /** Root mean squared errors on the unseen rows. */
  readonly rmse: { readonly first: number; readonly second: number; readonly stacked: number }
}

/** Smallest relative gain of the squared error, in units of 1 / rows: what one fitted number gains by chance one time in twenty. */
const CHANCE = 4
/** Standard deviation of the prior of the second one's share. */
const PRIOR_SD = 0.5
/** From this share on the first one is left out, unless that costs more than chance: half a model is not worth keeping for it. */
const NEARLY_ALL = 0.8

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
  const meanSquare = (share: number) =>
    measured.reduce((sum, y, i) => sum + ((1 - share) * first[i]! + share * second[i]! - y) ** 2, 0) / rows
  const [alone1, alone2] = [meanSquare(0), meanSquare(1)]
  const share = Math.min(1, Math.max(0, shrunkShare({ measured, first, second }, alone1)))
  const joined = meanSquare(share)
  const rmse = { first: Math.sqrt(alone1), second: Math.sqrt(alone2), stacked: Math.sqrt(joined) }
  const chance = CHANCE / rows
  if (joined >= alone1 * (1 - chance)) return { weight: 1, winner: 'first', rmse }
  if (share >= NEARLY_ALL && alone2 <= joined * (1 + chance)) return { weight: 0, winner: 'second', rmse }
  return { weight: 1 - share, winner: 'both', rmse }
}

/** Of the second: ridge regression of the first one's errors on the differences. @param error Mean square of those errors. */
function shrunkShare({ measured, first, second }: Unseen, error: number): number {
  let explained = 0
  let difference = error / PRIOR_SD ** 2
  for (let i = 0; i < measured.length; i++) {
    const apart = second[i]! - first[i]!
    explained += (measured[i]! - first[i]!) * apart
    difference += apart ** 2
  }
  return difference === 0 ? 0 : explained / difference
}
