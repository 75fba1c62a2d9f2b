/** A count fingerprint: `counts[i]` environments carry the 32-bit identifier `keys[i]`. Keys rise strictly, counts are ≥ 1. */
export interface SparseCounts {
  readonly keys: Uint32Array
  readonly counts: Uint16Array
}

/** Counts the identifiers of a list, which it sorts in place. Counts above 65,535 stay at 65,535. */
export function countKeys(identifiers: Uint32Array): SparseCounts {
  identifiers.sort()
  let distinct = 0
  for (let i = 0; i < identifiers.length; i++) if (i === 0 || identifiers[i] !== identifiers[i - 1]) distinct++
  const keys = new Uint32Array(distinct)
  const counts = new Uint16Array(distinct)
  let slot = -1
  for (let i = 0; i < identifiers.length; i++) {
    const key = identifiers[i]!
    if (i === 0 || key !== identifiers[i - 1]) keys[++slot] = key
    if (counts[slot]! < 0xffff) counts[slot]!++
  }
  return { keys, counts }
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
