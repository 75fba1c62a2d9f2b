import { randomWords } from '../../tensor/random.ts'
import type { Values } from './regression.ts'

export interface Interval {
  lower: number
  upper: number
}

/**
 * Percentile bootstrap interval (Efron 1979) of a metric: pairs are drawn with replacement `resamples` times. Resamples in which
 * the metric is undefined are left out; `null` where more than one in ten is.
 */
export function bootstrapInterval(
  metric: (measured: Values, predicted: Values) => number | null,
  pairs: { measured: Values; predicted: Values },
  { seed, level = 0.95, resamples = 1000 }: { seed: number; level?: number; resamples?: number },
): Interval | null {
  const { measured, predicted } = pairs
  const n = measured.length
  const drawnMeasured = new Float64Array(n)
  const drawnPredicted = new Float64Array(n)
  const values: number[] = []
  for (let resample = 0; resample < resamples; resample++) {
    const words = randomWords({ seed, stream: 'bootstrap', step: resample }, n)
    for (let i = 0; i < n; i++) {
      const drawn = Math.floor((words[i]! / 2 ** 32) * n)
      drawnMeasured[i] = measured[drawn]!
      drawnPredicted[i] = predicted[drawn]!
    }
    const value = n === 0 ? null : metric(drawnMeasured, drawnPredicted)
    if (value !== null) values.push(value)
  }
  if (values.length < 0.9 * resamples) return null
  values.sort((a, b) => a - b)
  const tail = (1 - level) / 2
  return { lower: quantile(values, tail), upper: quantile(values, 1 - tail) }
}

/** Quantile of ascending values by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const position = p * (ascending.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, ascending.length - 1)
  return ascending[below]! + (position - below) * (ascending[above]! - ascending[below]!)
}
