/** What a model made elsewhere is worth on measured compounds, and how wide its intervals must be. */
import type { ForeignCard } from '../../shared/contract/foreign.ts'
import { randomPermutation } from '../../tensor/random.ts'
import { CONFIDENCE, conformalInterval, rowsForLevel } from '../calibration/conformal.ts'
import { judgedMetrics } from '../metrics/judged-metrics.ts'
import { mean, rmse } from '../metrics/regression.ts'

const LEVEL = 0.9
const FOLDS = 5
const SEED = 1

export interface ForeignJudgement {
  readonly metrics: NonNullable<ForeignCard['measured']>['metrics']
  readonly baselines: NonNullable<ForeignCard['measured']>['baselines']
  readonly coverage: NonNullable<ForeignCard['measured']>['coverage']
  readonly conformal: ForeignCard['conformal']
}

/**
 * @param measured, predicted [rows] pX units.
 * @param nearest [rows] the value of the nearest training compound, where a training table is given.
 * @param isSeen It has learned from them: their errors say nothing about others, so there is no interval.
 */
export function judgeForeign(
  { measured, predicted, nearest }: { measured: Float64Array; predicted: Float64Array; nearest: Float64Array | null },
  { isSeen, checkpoint }: { isSeen: boolean; checkpoint?: () => void },
): ForeignJudgement {
  const middle = mean(measured)
  const residuals = measured.map((value, i) => value - predicted[i]!)
  const enough = !isSeen && residuals.length >= rowsForLevel(LEVEL)
  const interval = enough ? conformalInterval(residuals, { level: LEVEL, confidence: CONFIDENCE }) : null
  return {
    metrics: judgedMetrics(measured, predicted, SEED, checkpoint),
    baselines: {
      mean: rmse(
        measured,
        measured.map(() => middle),
      ),
      nearest: nearest === null ? null : rmse(measured, nearest),
    },
    coverage: isSeen ? null : coverageInTurns(residuals),
    conformal: interval === null ? null : { ...interval, kind: 'absolute' },
  }
}

/**
 * Intervals calibrated with four fifths of the compounds and looked at on the fifth, in turns: the interval itself is calibrated with all
 * of them and cannot be judged by them. `null` where four fifths are too few.
 */
function coverageInTurns(residuals: Float64Array): ForeignJudgement['coverage'] {
  const n = residuals.length
  if (n - Math.ceil(n / FOLDS) < rowsForLevel(LEVEL)) return null
  const order = randomPermutation({ seed: SEED, stream: 'foreign coverage', step: 0 }, n)
  let inside = 0
  for (let fold = 0; fold < FOLDS; fold++) {
    const isIn = (place: number): boolean => place % FOLDS === fold
    const calibration = Float64Array.from(
      [...order].filter((_, place) => !isIn(place)),
      row => residuals[row]!,
    )
    const { quantile } = conformalInterval(calibration, { level: LEVEL, confidence: CONFIDENCE })
    for (const [place, row] of order.entries()) if (isIn(place) && Math.abs(residuals[row]!) <= quantile) inside++
  }
  return { level: LEVEL, observed: inside / n, folds: FOLDS }
}
