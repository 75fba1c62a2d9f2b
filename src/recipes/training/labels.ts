import { centredSquares, mean } from '../metrics/regression.ts'

/** Labels are learned as (y − mean) / sd of the exactly measured training rows. */
export interface LabelScale {
  readonly mean: number
  readonly sd: number
}

/** One value, or equal ones, have no spread to divide by: then the scale is 1. */
export function labelScale(values: readonly number[]): LabelScale {
  const sd = Math.sqrt(centredSquares(values) / values.length)
  return { mean: mean(values), sd: sd > 0 ? sd : 1 }
}
