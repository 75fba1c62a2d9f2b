import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'

/**
 * MinMax (Tanimoto on counts) similarities of one compound to many by inverted lists. A count c counts as the members
 * (key, 1) … (key, c) of a set, so Σ min of two fingerprints is the size of an intersection, and one pass over the lists
 * of a query's members meets every overlap: the work is the number of overlaps, not rows × keys.
 *
 * MinMax is a positive definite kernel (Ralaivola et al. 2005, Neural Networks 18, 1093).
 */
export interface MinMaxIndex {
  readonly rows: number
  /** Σ counts of each row; [rows] */
  readonly totals: Float64Array
  /** Σ min with every row. [rows] */
  overlaps(query: SparseCounts, out: Float64Array): void
}

export function createMinMaxIndex(fingerprints: readonly SparseCounts[]): MinMaxIndex {
  const lists = new Map<number, number[][]>()
  for (const [row, { keys, counts }] of fingerprints.entries()) {
    for (let i = 0; i < keys.length; i++) {
      const levels = lists.get(keys[i]!) ?? []
      if (levels.length === 0) lists.set(keys[i]!, levels)
      for (let level = 0; level < counts[i]!; level++) {
        const members = levels[level]
        if (members === undefined) levels.push([row])
        else members.push(row)
      }
    }
  }
  const packed = new Map([...lists].map(([key, levels]) => [key, levels.map(members => Uint32Array.from(members))]))
  return {
    rows: fingerprints.length,
    totals: Float64Array.from(fingerprints, total),
    overlaps(query, out) {
      out.fill(0)
      for (let i = 0; i < query.keys.length; i++) {
        const levels = packed.get(query.keys[i]!)
        if (levels === undefined) continue
        const depth = Math.min(levels.length, query.counts[i]!)
        for (let level = 0; level < depth; level++) {
          const members = levels[level]!
          for (let m = 0; m < members.length; m++) out[members[m]!]!++
        }
      }
    },
  }
}

export function total(fingerprint: SparseCounts): number {
  let sum = 0
  for (const count of fingerprint.counts) sum += count
  return sum
}

/** Similarity of every query to every row of the index, in [0, 1]. [queries, rows], row-major */
export function minMaxSimilarities(index: MinMaxIndex, queries: readonly SparseCounts[]): Float64Array {
  const { rows, totals } = index
  const out = new Float64Array(queries.length * rows)
  for (const [q, query] of queries.entries()) {
    const row = out.subarray(q * rows, (q + 1) * rows)
    index.overlaps(query, row)
    const own = total(query)
    for (let j = 0; j < rows; j++) {
      const union = own + totals[j]! - row[j]!
      row[j] = union === 0 ? 0 : row[j]! / union
    }
  }
  return out
}
