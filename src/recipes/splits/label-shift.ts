/** How the measured values of a test part differ from those that are learned from. */
export interface LabelShift {
  /** Mean of the tested minus mean of the learned values, pX units. */
  meanDifference: number
  /** The largest distance between the two cumulative distributions, 0 to 1 (Kolmogorov and Smirnov). */
  ks: number
  /** How likely such a distance is for two parts drawn from one distribution; asymptotic, good from some ten values each. */
  ksP: number
}

/** `null` where either part is empty. The inputs stay as they are. */
export function labelShift(learned: ArrayLike<number>, tested: ArrayLike<number>): LabelShift | null {
  if (learned.length === 0 || tested.length === 0) return null
  const a = Float64Array.from(learned).sort()
  const b = Float64Array.from(tested).sort()
  const ks = largestDistance(a, b)
  const effective = Math.sqrt((a.length * b.length) / (a.length + b.length))
  // Stephens 1970, J. R. Stat. Soc. B 32, 115: brings the asymptotic distribution close to that of small samples.
  const ksP = kolmogorovTail((effective + 0.12 + 0.11 / effective) * ks)
  return { meanDifference: meanOf(b) - meanOf(a), ks, ksP }
}

function largestDistance(a: Float64Array, b: Float64Array): number {
  let [i, j, largest] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i]! <= value) i++
    while (j < b.length && b[j]! <= value) j++
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length))
  }
  return largest
}

/** Probability that Kolmogorov's statistic is above `x`: 2 Σ (−1)^(k−1) exp(−2 k² x²). */
export function kolmogorovTail(x: number): number {
  // The series converges slowly where the probability is 1 to fourteen digits.
  if (x < 0.18) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-16) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
