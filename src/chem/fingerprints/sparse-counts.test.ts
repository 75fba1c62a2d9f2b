import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countKeys, type SparseCounts, tanimotoBits, tanimotoCounts } from './sparse-counts.ts'

const bag = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 0xffffffff })), {
  maxLength: 60,
})

function tally(values: number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function fingerprint(values: number[]): SparseCounts {
  return countKeys(Uint32Array.from(values))
}

describe('countKeys', () => {
  it('counts every identifier once, in rising order', () => {
    fc.assert(
      fc.property(bag, values => {
        const { keys, counts } = fingerprint(values)
        expect(new Map(Array.from(keys, (key, k) => [key, counts[k]]))).toEqual(tally(values))
        expect([...keys]).toEqual([...keys].toSorted((a, b) => a - b))
      }),
    )
  })

  it('stops counting at what 16 bits hold', () => {
    expect([...countKeys(new Uint32Array(70_000).fill(7)).counts]).toEqual([0xffff])
  })
})

describe('similarities', () => {
  it('are the sums of minima over the sums of maxima, and the same on sets', () => {
    fc.assert(
      fc.property(bag, bag, (left, right) => {
        const [a, b] = [tally(left), tally(right)]
        const keys = new Set([...a.keys(), ...b.keys()])
        let [low, high, shared] = [0, 0, 0]
        for (const key of keys) {
          low += Math.min(a.get(key) ?? 0, b.get(key) ?? 0)
          high += Math.max(a.get(key) ?? 0, b.get(key) ?? 0)
          if (a.has(key) && b.has(key)) shared++
        }
        const [x, y] = [fingerprint(left), fingerprint(right)]
        expect(tanimotoCounts(x, y)).toBe(high === 0 ? 0 : low / high)
        expect(tanimotoBits(x, y)).toBe(keys.size === 0 ? 0 : shared / keys.size)
        expect(tanimotoCounts(y, x)).toBe(tanimotoCounts(x, y))
      }),
    )
  })

  it('agree with a worked example', () => {
    const a = fingerprint([1, 1, 1, 5, 9])
    const b = fingerprint([1, 5, 5, 7])
    expect(tanimotoCounts(a, b)).toBeCloseTo(2 / 7, 12)
    expect(tanimotoBits(a, b)).toBeCloseTo(2 / 4, 12)
  })
})
