import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { LEAKAGE_BINS, type Leakage } from '../../shared/contract/evaluation.ts'
import { quantile } from '../metrics/bootstrap.ts'
import { mean } from '../metrics/regression.ts'
import type { Split } from '../splits/split.ts'
import { SimilarityIndex } from './similarity-index.ts'

/** A row of the data set and the one most like it among those that were learned from. */
export interface NearestRow {
  readonly row: number
  readonly nearest: number
  /** Tanimoto similarity of counts, 0 to 1. */
  readonly similarity: number
}

/** Work of one comparison is a few nanoseconds: so many take some ten seconds. */
const MOST_COMPARISONS = 1e9

/** The rows themselves, or as many evenly taken ones as can be compared with `others` in seconds. */
export function comparableRows(rows: readonly number[], others: number): readonly number[] {
  const most = Math.max(1_000, Math.floor(MOST_COMPARISONS / Math.max(1, others)))
  if (rows.length <= most) return rows
  return Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!)
}

/** The rows with their fingerprints made ready for `nearestTo`. There must be one at least. */
export function indexRows(rows: readonly number[], fingerprint: (row: number) => SparseCounts) {
  return { rows, index: new SimilarityIndex(rows.map(fingerprint)) }
}

/** The first one among equals. */
export function nearestTo(
  { rows, index }: ReturnType<typeof indexRows>,
  row: number,
  fingerprint: SparseCounts,
): NearestRow {
  const [nearest] = index.nearest(fingerprint, 1)
  if (!nearest) throw new Error('No row to be near to')
  return { row, nearest: rows[nearest.position]!, similarity: nearest.similarity }
}

/** What nearest neighbours say about a split as a whole. @param similarities Of each test row to its nearest one. */
export function leakageOf(similarities: readonly number[]): Leakage {
  const n = similarities.length
  const ascending = similarities.toSorted((a, b) => a - b)
  const histogram = new Array<number>(LEAKAGE_BINS).fill(0)
  for (const similarity of similarities) {
    // Not by a product alone: 0.15 · 20 is a little below 3.
    const bin = Math.min(LEAKAGE_BINS - 1, Math.floor(similarity * LEAKAGE_BINS + 1e-9))
    histogram[bin]!++
  }
  return {
    n,
    mean: n === 0 ? null : mean(similarities),
    median: n === 0 ? null : quantile(ascending, 0.5),
    histogram,
    shareAbove90: n === 0 ? null : similarities.filter(similarity => similarity >= 0.9).length / n,
    identical: similarities.filter(similarity => similarity === 1).length,
  }
}

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
