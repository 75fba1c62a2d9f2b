/** What a run measures while it trains, as charts take it. */
import { z } from 'zod'

/** Columns, because a chart has thousands of points. */
export const curveSchema = z.strictObject({
  name: z.string(),
  /** Ascending. */
  steps: z.array(z.number()),
  /** `null`: not finite. */
  values: z.array(z.number().nullable()),
  /**
   * Where points are the lowest and the highest of a range of steps: the mean of the range each belongs to, and how many points it
   * stands for. Left out where each point stands for itself.
   */
  means: z.array(z.number()).optional(),
  counts: z.array(z.number()).optional(),
})
export type Curve = z.infer<typeof curveSchema>

/** `cursor` goes back in as `after`; what was sent is not sent again. */
export const metricBatchSchema = z.strictObject({ cursor: z.int().nonnegative(), curves: z.array(curveSchema) })
export type MetricBatch = z.infer<typeof metricBatchSchema>

/** Ranges of steps a curve is cut into; a chart asks for about as many as it is wide in pixels. */
export const rangesSchema = z.int().min(10).max(4_000)
