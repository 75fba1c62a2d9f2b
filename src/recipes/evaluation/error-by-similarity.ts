import type { EvaluatedPoint, Evaluation } from '../../shared/evaluation.ts'
import { rmse } from '../metrics/regression.ts'

const WIDTH = 0.1

/** Errors in bins of a tenth of similarity to the nearest compound the model learned from; bins without a compound are left out. */
export function errorBySimilarity(
  test: readonly Pick<EvaluatedPoint, 'measured' | 'predicted' | 'similarity'>[],
): Evaluation['bySimilarity'] {
  const bins = new Map<number, { measured: number[]; predicted: number[] }>()
  for (const { measured, predicted, similarity } of test) {
    if (similarity === null) continue
    // The last bin holds its upper end as well.
    const bin = Math.min(9, Math.floor(similarity / WIDTH + 1e-9))
    const values = bins.get(bin) ?? { measured: [], predicted: [] }
    values.measured.push(measured)
    values.predicted.push(predicted)
    bins.set(bin, values)
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { measured, predicted }]) => ({
      from: bin / 10,
      to: (bin + 1) / 10,
      n: measured.length,
      rmse: rmse(measured, predicted),
    }))
}
