import { describe, expect, it } from 'vitest'
import { dropoutMask, philox4x32, randomNormal, randomPermutation, randomUniform, randomWords } from './random.ts'

const key = { seed: 42, stream: 'test', step: 3 }
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length

describe('philox4x32', () => {
  // kat_vectors of Random123 1.14, "philox4x32 10"
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words of counter %j', (counter, words, expected) => {
    expect(philox4x32(counter, words)).toEqual(expected)
  })
})

describe('sequences', () => {
  it('repeat for the same key and differ in seed, stream and step', () => {
    const base = randomWords(key, 8)
    expect(randomWords(key, 8)).toEqual(base)
    const others = [
      { seed: 43 },
      { seed: 42 + 2 ** 32 },
      { seed: -42 },
      { stream: 'tesu' },
      { step: 4 },
      { step: 3 + 2 ** 32 },
    ]
    for (const other of others) expect(randomWords({ ...key, ...other }, 8)).not.toEqual(base)
  })

  it('do not depend on how many numbers are asked for', () => {
    for (const draw of [randomWords, randomUniform, randomNormal]) {
      expect(draw(key, 5)).toEqual(draw(key, 12).slice(0, 5))
    }
  })

  it('refuse a key that is not whole', () => {
    expect(() => randomWords({ ...key, seed: 0.5 }, 1)).toThrow('integers')
    expect(() => randomWords({ ...key, step: -1 }, 1)).toThrow('not negative')
  })

  it('uniform: inside (0, 1) with the moments of the distribution', () => {
    const values = randomUniform(key, 40_000)
    expect(Math.min(...values)).toBeGreaterThan(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(mean(values)).toBeCloseTo(1 / 2, 2)
    expect(mean(values.map(u => (u - 0.5) ** 2))).toBeCloseTo(1 / 12, 2)
  })

  it('normal: the moments of the distribution', () => {
    const values = randomNormal(key, 40_001)
    expect(values).toHaveLength(40_001)
    expect(Math.abs(mean(values))).toBeLessThan(0.02)
    expect(Math.abs(mean(values.map(z => z ** 2)) - 1)).toBeLessThan(0.03)
    expect(Math.abs(mean(values.map(z => z ** 4)) - 3)).toBeLessThan(0.2)
  })

  it('permutation: every number once, every first number about equally often', () => {
    expect([...randomPermutation(key, 100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()])
    const counts = [0, 0, 0, 0]
    for (let step = 0; step < 4000; step++) counts[randomPermutation({ ...key, step }, 4)[0]!]!++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
    expect(randomPermutation(key, 0)).toHaveLength(0)
  })

  it('dropout: keeps the expectation, drops the stated share', () => {
    const mask = dropoutMask(key, { count: 40_000, rate: 0.25 })
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(4 / 3)]))
    expect(mean(mask)).toBeCloseTo(1, 1)
    expect(mean(mask.map(value => (value === 0 ? 1 : 0)))).toBeCloseTo(0.25, 2)
    expect(() => dropoutMask(key, { count: 1, rate: 1 })).toThrow('[0, 1)')
  })
})
