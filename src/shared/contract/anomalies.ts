/** What looks wrong in the curves of a run. */
import { z } from 'zod'
import { timeSchema } from './common.ts'

export const anomalyRuleSchema = z.enum([
  'notFinite',
  'spike',
  'plateau',
  'divergence',
  'explodingGradient',
  'vanishingGradient',
  'slowDown',
])
export type AnomalyRule = z.infer<typeof anomalyRuleSchema>

export const anomalySchema = z.strictObject({
  rule: anomalyRuleSchema,
  severity: z.enum(['warning', 'critical']),
  /** Whose curve it is seen in, e.g. `train.loss`. */
  metric: z.string(),
  step: z.int().nonnegative(),
  /** What was measured; `null` where it is not finite. */
  value: z.number().nullable(),
  /** What was to be expected by the run's own history; `null` where there is none. */
  typical: z.number().nullable(),
  at: timeSchema,
})
export type Anomaly = z.infer<typeof anomalySchema>
