import { type SparseCounts, totalCount } from '../../chem/fingerprints/sparse-counts.ts'
import { sumOfMinima } from './byte-minima.ts'
import { type CommonCounts, createCommonCounts, denseRows, LARGEST_COMMON_COUNT } from './common-counts.ts'

/**
 * MinMax (Tanimoto on counts) similarities of one compound to many. The overlap with a row is Σ min of both counts over all keys. Keys
 * that many rows have are compared as rows of bytes; all others by inverted lists, each of which names the rows of a key: one pass over
 * the lists of a query's keys meets every overlap. A count too large for its byte is shared between both, which is exact, since
 * min(a, b) = min(min(a, c), min(b, c)) + min(max(a − c, 0), max(b − c, 0)). Two empty fingerprints have similarity 0, as in
 * `tanimotoCounts`.
 *
 * MinMax is a positive definite kernel (Ralaivola et al. 2005, Neural Networks 18, 1093).
 */
export interface MinMaxIndex {
  readonly rows: number
  /** Σ counts of each row; [rows] */
  readonly totals: Float64Array
  readonly common: CommonCounts
  readonly rare: KeyLists
}

/** For every key, the rows whose count of it does not fit into the common counts, ascending, and by how much. */
interface KeyLists {
  /** Which list is a key's. */
  readonly lists: ReadonlyMap<number, number>
  /** Where each list begins, and the last one ends. [lists + 1] */
  readonly starts: Uint32Array
  readonly rows: Uint32Array
  readonly counts: Uint16Array
}

/** Queries that are compared at once: bounds the memory beside the answer. */
const QUERY_BLOCK = 64

export function createMinMaxIndex(fingerprints: readonly SparseCounts[]): MinMaxIndex {
  const common = createCommonCounts(fingerprints)
  const totals = Float64Array.from(fingerprints, totalCount)
  return { rows: fingerprints.length, totals, common, rare: createKeyLists(fingerprints, common) }
}

function createKeyLists(fingerprints: readonly SparseCounts[], common: CommonCounts): KeyLists {
  const lists = new Map<number, number>()
  const lengths: number[] = []
  forEachRare(fingerprints, common, key => {
    const list = lists.get(key)
    if (list === undefined) lists.set(key, lengths.push(1) - 1)
    else lengths[list]!++
  })
  const starts = new Uint32Array(lengths.length + 1)
  for (const [list, length] of lengths.entries()) starts[list + 1] = starts[list]! + length
  const rows = new Uint32Array(starts.at(-1)!)
  const counts = new Uint16Array(rows.length)
  const next = starts.slice()
  forEachRare(fingerprints, common, (key, row, count) => {
    const at = next[lists.get(key)!]!++
    rows[at] = row
    counts[at] = count
  })
  return { lists, starts, rows, counts }
}

/** By row, so that the rows of each key ascend. */
function forEachRare(
  fingerprints: readonly SparseCounts[],
  common: CommonCounts,
  visit: (key: number, row: number, count: number) => void,
): void {
  for (const [row, { keys, counts }] of fingerprints.entries()) {
    for (let k = 0; k < keys.length; k++) {
      const rest = restOf(common, keys[k]!, counts[k]!)
      if (rest > 0) visit(keys[k]!, row, rest)
    }
  }
}

/** What of a count is not among the common ones. */
function restOf({ columns }: CommonCounts, key: number, count: number): number {
  return columns.has(key) ? count - LARGEST_COMMON_COUNT : count
}

/** Similarity of every query to the first `columns` rows of the index, in [0, 1]. [queries, columns], row-major */
export function minMaxSimilarities(
  index: MinMaxIndex,
  queries: readonly SparseCounts[],
  columns = index.rows,
): Float64Array {
  const out = new Float64Array(queries.length * columns)
  for (let first = 0; first < queries.length; first += QUERY_BLOCK) {
    const block = queries.slice(first, first + QUERY_BLOCK)
    const size = { queries: block.length, rows: columns }
    const overlaps = sumOfMinima(index.common, denseRows(index.common, block), size)
    for (const [q, query] of block.entries()) {
      const own = overlaps.subarray(q * columns, (q + 1) * columns)
      addRareOverlaps(index, query, own)
      const row = out.subarray((first + q) * columns, (first + q + 1) * columns)
      writeRatios(index, { own: totalCount(query), overlaps: own, row })
    }
  }
  return out
}

/** Σ min over the lists of the query's keys, with the first rows, as many as `overlaps` holds. */
function addRareOverlaps({ common, rare }: MinMaxIndex, query: SparseCounts, overlaps: Uint32Array): void {
  const columns = overlaps.length
  const { lists, starts, rows, counts } = rare
  for (let k = 0; k < query.keys.length; k++) {
    const list = lists.get(query.keys[k]!)
    if (list === undefined) continue
    const own = restOf(common, query.keys[k]!, query.counts[k]!)
    if (own <= 0) continue
    const end = starts[list + 1]!
    for (let m = starts[list]!; m < end; m++) {
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
