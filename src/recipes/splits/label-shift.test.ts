import { describe, expect, it } from 'vitest'
import { kolmogorovTail, labelShift } from './label-shift.ts'

describe('label shift', () => {
  it('is the largest distance of the distributions, ties taken together', () => {
    const learned = [1, 2, 2, 3, 4]
    const tested = [2, 5, 3, 6]
    // Below 5: 5/5 against 2/4 at 4.
    expect(labelShift(learned, tested)).toMatchObject({ ks: 0.5, meanDifference: 1.6 })
    expect(labelShift([1, 1, 1], [1, 1])).toMatchObject({ ks: 0, ksP: 1, meanDifference: 0 })
    expect(labelShift([1, 2], [3, 4, 5])).toMatchObject({ ks: 1 })
    expect(learned).toEqual([1, 2, 2, 3, 4])
    expect(labelShift([], [1])).toBeNull()
  })

  it('has the published critical values of Kolmogorov’s distribution', () => {
    // Smirnov 1948, Ann. Math. Stat. 19, 279.
    for (const [p, x] of [
      [0.1, 1.22385],
      [0.05, 1.3581],
      [0.025, 1.48021],
      [0.01, 1.62762],
      [0.001, 1.94947],
    ] as const) {
      expect(kolmogorovTail(x)).toBeCloseTo(p, 5)
    }
    expect(kolmogorovTail(0)).toBe(1)
    expect(kolmogorovTail(5)).toBeLessThan(1e-20)
  })

  it('agrees with the other series of the same function, which converges for small values', () => {
    const other = (x: number): number => {
      let sum = 0
      for (let k = 1; k < 60; k++) sum += Math.exp(-((2 * k - 1) ** 2 * Math.PI ** 2) / (8 * x * x))
      return 1 - (Math.sqrt(2 * Math.PI) / x) * sum
    }
    for (let x = 0.2; x < 2; x += 0.05) expect(kolmogorovTail(x)).toBeCloseTo(other(x), 9)
  })

  it('finds that parts of one distribution do not differ, and shifted ones do', () => {
    const even = Array.from({ length: 200 }, (_, i) => i % 40)
    const odd = Array.from({ length: 80 }, (_, i) => (i * 7) % 40)
    expect(labelShift(even, odd)!.ksP).toBeGreaterThan(0.5)
    expect(
      labelShift(
        even,
        odd.map(value => value + 15),
      )!.ksP,
    ).toBeLessThan(1e-3)
  })
})
