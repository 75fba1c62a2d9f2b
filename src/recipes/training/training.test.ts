import { describe, expect, it } from 'vitest'
import { freshStopping, isExhausted, recordScore } from './early-stopping.ts'
import { labelScale } from './labels.ts'
import { emaDecayAt, equalSlices, learningRateAt } from './plan.ts'

const plan = {
  members: 1,
  epochs: 10,
  batchSize: 4,
  learningRate: 0.01,
  warmupFraction: 0.1,
  emaDecay: 0.99,
  patience: 3,
}

describe('learning rate', () => {
  it('climbs in a line, then falls along a cosine to a hundredth', () => {
    const rates = Array.from({ length: 100 }, (_, i) => learningRateAt(i + 1, 100, plan))
    expect(rates[0]).toBeCloseTo(0.001, 12)
    expect(rates[4]).toBeCloseTo(0.005, 12)
    expect(rates[9]).toBeCloseTo(0.01, 12)
    expect(rates[10]).toBeCloseTo(0.01, 12)
    // The middle of the cosine: half way between the top and the hundredth.
    expect((rates[54]! + rates[55]!) / 2).toBeCloseTo(0.00505, 6)
    expect(rates[99]).toBeCloseTo(0.0001, 12)
    for (let i = 11; i < 100; i++) expect(rates[i]).toBeLessThan(rates[i - 1]!)
  })

  it('is positive from the first step without warm-up and for a single step', () => {
    expect(learningRateAt(1, 5, { ...plan, warmupFraction: 0 })).toBe(0.01)
    expect(learningRateAt(1, 1, plan)).toBe(0.01)
  })
})

describe('moving average', () => {
  it('forgets the first weights soon and slows down to its decay', () => {
    expect(emaDecayAt(1, plan)).toBeCloseTo(1 / 11, 12)
    expect(emaDecayAt(100_000, plan)).toBe(0.99)
  })
})

describe('early stopping', () => {
  it('keeps the best epoch and ends after the patience', () => {
    let state = freshStopping
    for (const [i, score] of [3, 2, 2.5, 2, Number.NaN].entries()) state = recordScore(state, { epoch: i + 1, score })
    expect(state).toMatchObject({ bestEpoch: 2, bestScore: 2, epochsWithoutGain: 3 })
    expect(isExhausted(state, 3)).toBe(true)
    expect(isExhausted(state, 4)).toBe(false)
  })

  it('never takes a score that is not finite for the best', () => {
    const state = recordScore(freshStopping, { epoch: 1, score: Number.NaN })
    expect(state).toMatchObject({ bestEpoch: 0, bestScore: null, isBest: false })
  })
})

describe('slices and labels', () => {
  it('are nearly equal and hold everything once', () => {
    const slices = equalSlices(65, 32)
    expect(slices.map(({ start, end }) => end - start)).toEqual([22, 21, 22])
    expect(slices[0]!.start).toBe(0)
    expect(slices.at(-1)!.end).toBe(65)
    expect(equalSlices(0, 32)).toEqual([])
  })

  it('are scaled to mean 0 and deviation 1, by 1 where they have none', () => {
    expect(labelScale([4, 6, 8])).toEqual({ mean: 6, sd: Math.sqrt(8 / 3) })
    expect(labelScale([5, 5])).toEqual({ mean: 5, sd: 1 })
  })
})
