/**
 * Split conformal prediction (Vovk, Gammerman, Shafer 2005; Lei et al. 2018): the residuals of rows that a model has not seen give
 * an interval that covers a new exchangeable row with at least the stated probability, whatever the model is.
 */
export interface ConformalInterval {
  /** e.g. 0.9 */
  level: number
  /** Of the interval, in the unit of the residuals. */
  halfWidth: number
  calibrationRows: number
}

/** Rows from which a level can be promised: ⌈(n + 1) · level⌉ ≤ n. */
export function rowsForLevel(level: number): number {
  return Math.ceil(level / (1 - level) - 1e-9)
}

/**
 * The ⌈(n + 1) · level⌉-th smallest absolute residual. Throws where there are fewer than `rowsForLevel(level)` residuals: no finite
 * interval would hold what it promises.
 */
export function conformalInterval(residuals: ArrayLike<number>, level: number): ConformalInterval {
  const n = residuals.length
  const rank = Math.ceil((n + 1) * level - 1e-9)
  if (rank > n) throw new Error(`An interval at ${level} needs ${rowsForLevel(level)} residuals, got ${n}`)
  const sizes = Float64Array.from(residuals, Math.abs).sort()
  return { level, halfWidth: sizes[rank - 1]!, calibrationRows: n }
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
