/**
 * Split conformal prediction (Vovk, Gammerman, Shafer 2005; Lei et al. 2018): the residuals of rows that a model has not seen give
 * an interval that covers a new exchangeable row with at least the stated probability, whatever the model is.
 *
 * Where a model says for each row how unsure it is, residuals are divided by that (normalised nonconformity, Papadopoulos et al.
 * 2008): intervals widen for what the model knows little about, and the promise stays the same.
 */
export interface ConformalInterval {
  /** `absolute`: prediction ± quantile; `scaled`: prediction ± quantile · spread. */
  kind: 'absolute' | 'scaled'
  /** e.g. 0.9 */
  level: number
  quantile: number
  /** The median over the calibration rows, in the unit of the residuals. */
  halfWidth: number
  calibrationRows: number
}

/** Rows from which a level can be promised: ⌈(n + 1) · level⌉ ≤ n. */
export function rowsForLevel(level: number): number {
  return Math.ceil(level / (1 - level) - 1e-9)
}

/** Of the calibrations that could have been drawn, the share whose intervals are to cover at least the level. */
export const CONFIDENCE = 0.75

export interface CalibrationOptions {
  readonly level: number
  /** Absent: the level is held on average over calibrations, so that nearly every second one covers less. */
  readonly confidence?: number
  /** Of each row, by the model. */
  readonly spreads?: ArrayLike<number>
}

/**
 * The k-th smallest absolute residual, or residual over spread where spreads are given: k = ⌈(n + 1) · level⌉, or as many more as let a
 * drawn calibration cover the level with the given confidence, as far as there are residuals (training-conditional validity; Vovk 2012,
 * Proc. ACML, 475). Few residuals thus give wider intervals. Throws where there are fewer than `rowsForLevel(level)`: no finite interval
 * would hold what it promises.
 */
export function conformalInterval(
  residuals: ArrayLike<number>,
  { level, confidence, spreads }: CalibrationOptions,
): ConformalInterval {
  const n = residuals.length
  const least = Math.ceil((n + 1) * level - 1e-9)
  if (least > n) throw new Error(`An interval at ${level} needs ${rowsForLevel(level)} residuals, got ${n}`)
  const rank = confidence === undefined ? least : Math.min(n, Math.max(least, confidentRank(n, level, confidence)))
  const scores = Float64Array.from(residuals, (residual, i) => Math.abs(residual) / (spreads ? spreads[i]! : 1)).sort()
  const quantile = scores[rank - 1]!
  const common = { level, quantile, calibrationRows: n }
  if (!spreads) return { kind: 'absolute', ...common, halfWidth: quantile }
  const middle = Float64Array.from(spreads).sort()[Math.floor(n / 2)]!
  return { kind: 'scaled', ...common, halfWidth: quantile * middle }
}

/**
 * The smallest k so that the k-th smallest of n residuals covers the level with this confidence. What it covers follows the k-th order
 * statistic of n uniform numbers, so that is the k with P(Binomial(n, level) < k) ≥ confidence.
 */
function confidentRank(n: number, level: number, confidence: number): number {
  // As a logarithm: the probability of no success underflows from some hundred rows on.
  let logProbability = n * Math.log1p(-level)
  let below = 0
  for (let successes = 0; successes <= n; successes++) {
    below += Math.exp(logProbability)
    if (below >= confidence) return successes + 1
    logProbability += Math.log((n - successes) / (successes + 1)) + Math.log(level) - Math.log1p(-level)
  }
  return n + 1
}

/** Of the interval of one row. @param spread The model's, unused where the interval is the same for all. */
export function halfWidthOf({ kind, quantile }: Pick<ConformalInterval, 'kind' | 'quantile'>, spread: number): number {
  return kind === 'absolute' ? quantile : quantile * spread
}

/** Share of the measured values within their intervals, ends included; `null` for no rows. */
export function coverage(
  measured: ArrayLike<number>,
  intervals: { lower: ArrayLike<number>; upper: ArrayLike<number> },
): number | null {
  const n = measured.length
  let inside = 0
  for (let i = 0; i < n; i++) {
    if (measured[i]! >= intervals.lower[i]! && measured[i]! <= intervals.upper[i]!) inside++
  }
  return n === 0 ? null : inside / n
}
