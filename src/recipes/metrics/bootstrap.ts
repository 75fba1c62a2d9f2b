import { randomWords } from '../../tensor/random.ts'
import type { Values } from './regression.ts'

export interface Interval {
  lower: number
  upper: number
}

export type Metric = (measured: Values, predicted: Values) => number | null

export interface BootstrapOptions {
  seed: number
  level?: number
  resamples?: number
  /** May throw, where whoever waits wants it no more. */
  beforeResample?: (() => void) | undefined
}

interface Pairs {
  measured: Values
  predicted: Values
}

/** `bootstrapIntervals` of one metric. */
export function bootstrapInterval(metric: Metric, pairs: Pairs, options: BootstrapOptions): Interval | null {
  const judge = (measured: Values, predicted: Values) => ({ metric: metric(measured, predicted) })
  return bootstrapIntervals(judge, pairs, options).metric ?? null
}

/**
 * Percentile bootstrap intervals (Efron 1979) of metrics: pairs are drawn with replacement `resamples` times, the same for all. Resamples
 * in which a metric is undefined are left out of it; `null` where more than one in ten is.
 */
export function bootstrapIntervals<K extends string>(
  judge: (measured: Values, predicted: Values) => Readonly<Record<K, number | null>>,
  { measured, predicted }: Pairs,
  { seed, level = 0.95, resamples = 1000, beforeResample }: BootstrapOptions,
): Partial<Record<K, Interval | null>> {
  const n = measured.length
  const drawnMeasured = new Float64Array(n)
  const drawnPredicted = new Float64Array(n)
  const values = new Map<K, number[]>()
  for (let resample = 0; resample < resamples; resample++) {
    beforeResample?.()
    const words = randomWords({ seed, stream: 'bootstrap', step: resample }, n)
    for (let i = 0; i < n; i++) {
      const drawn = Math.floor((words[i]! / 2 ** 32) * n)
      drawnMeasured[i] = measured[drawn]!
      drawnPredicted[i] = predicted[drawn]!
    }
    for (const [name, value] of Object.entries(judge(drawnMeasured, drawnPredicted)) as [K, number | null][]) {
      const known = values.get(name) ?? []
      values.set(name, known)
      if (value !== null) known.push(value)
    }
  }
  const entries = [...values].map(([name, drawn]) => [name, intervalOf(drawn, resamples, level)] as const)
  return Object.fromEntries(entries) as Partial<Record<K, Interval | null>>
}

function intervalOf(values: number[], resamples: number, level: number): Interval | null {
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
