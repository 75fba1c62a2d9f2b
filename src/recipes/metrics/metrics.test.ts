import { describe, expect, it } from 'vitest'
import { randomUniform, randomWords } from '../../tensor/random.ts'
import { bootstrapInterval, quantile } from './bootstrap.ts'
import { judgedMetrics } from './judged-metrics.ts'
import { averageRanks, concordanceIndex, kendall } from './ranking.ts'
import { mae, pearson, r2, regressionMetrics, rmse, spearman } from './regression.ts'

// Reference figures: scipy 1.10.1 and scikit-learn 1.2.1.
const measured = [6.3, 5.1, 7.8, 7.8, 4.9, 6.0, 8.2, 5.5, 6.3, 7.1]
const predicted = [6.0, 5.4, 7.1, 7.9, 5.4, 6.0, 7.7, 6.0, 6.6, 6.6]

describe('regression metrics', () => {
  it('agree with scipy and scikit-learn, ties included', () => {
    expect(rmse(measured, predicted)).toBeCloseTo(0.4207136793592525, 12)
    expect(mae(measured, predicted)).toBeCloseTo(0.37, 12)
    expect(r2(measured, predicted)).toBeCloseTo(0.8581730769230769, 12)
    expect(pearson(measured, predicted)).toBeCloseTo(0.948729464755054, 12)
    expect(spearman(measured, predicted)).toBeCloseTo(0.9472780613872165, 12)
    expect(kendall(measured, predicted)).toBeCloseTo(0.8680370799067418, 12)
    expect(concordanceIndex(measured, predicted)).toBeCloseTo(0.9186046511627907, 12)
    expect([...averageRanks(predicted)]).toEqual([4, 1.5, 8, 10, 1.5, 4, 9, 4, 6.5, 6.5])
  })

  it('are null where they are undefined', () => {
    expect(regressionMetrics([], [])).toEqual({ n: 0, rmse: null, mae: null, r2: null, pearson: null, spearman: null })
    // The mean of ten times 6.1 is not 6.1 in floating point.
    const same = new Array<number>(10).fill(6.1)
    const measured = same.map((_, i) => i)
    expect(regressionMetrics(measured, same)).toMatchObject({ pearson: null, spearman: null })
    expect(regressionMetrics(same, measured)).toMatchObject({ r2: null, pearson: null })
    expect(regressionMetrics([5], [6])).toEqual({ n: 1, rmse: 1, mae: 1, r2: null, pearson: null, spearman: null })
    expect(r2([5, 5], [5, 6])).toBeNull()
    expect(pearson([1, 2, 3], [4, 4, 4])).toBeNull()
    expect(kendall([1, 1], [1, 2])).toBeNull()
    expect(concordanceIndex([1, 1], [1, 2])).toBeNull()
  })

  it('refuse values that are not finite and lengths that differ', () => {
    expect(() => rmse([1, 2], [1, Number.NaN])).toThrow('Pair 1 is not finite')
    expect(() => rmse([1, 2], [1])).toThrow('2 measured values beside 1 predictions')
  })
})

describe('judged metrics', () => {
  it('hold every figure with an interval around it, the same for the same seed', () => {
    const judged = judgedMetrics(measured, predicted, 42)
    const { n, intervals, ...figures } = judged
    expect(n).toBe(10)
    for (const [name, value] of Object.entries(figures)) {
      const interval = intervals?.[name as keyof typeof intervals]
      expect(interval?.lower, name).toBeLessThanOrEqual(value as number)
      expect(interval?.upper, name).toBeGreaterThanOrEqual(value as number)
    }
    expect(Object.keys(figures)).toHaveLength(7)
    expect(judged.intervals?.rmse).toEqual(bootstrapInterval(rmse, { measured, predicted }, { seed: 42 }))
  })

  it('are null, intervals too, where there is nothing to judge', () => {
    expect(judgedMetrics([], [], 1)).toMatchObject({ n: 0, kendall: null, intervals: { rmse: null, kendall: null } })
  })
})

describe('pair counting', () => {
  it('agrees with counting every pair', () => {
    for (let trial = 0; trial < 60; trial++) {
      const n = 2 + (trial % 40)
      const words = [...randomWords({ seed: 1, stream: 'pairs', step: trial }, 2 * n)].map(word => word % 12)
      const y = words.slice(0, n)
      const p = words.slice(n)
      const naive = countEveryPair(y, p)
      expect(kendall(y, p)).toEqual(naive.tau === null ? null : expect.closeTo(naive.tau, 12))
      expect(concordanceIndex(y, p)).toEqual(naive.concordance === null ? null : expect.closeTo(naive.concordance, 12))
    }
  })
})

describe('bootstrap', () => {
  it('gives the same interval for the same seed and holds the point estimate', () => {
    const interval = bootstrapInterval(rmse, { measured, predicted }, { seed: 42 })!
    expect(bootstrapInterval(rmse, { measured, predicted }, { seed: 42 })).toEqual(interval)
    expect(bootstrapInterval(rmse, { measured, predicted }, { seed: 43 })).not.toEqual(interval)
    expect(interval.lower).toBeLessThan(0.42)
    expect(interval.upper).toBeGreaterThan(0.42)
  })

  it('has the width the normal theory of a mean predicts', () => {
    const n = 400
    const errors = [...randomUniform({ seed: 7, stream: 'errors', step: 0 }, n)]
    const zeros = new Array<number>(n).fill(0)
    const meanOf = (_: ArrayLike<number>, values: ArrayLike<number>) =>
      Array.from(values).reduce((a, b) => a + b, 0) / n
    const interval = bootstrapInterval(meanOf, { measured: zeros, predicted: errors }, { seed: 1, resamples: 2000 })!
    const centre = errors.reduce((a, b) => a + b, 0) / n
    const sd = Math.sqrt(errors.reduce((sum, e) => sum + (e - centre) ** 2, 0) / n)
    const normalWidth = (2 * 1.96 * sd) / Math.sqrt(n)
    expect((interval.upper - interval.lower) / normalWidth).toBeCloseTo(1, 1)
  })

  it('takes quantiles as numpy does', () => {
    expect(
      quantile(
        measured.toSorted((a, b) => a - b),
        0.83,
      ),
    ).toBeCloseTo(7.8, 12)
    expect(quantile([1, 2, 4], 0.75)).toBe(3)
  })
})

function countEveryPair(y: number[], p: number[]) {
  let concordant = 0
  let discordant = 0
  let tiedY = 0
  let tiedP = 0
  let halves = 0
  for (let i = 0; i < y.length; i++) {
    for (let j = 0; j < i; j++) {
      const sign = Math.sign(y[i]! - y[j]!) * Math.sign(p[i]! - p[j]!)
      if (sign > 0) concordant++
      if (sign < 0) discordant++
      if (y[i] === y[j]) tiedY++
      if (p[i] === p[j]) tiedP++
      if (p[i] === p[j] && y[i] !== y[j]) halves += 0.5
    }
  }
  const total = (y.length * (y.length - 1)) / 2
  const scale = Math.sqrt((total - tiedY) * (total - tiedP))
  return {
    tau: scale === 0 ? null : (concordant - discordant) / scale,
    concordance: total === tiedY ? null : (concordant + halves) / (total - tiedY),
  }
}
