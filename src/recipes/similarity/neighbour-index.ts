import { type SparseCounts, totalCount } from '../../chem/fingerprints/sparse-counts.ts'

/**
 * All pairs of rows whose MinMax (Tanimoto) similarity reaches a threshold, found without looking at all pairs. Keys are ordered from
 * rare to common; a pair that is similar enough must share one of the rarest keys of both, the "prefix" of each (Chaudhuri et al. 2006,
 * ICDE; Bayardo et al. 2007, WWW), so only prefixes are indexed. Exact: it answers what comparing every pair would.
 */
export interface NeighbourIndex {
  readonly rows: number
  readonly threshold: number
  /** Visits every other row at least as similar as the threshold, in no particular order. */
  visit(row: number, found: (other: number, similarity: number) => void): void
  /** The same for rows behind this one only. Call it with rising rows: what lies before is forgotten. */
  visitLater(row: number, found: (other: number, similarity: number) => void): void
}

/** A similarity that misses the threshold by rounding alone still counts. */
const ROUNDING = 1e-9

export function createNeighbourIndex(fingerprints: readonly SparseCounts[], threshold: number): NeighbourIndex {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold ${threshold}: expected above 0, at most 1`)
  const rows = fingerprints.length
  const { start, ranks, counts, keys } = rankedKeys(fingerprints)
  const totals = Float64Array.from(fingerprints, totalCount)
  const prefixEnd = prefixes({ start, counts, totals, threshold })
  const lists = invert({ start, ranks, prefixEnd, keys })
  /** [keys] counts of the row in hand, 0 elsewhere. */
  const own = new Uint16Array(keys)
  /** [rows] the last look for which this one was a candidate. */
  const seen = new Uint32Array(rows)
  let looks = 0
  /** [keys] where the rows that are not passed yet begin. */
  const begin = lists.start.slice()

  function look(row: number, from: Uint32Array, found: (other: number, similarity: number) => void): void {
    const total = totals[row]!
    looks++
    for (let k = start[row]!; k < start[row + 1]!; k++) own[ranks[k]!] = counts[k]!
    for (let k = start[row]!; k < prefixEnd[row]!; k++) {
      const rank = ranks[k]!
      for (let m = from[rank]!; m < lists.start[rank + 1]!; m++) {
        const other = lists.rows[m]!
        if (other === row || seen[other] === looks) continue
        seen[other] = looks
        const similarity = similarityTo(other, total)
        if (similarity >= threshold - ROUNDING) found(other, similarity)
      }
    }
    for (let k = start[row]!; k < start[row + 1]!; k++) own[ranks[k]!] = 0
  }

  /** 0 as soon as the threshold is out of reach. */
  function similarityTo(other: number, total: number): number {
    const otherTotal = totals[other]!
    // overlap / (a + b − overlap) ≥ t  ⇔  overlap ≥ t (a + b) / (1 + t)
    const needed = (threshold * (total + otherTotal)) / (1 + threshold) - ROUNDING * (total + otherTotal)
    if (Math.min(total, otherTotal) < needed) return 0
    let shared = 0
    let left = otherTotal
    for (let k = start[other]!; k < start[other + 1]!; k++) {
      const count = counts[k]!
      const mine = own[ranks[k]!]!
      shared += Math.min(mine, count)
      left -= count
      if (shared + left < needed) return 0
    }
    return shared / (total + otherTotal - shared)
  }

  return {
    rows,
    threshold,
    visit: (row, found) => look(row, lists.start, found),
    visitLater: (row, found) => {
      for (let k = start[row]!; k < prefixEnd[row]!; k++) {
        const rank = ranks[k]!
        while (begin[rank]! < lists.start[rank + 1]! && lists.rows[begin[rank]!]! <= row) begin[rank]!++
      }
      look(row, begin, found)
    },
  }
}

interface RankedKeys {
  /** [rows + 1] where each row's keys begin. */
  start: Uint32Array
  /** Rank of each key by how many rows have it, rare ones first; ascending within a row. */
  ranks: Uint32Array
  counts: Uint16Array
  /** Distinct keys. */
  keys: number
}

function rankedKeys(fingerprints: readonly SparseCounts[]): RankedKeys {
  const frequency = new Map<number, number>()
  let total = 0
  for (const { keys } of fingerprints) {
    total += keys.length
    for (const key of keys) frequency.set(key, (frequency.get(key) ?? 0) + 1)
  }
  const rankOf = new Map([...frequency].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([key], rank) => [key, rank]))
  const start = new Uint32Array(fingerprints.length + 1)
  const ranks = new Uint32Array(total)
  const counts = new Uint16Array(total)
  let at = 0
  for (const [row, fingerprint] of fingerprints.entries()) {
    const order = Array.from(fingerprint.keys, (key, i) => ({ rank: rankOf.get(key)!, count: fingerprint.counts[i]! }))
    order.sort((a, b) => a.rank - b.rank)
    for (const { rank, count } of order) {
      ranks[at] = rank
      counts[at++] = count
    }
    start[row + 1] = at
  }
  return { start, ranks, counts, keys: frequency.size }
}

/** [rows] where each row's prefix ends: what follows weighs too little to make two rows similar. */
function prefixes({
  start,
  counts,
  totals,
  threshold,
}: Pick<RankedKeys, 'start' | 'counts'> & { totals: Float64Array; threshold: number }): Uint32Array {
  return Uint32Array.from(totals, (total, row) => {
    const needed = (threshold - ROUNDING) * total
    let end = start[row + 1]!
    let suffix = 0
    while (end > start[row]! && suffix + counts[end - 1]! < needed) suffix += counts[--end]!
    return end
  })
}

/** Which rows have a key in their prefix, ascending. */
function invert({
  start,
  ranks,
  prefixEnd,
  keys,
}: Pick<RankedKeys, 'start' | 'ranks' | 'keys'> & { prefixEnd: Uint32Array }): {
  start: Uint32Array
  rows: Uint32Array
} {
  const listStart = new Uint32Array(keys + 1)
  for (let row = 0; row < prefixEnd.length; row++) {
    for (let k = start[row]!; k < prefixEnd[row]!; k++) listStart[ranks[k]! + 1]!++
  }
  for (let rank = 0; rank < keys; rank++) listStart[rank + 1]! += listStart[rank]!
  const rows = new Uint32Array(listStart[keys]!)
  const next = listStart.slice()
  for (let row = 0; row < prefixEnd.length; row++) {
    for (let k = start[row]!; k < prefixEnd[row]!; k++) rows[next[ranks[k]!]!++] = row
  }
  return { start: listStart, rows }
}
