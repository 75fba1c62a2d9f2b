/** The last values of a curve, and how they are spread. Pure. */

/** Makes the median absolute deviation of a normal spread its standard deviation. */
const TO_DEVIATION = 1.4826
/** A curve without any noise still may move by this, relatively. */
const LEAST_DEVIATION = 0.02
/** The spread is counted anew after so many values; in between it hardly changes. */
const COUNTED_EVERY = 10

export interface History {
  readonly length: number
  add(value: number): void
  /** Median and robust standard deviation of the natural logarithms; `null` where a value is not positive. */
  logSpread(): { median: number; deviation: number } | null
  /** `null` while there are fewer. */
  recentMedian(count: number): number | null
}

export function createHistory(size: number): History {
  const values: number[] = []
  let added = 0
  let counted: { at: number; spread: { median: number; deviation: number } | null } | null = null
  return {
    get length() {
      return values.length
    },
    add: value => {
      values.push(value)
      added++
      if (values.length > size) values.shift()
    },
    logSpread: () => {
      if (counted === null || added - counted.at >= COUNTED_EVERY) counted = { at: added, spread: logSpreadOf(values) }
      return counted.spread
    },
    recentMedian: count => (values.length < count ? null : medianOf(values.slice(-count))),
  }
}

export function logSpreadOf(values: readonly number[]): { median: number; deviation: number } | null {
  const logs = values.filter(value => value > 0).map(Math.log)
  if (logs.length < values.length) return null
  const median = medianOf(logs)
  const deviation = TO_DEVIATION * medianOf(logs.map(log => Math.abs(log - median)))
  return { median, deviation: Math.max(deviation, LEAST_DEVIATION) }
}

export function medianOf(values: readonly number[]): number {
  // A typed array sorts numbers by size, and several times as fast.
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
