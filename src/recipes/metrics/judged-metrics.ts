import type { RegressionMetrics } from '../../shared/contract/common.ts'
import { bootstrapInterval, type Interval } from './bootstrap.ts'
import { concordanceIndex, kendall } from './ranking.ts'
import { mae, pearson, r2, regressionMetrics, rmse, spearman, type Values } from './regression.ts'

/** Above this many rows ranks are not resampled: it would take minutes, and the intervals are narrow anyway. */
const RANKED_ROWS = 4_000
/** Values drawn for an interval; with many rows fewer resamples do. */
const DRAWN_VALUES = 400_000

/** Everything a model is judged by, with 95 % bootstrap intervals. The same seed draws the same resamples. */
export function judgedMetrics(measured: Values, predicted: Values, seed: number): RegressionMetrics {
  const rows = measured.length
  const resamples = Math.max(200, Math.min(1000, Math.round(DRAWN_VALUES / Math.max(1, rows))))
  const interval = (metric: (measured: Values, predicted: Values) => number | null): Interval | null =>
    bootstrapInterval(metric, { measured, predicted }, { seed, resamples })
  return {
    ...regressionMetrics(measured, predicted),
    kendall: kendall(measured, predicted),
    concordance: concordanceIndex(measured, predicted),
    intervals: {
      rmse: interval(rmse),
      mae: interval(mae),
      r2: interval(r2),
      pearson: interval(pearson),
      ...(rows > RANKED_ROWS
        ? {}
        : { spearman: interval(spearman), kendall: interval(kendall), concordance: interval(concordanceIndex) }),
    },
  }
}
