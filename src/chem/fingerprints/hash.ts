/** 0x9e3779b9 as a signed number: 2³² over the golden ratio. */
const GOLDEN = -1_640_531_527

/**
 * Boost's `hash_combine` on 32 bits (Jenkins-like mixing), as RDKit uses it for its fingerprints: the same identifiers come out,
 * so published keys and ours can be compared.
 */
export function combine(seed: number, value: number): number {
  // Every sum is cut to 32 bits at once, which keeps the engine from counting in floating point.
  const shifted = ((seed << 6) + (seed >>> 2)) | 0
  return (seed ^ (((value | 0) + shifted + GOLDEN) | 0)) >>> 0
}

export function combinePair(seed: number, first: number, second: number): number {
  return combine(seed, combine(combine(0, first), second))
}

/** The 32-bit finaliser of MurmurHash3 (Appleby, public domain): a bijection in which every input bit moves every output bit. */
export function mix(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
