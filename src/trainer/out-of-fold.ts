import type { Fold } from '../recipes/splits/split.ts'
import type { MemberOutcome } from './member.ts'

/**
 * For every row that some member left out: the mean of what those members predict for it, none of which trained on it. The residuals
 * calibrate the intervals of the whole ensemble. Each is of a single member or a few, whose error is larger than the ensemble's, so
 * the intervals are rather too wide than too narrow (CV+, Barber et al. 2021).
 */
export function outOfFold(folds: readonly Fold[], members: readonly MemberOutcome[]): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const [k, member] of members.entries()) {
    for (const [i, row] of folds[k]!.validation.entries()) {
      const known = sums.get(row) ?? { sum: 0, count: 0 }
      sums.set(row, { sum: known.sum + member.validation[i]!, count: known.count + 1 })
    }
  }
  return new Map([...sums].map(([row, { sum, count }]) => [row, sum / count]))
}
