import { type SparseCounts, totalCount } from '../../chem/fingerprints/sparse-counts.ts'

/**
 * MinMax (Tanimoto on counts) similarities of one compound to many by inverted lists: each key lists the rows that have it
 * and how often. One pass over the lists of a query's keys meets every overlap, so the work is the number of shared keys, not
 * rows × keys. Two empty fingerprints have similarity 0, as in `tanimotoCounts`.
 *
 * MinMax is a positive definite kernel (Ralaivola et al. 2005, Neural Networks 18, 1093).
 */
export interface MinMaxIndex {
  readonly rows: number
  /** Σ counts of each row; [rows] */
  readonly totals: Float64Array
  readonly lists: ReadonlyMap<number, KeyList>
}

/** The rows with a key, ascending, and their counts of it. */
interface KeyList {
  readonly rows: Uint32Array
  readonly counts: Uint16Array
}

export function createMinMaxIndex(fingerprints: readonly SparseCounts[]): MinMaxIndex {
  const lengths = new Map<number, number>()
  for (const { keys } of fingerprints) for (const key of keys) lengths.set(key, (lengths.get(key) ?? 0) + 1)
  const lists = new Map<number, KeyList>()
  for (const [key, length] of lengths)
    lists.set(key, { rows: new Uint32Array(length), counts: new Uint16Array(length) })
  for (let row = fingerprints.length - 1; row >= 0; row--) {
    const { keys, counts } = fingerprints[row]!
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      const at = lengths.get(key)! - 1 // filled from the back
      const list = lists.get(key)!
      list.rows[at] = row
      list.counts[at] = counts[i]!
      lengths.set(key, at)
    }
  }
  return { rows: fingerprints.length, totals: Float64Array.from(fingerprints, totalCount), lists }
}

/** Similarity of every query to the first `columns` rows of the index, in [0, 1]. [queries, columns], row-major */
export function minMaxSimilarities(
  index: MinMaxIndex,
  queries: readonly SparseCounts[],
  columns = index.rows,
): Float64Array {
  const out = new Float64Array(queries.length * columns)
  const overlaps = new Uint32Array(columns)
  for (const [q, query] of queries.entries()) {
    addOverlaps(index, query, overlaps)
    writeRatios(index, { own: totalCount(query), overlaps, row: out.subarray(q * columns, (q + 1) * columns) })
  }
  return out
}

/** Σ min of the query's counts with those of the first rows, as many as `overlaps` holds. */
function addOverlaps({ lists }: MinMaxIndex, query: SparseCounts, overlaps: Uint32Array): void {
  const columns = overlaps.length
  overlaps.fill(0)
  for (let k = 0; k < query.keys.length; k++) {
    const list = lists.get(query.keys[k]!)
    if (list === undefined) continue
    const own = query.counts[k]!
    const { rows, counts } = list
    for (let m = 0; m < rows.length; m++) {
      const row = rows[m]!
      if (row >= columns) break // rows ascend
      overlaps[row] = overlaps[row]! + Math.min(own, counts[m]!)
    }
  }
}

function writeRatios(
  { totals }: MinMaxIndex,
  { own, overlaps, row }: { own: number; overlaps: Uint32Array; row: Float64Array },
): void {
  for (let j = 0; j < row.length; j++) {
    const union = own + totals[j]! - overlaps[j]!
    row[j] = union === 0 ? 0 : overlaps[j]! / union
  }
}
