/** What may go: by rule, with a preview, never what is pinned. */
import { z } from 'zod'
import { procedure } from './common.ts'

export const upkeepKindSchema = z.enum(['trash', 'runs', 'checkpoints', 'features', 'logs'])
export type UpkeepKind = z.infer<typeof upkeepKindSchema>

export const upkeepItemSchema = z.strictObject({
  what: upkeepKindSchema,
  /** Jobs of the trash, and runs; files of the others. */
  count: z.int().nonnegative(),
  bytes: z.number().nonnegative(),
})
export type UpkeepItem = z.infer<typeof upkeepItemSchema>

/** How long something may be kept, and how large the features may grow. */
export const UPKEEP_DAYS = { min: 1, max: 3_650 } as const
export const UPKEEP_GIGABYTES = { min: 0.1, max: 10_000 } as const

const days = z.int().min(UPKEEP_DAYS.min).max(UPKEEP_DAYS.max)

/** The user's rules. What is pinned stays whatever they say. */
export const upkeepRulesSchema = z.strictObject({
  /** A job stays in the trash for so long. */
  trashDays: days,
  /** A run that failed or was cancelled, and that made no model, is kept for so long. */
  runDays: days,
  /** A completed run keeps for so long what it would go on from; its model and its best weights stay. */
  checkpointDays: days,
  /** Computed features that nobody used for so long, and the least recently used beyond this size. */
  featureDays: days,
  featureGigabytes: z.number().min(UPKEEP_GIGABYTES.min).max(UPKEEP_GIGABYTES.max),
  logDays: days,
  /** What goes by itself, at each start and once a day; the rest when the user has seen the preview and says so. */
  automatic: z.array(upkeepKindSchema).max(upkeepKindSchema.options.length),
})
export type UpkeepRules = z.infer<typeof upkeepRulesSchema>

export const USUAL_UPKEEP: UpkeepRules = {
  trashDays: 30,
  runDays: 90,
  checkpointDays: 7,
  featureDays: 30,
  featureGigabytes: 2,
  logDays: 30,
  // They can be had again, or nobody misses them.
  automatic: ['features', 'logs'],
}

export const upkeepContract = {
  /** What the rules would remove now. */
  preview: procedure.output(z.array(upkeepItemSchema)),
  /** Removes it. Answers what was removed. */
  apply: procedure.input(z.strictObject({ what: z.array(upkeepKindSchema).min(1) })).output(z.array(upkeepItemSchema)),
}
