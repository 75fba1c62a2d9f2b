/**
 * Boost's `hash_combine` on 32 bits (Jenkins-like mixing), as RDKit uses it for its fingerprints: the same identifiers come out,
 * so published keys and ours can be compared.
 */
export function combine(seed: number, value: number): number {
  return (seed ^ (value + 0x9e3779b9 + (seed << 6) + (seed >>> 2))) >>> 0
}

export function combinePair(seed: number, first: number, second: number): number {
  return combine(seed, combine(combine(0, first), second))
}

export function hashOf(values: readonly number[]): number {
  let seed = 0
  for (const value of values) seed = combine(seed, value)
  return seed
}

/** The 32-bit finaliser of MurmurHash3 (Appleby, public domain): a bijection in which every input bit moves every output bit. */
export function mix(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
