import { describe, expect, it } from 'vitest'
import { randomNormal } from '../../tensor/random.ts'
import { conformalInterval, coverage, halfWidthOf, rowsForLevel } from './conformal.ts'

describe('conformal interval', () => {
  it('takes the order statistic of the finite-sample rule', () => {
    const residuals = [-3, 1, -2, 5, 4, -9, 8, 6, -7, 10]
    // ⌈11 · 0.9⌉ = 10th of 10, ⌈11 · 0.5⌉ = 6th
    expect(conformalInterval(residuals, { level: 0.9 })).toEqual({
      kind: 'absolute',
      level: 0.9,
      quantile: 10,
      halfWidth: 10,
      calibrationRows: 10,
    })
    expect(conformalInterval(residuals, { level: 0.5 }).halfWidth).toBe(6)
    expect(residuals[0]).toBe(-3)
  })

  it('promises nothing from too few rows', () => {
    expect(rowsForLevel(0.9)).toBe(9)
    expect(rowsForLevel(0.95)).toBe(19)
    expect(conformalInterval(new Array(9).fill(1), { level: 0.9 }).halfWidth).toBe(1)
    expect(() => conformalInterval(new Array(8).fill(1), { level: 0.9 })).toThrow('needs 9 residuals, got 8')
  })

  it('scales with what the model says of each row', () => {
    const residuals = [-3, 1, -2, 5, 4, -9, 8, 6, -7, 10]
    const spreads = [3, 1, 1, 1, 1, 3, 2, 1, 7, 1]
    // Scores 1, 1, 2, 5, 4, 3, 4, 6, 1, 10; the 6th of them in order is 4, the 10th is 10. The median spread is 1.
    const wide = conformalInterval(residuals, { level: 0.9, spreads })
    expect(wide).toEqual({ kind: 'scaled', level: 0.9, quantile: 10, halfWidth: 10, calibrationRows: 10 })
    expect(conformalInterval(residuals, { level: 0.5, spreads }).quantile).toBe(4)
    expect(halfWidthOf(wide, 0.5)).toBe(5)
    expect(halfWidthOf(conformalInterval(residuals, { level: 0.5 }), 0.5)).toBe(6)
  })

  it('covers what it promises, on average over calibration sets', () => {
    const trials = 400
    let covered = 0
    for (let trial = 0; trial < trials; trial++) {
      const errors = randomNormal({ seed: 5, stream: 'errors', step: trial }, 19 + 50)
      const { halfWidth } = conformalInterval(errors.subarray(0, 19), { level: 0.9 })
      const measured = errors.subarray(19)
      const ends = (sign: number) => new Float64Array(50).fill(sign * halfWidth)
      covered += coverage(measured, { lower: ends(-1), upper: ends(1) })!
    }
    // With 19 residuals the expected coverage is 18/20 exactly; its standard error over the trials is about 0.004.
    expect(Math.abs(covered / trials - 0.9)).toBeLessThan(0.012)
  })

  it('holds the level in as many calibrations as asked for', () => {
    // Quantiles of the beta distribution of what an order statistic covers, by scipy.stats.beta: P(Beta(k, n + 1 − k) ≥ 0.9).
    const rankOf = (n: number) => {
      const residuals = Array.from({ length: n }, (_, i) => i + 1)
      return conformalInterval(residuals, { level: 0.9, confidence: 0.75 }).quantile
    }
    expect([20, 60, 63, 100, 500, 2000].map(rankOf)).toEqual([20, 57, 59, 93, 456, 1810])
    // Too few to be so sure: the widest there is.
    expect(rankOf(9)).toBe(9)
  })
})
