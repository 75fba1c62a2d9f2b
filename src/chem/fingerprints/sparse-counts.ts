import { createScratch } from '../scratch.ts'

/** A count fingerprint: `counts[i]` environments carry the 32-bit identifier `keys[i]`. Keys rise strictly, counts are ≥ 1. */
export interface SparseCounts {
  readonly keys: Uint32Array
  readonly counts: Uint16Array
}

/** Counts above it stay at it. */
export const MOST_COUNTED = 0xffff

/** Counts the identifiers of a list, which it sorts in place. */
export function countKeys(identifiers: Uint32Array): SparseCounts {
  sortKeys(identifiers)
  let distinct = 0
  for (let i = 0; i < identifiers.length; i++) if (i === 0 || identifiers[i] !== identifiers[i - 1]) distinct++
  const keys = new Uint32Array(distinct)
  const counts = new Uint16Array(distinct)
  let slot = -1
  for (let i = 0; i < identifiers.length; i++) {
    const key = identifiers[i]!
    if (i === 0 || key !== identifiers[i - 1]) keys[++slot] = key
    if (counts[slot]! < MOST_COUNTED) counts[slot]!++
  }
  return { keys, counts }
}

/** Below this many the general sort is as fast. */
const LEAST_BY_DIGITS = 64
const DIGITS = 256
const scratch = {
  ends: createScratch(length => new Uint32Array(length)),
  to: createScratch(length => new Uint32Array(length)),
}

/** Rising. By digits, lowest first: a molecule has some hundred keys, for which comparing takes twice as long. */
function sortKeys(keys: Uint32Array): void {
  const n = keys.length
  if (n < LEAST_BY_DIGITS) {
    keys.sort()
    return
  }
  const ends = scratch.ends(DIGITS)
  let from: Uint32Array = keys
  let to: Uint32Array = scratch.to(n)
  for (let shift = 0; shift < 32; shift += 8) {
    ends.fill(0, 0, DIGITS)
    for (let i = 0; i < n; i++) ends[(from[i]! >>> shift) & 0xff]!++
    if (ends[(from[0]! >>> shift) & 0xff] === n) continue // all share this digit
    for (let digit = 1; digit < DIGITS; digit++) ends[digit]! += ends[digit - 1]!
    for (let i = n - 1; i >= 0; i--) {
      const key = from[i]!
      to[--ends[(key >>> shift) & 0xff]!] = key
    }
    const swap = from
    from = to
    to = swap
  }
  if (from !== keys) for (let i = 0; i < n; i++) keys[i] = from[i]!
}

/**
 * MinMax similarity of counts, Σ min / Σ max over all keys, in [0, 1]: the Tanimoto coefficient of multisets (Swamidass et
 * al. 2005, Bioinformatics 21 i359). Two empty fingerprints have similarity 0, as in RDKit.
 */
export function tanimotoCounts(a: SparseCounts, b: SparseCounts): number {
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.keys.length && j < b.keys.length) {
    const difference = a.keys[i]! - b.keys[j]!
    if (difference === 0) shared += Math.min(a.counts[i++]!, b.counts[j++]!)
    else if (difference < 0) i++
    else j++
  }
  const union = totalCount(a) + totalCount(b) - shared
  return union === 0 ? 0 : shared / union
}

/** Tanimoto similarity of the sets of keys, counts ignored, in [0, 1]. Two empty fingerprints have similarity 0. */
export function tanimotoBits(a: SparseCounts, b: SparseCounts): number {
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.keys.length && j < b.keys.length) {
    const difference = a.keys[i]! - b.keys[j]!
    if (difference === 0) shared++
    if (difference <= 0) i++
    if (difference >= 0) j++
  }
  const union = a.keys.length + b.keys.length - shared
  return union === 0 ? 0 : shared / union
}

/** Σ counts. */
export function totalCount(fingerprint: SparseCounts): number {
  let sum = 0
  for (const count of fingerprint.counts) sum += count
  return sum
}
