import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { mean } from '../metrics/regression.ts'
import type { Split } from '../splits/split.ts'
import { SimilarityIndex } from './similarity-index.ts'

/**
 * How close the test rows are to what is learned from: for each, the Tanimoto similarity to its nearest training or validation row
 * (both are learned from). Rows without a fingerprint are left out. A random split of an assay gives values near 0.7, a harder one less.
 */
export function nearestTrainSimilarities(fingerprints: readonly (SparseCounts | null)[], split: Split): Float64Array {
  const present = (rows: readonly number[]) => rows.flatMap(row => fingerprints[row] ?? [])
  const index = new SimilarityIndex(present([...split.train, ...split.validation]))
  return Float64Array.from(present(split.test), query => index.nearest(query, 1)[0]?.similarity ?? 0)
}

/** Mean of `nearestTrainSimilarities`, `null` where no test row has a fingerprint. */
export function meanNearestTrainSimilarity(
  fingerprints: readonly (SparseCounts | null)[],
  split: Split,
): number | null {
  const similarities = nearestTrainSimilarities(fingerprints, split)
  return similarities.length === 0 ? null : mean(similarities)
}
