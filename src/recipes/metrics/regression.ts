/**
 * Regression metrics over parallel arrays of measured and predicted values. `null` where a figure is undefined: fewer rows than
 * it needs, or no variance where it divides by one.
 */
import type { RegressionMetrics } from '../../shared/contract/common.ts'
import { averageRanks } from './ranking.ts'

export type Values = ArrayLike<number>

export function regressionMetrics(measured: Values, predicted: Values): RegressionMetrics {
  return {
    n: checkPairs(measured, predicted),
    rmse: rmse(measured, predicted),
    mae: mae(measured, predicted),
    r2: r2(measured, predicted),
    pearson: pearson(measured, predicted),
    spearman: spearman(measured, predicted),
  }
}

/** Root mean squared error, in the unit of the values. */
export function rmse(measured: Values, predicted: Values): number | null {
  const n = checkPairs(measured, predicted)
  if (n === 0) return null
  return Math.sqrt(squaredErrors(measured, predicted) / n)
}

/** Mean absolute error, in the unit of the values. */
export function mae(measured: Values, predicted: Values): number | null {
  const n = checkPairs(measured, predicted)
  if (n === 0) return null
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.abs(measured[i]! - predicted[i]!)
  return sum / n
}

/** Coefficient of determination 1 − SS_res / SS_tot; negative where predicting the mean would have been better. */
export function r2(measured: Values, predicted: Values): number | null {
  const n = checkPairs(measured, predicted)
  if (n < 2 || isConstant(measured)) return null
  return 1 - squaredErrors(measured, predicted) / centredSquares(measured)
}

/** Pearson's correlation, −1 to 1. */
export function pearson(measured: Values, predicted: Values): number | null {
  const n = checkPairs(measured, predicted)
  if (n < 2 || isConstant(measured) || isConstant(predicted)) return null
  const scale = Math.sqrt(centredSquares(measured)) * Math.sqrt(centredSquares(predicted))
  if (scale === 0) return null
  const a = mean(measured)
  const b = mean(predicted)
  let sum = 0
  for (let i = 0; i < n; i++) sum += (measured[i]! - a) * (predicted[i]! - b)
  return Math.max(-1, Math.min(1, sum / scale))
}

/** Spearman's correlation: Pearson's of the ranks, ties sharing the mean of their ranks. */
export function spearman(measured: Values, predicted: Values): number | null {
  return pearson(averageRanks(measured), averageRanks(predicted))
}

export function mean(values: Values): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** By comparison: the squares of equal values about their mean need not add up to 0, since the mean is rounded. */
function isConstant(values: Values): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}

/** Σ (x − mean)², by the two-pass formula. */
export function centredSquares(values: Values): number {
  const centre = mean(values)
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2
  return sum
}

/** A metric of NaN would make the worst model look like the best, so it is a bug to ask for one. */
export function checkPairs(measured: Values, predicted: Values): number {
  if (measured.length !== predicted.length) {
    throw new Error(`${measured.length} measured values beside ${predicted.length} predictions`)
  }
  for (let i = 0; i < measured.length; i++) {
    if (!Number.isFinite(measured[i]!) || !Number.isFinite(predicted[i]!)) {
      throw new Error(`Pair ${i} is not finite: measured ${measured[i]}, predicted ${predicted[i]}`)
    }
  }
  return measured.length
}

function squaredErrors(measured: Values, predicted: Values): number {
  let sum = 0
  for (let i = 0; i < measured.length; i++) sum += (measured[i]! - predicted[i]!) ** 2
  return sum
}
