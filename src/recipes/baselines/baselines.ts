/** Floors that cost nothing, reported beside every model so that a score is never seen alone. */
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { SimilarityIndex } from '../domain/similarity-index.ts'
import { mean } from '../metrics/regression.ts'

/** Predicts the mean of the training values for every row. */
export function predictMean(trainValues: readonly number[], rows: number): Float64Array {
  return new Float64Array(rows).fill(mean(trainValues))
}

/** Predicts the value of the training compound with the highest Tanimoto similarity of counts; the first one among equals. */
export function predictNearest(
  train: { fingerprints: readonly SparseCounts[]; values: readonly number[] },
  queries: readonly SparseCounts[],
): Float64Array {
  const index = new SimilarityIndex(train.fingerprints)
  return Float64Array.from(queries, query => train.values[index.nearest(query, 1)[0]!.position]!)
}
