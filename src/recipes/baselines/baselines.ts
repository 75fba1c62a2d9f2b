/** Floors that cost nothing, reported beside every model so that a score is never seen alone. */
import type { Baselines } from '../../shared/contract/evaluation.ts'
import type { NearestRow } from '../domain/leakage.ts'
import { judgedMetrics } from '../metrics/judged-metrics.ts'
import { mean } from '../metrics/regression.ts'

/**
 * Predicting the mean of the rows that were learned from, and the value of the nearest one of them, judged as a model is.
 *
 * @param y By row. @param learned Exactly measured rows. @param neighbours Exactly measured rows to judge on, each with its nearest
 *   exactly measured one that was learned from.
 */
export function judgeFloors(
  {
    y,
    learned,
    seed,
    checkpoint,
  }: { y: readonly number[]; learned: readonly number[]; seed: number; checkpoint?: () => void },
  neighbours: readonly NearestRow[],
): Pick<Baselines, 'mean' | 'nearest'> {
  const measured = neighbours.map(({ row }) => y[row]!)
  const middle = mean(learned.map(row => y[row]!))
  const judged = (predicted: readonly number[]) => {
    const metrics = judgedMetrics(measured, predicted, seed, checkpoint)
    return { rmse: metrics.rmse, metrics }
  }
  return {
    mean: judged(measured.map(() => middle)),
    nearest: judged(neighbours.map(({ nearest }) => y[nearest]!)),
  }
}
