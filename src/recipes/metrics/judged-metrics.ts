import type { RegressionMetrics } from '../../shared/contract/common.ts'
import { bootstrapIntervals } from './bootstrap.ts'
import { pairMetrics } from './ranking.ts'
import { mae, pearson, r2, regressionMetrics, rmse, spearman, type Values } from './regression.ts'

/** Above this many rows ranks are not resampled: it would take minutes, and the intervals are narrow anyway. */
const RANKED_ROWS = 4_000
/** Values drawn for an interval; with many rows fewer resamples do. */
const DRAWN_VALUES = 400_000

/**
 * Everything a model is judged by, with 95 % bootstrap intervals. The same seed draws the same resamples. It takes up to seconds:
 * `checkpoint` is called many times meanwhile and may throw.
 */
export function judgedMetrics(
  measured: Values,
  predicted: Values,
  seed: number,
  checkpoint?: () => void,
): RegressionMetrics {
  const rows = measured.length
  const resamples = Math.max(200, Math.min(1000, Math.round(DRAWN_VALUES / Math.max(1, rows))))
  const figures = { ...regressionMetrics(measured, predicted), ...pairMetrics(measured, predicted) }
  // Predictions that are all the same rank nothing, however they are drawn.
  const isRanked = figures.kendall !== null && rows <= RANKED_ROWS
  const intervals = bootstrapIntervals(
    (drawnMeasured, drawnPredicted) => ({
      rmse: rmse(drawnMeasured, drawnPredicted),
      mae: mae(drawnMeasured, drawnPredicted),
      r2: r2(drawnMeasured, drawnPredicted),
      pearson: pearson(drawnMeasured, drawnPredicted),
      ...(isRanked
        ? { spearman: spearman(drawnMeasured, drawnPredicted), ...pairMetrics(drawnMeasured, drawnPredicted) }
        : NOT_RANKED),
    }),
    { measured, predicted },
    { seed, resamples, beforeResample: checkpoint },
  )
  const { rmse: ofRmse = null, mae: ofMae = null, r2: ofR2 = null, pearson: ofPearson = null, ...ranks } = intervals
  return {
    ...figures,
    intervals: {
      rmse: ofRmse,
      mae: ofMae,
      r2: ofR2,
      pearson: ofPearson,
      ...(rows > RANKED_ROWS ? {} : ranks),
    },
  }
}

const NOT_RANKED = { spearman: null, kendall: null, concordance: null }
