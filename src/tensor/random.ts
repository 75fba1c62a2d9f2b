/**
 * Random numbers that can be asked for again: a number depends on its key and its position only, never on what was drawn
 * before, so a resumed run repeats exactly. Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */

type Words4 = readonly [number, number, number, number]
type Words2 = readonly [number, number]

/** What a sequence is for. Different keys give independent sequences. */
export interface RandomKey {
  /** Of the run; any integer up to 2^53. */
  readonly seed: number
  /** Such as `'dropout'` or `'shuffle'`. */
  readonly stream: string
  /** Such as the number of the training step or of the epoch. */
  readonly step: number
}

/** One block of Philox4x32-10: four 32-bit words from a counter and a key. */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const low0 = Math.imul(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low1 = Math.imul(0xcd9e8d57, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** The upper 32 bits of the product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16]
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const middle2 = (middle & 0xffff) + a0 * b1
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000)) >>> 0
}

/** FNV-1a over UTF-16 code units: names of streams become one word of the counter. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** `count` words of the sequence of a key. */
export function randomWords({ seed, stream, step }: RandomKey, count: number): Uint32Array {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(step) || step < 0) {
    throw new Error(`seed and step must be integers, step not negative: got ${seed} and ${step}`)
  }
  const key: Words2 = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]
  const name = hashName(stream)
  const out = new Uint32Array(count)
  for (let block = 0; block * 4 < count; block++) {
    const words = philox4x32([block, name, step >>> 0, Math.floor(step / 2 ** 32)], key)
    for (let i = 0; i < 4 && block * 4 + i < count; i++) out[block * 4 + i] = words[i]!
  }
  return out
}

/** Numbers in (0, 1), each the middle of one of 2^24 equal cells, which float32 holds exactly below 1. */
export function randomUniform(key: RandomKey, count: number): Float32Array {
  return Float32Array.from(randomWords(key, count), word => ((word >>> 8) + 0.5) / 2 ** 24)
}

/** Standard normal numbers (Box–Muller). */
export function randomNormal(key: RandomKey, count: number): Float32Array {
  const words = randomWords(key, count + (count % 2))
  const out = new Float32Array(words.length)
  for (let i = 0; i < words.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((words[i]! + 0.5) / 2 ** 32))
    const angle = (2 * Math.PI * words[i + 1]!) / 2 ** 32
    out[i] = radius * Math.cos(angle)
    out[i + 1] = radius * Math.sin(angle)
  }
  return out.subarray(0, count)
}

/** 0 … count − 1 in random order (Fisher–Yates). */
export function randomPermutation(key: RandomKey, count: number): Uint32Array {
  const words = randomWords(key, count)
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((words[i]! / 2 ** 32) * (i + 1))
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

/** A factor for every element: 0 with probability `rate`, else 1 / (1 − rate), so that the expectation stays. */
export function dropoutMask(key: RandomKey, options: { count: number; rate: number }): Float32Array {
  const { count, rate } = options
  if (!(rate >= 0 && rate < 1)) throw new Error(`a dropout rate must be in [0, 1), got ${rate}`)
  const keep = 1 / (1 - rate)
  return randomUniform(key, count).map(u => (u < rate ? 0 : keep))
}
