/** What may go: by rule, with a preview, never what is pinned. */
import { z } from 'zod'
import { procedure } from './common.ts'

export const upkeepKindSchema = z.enum(['trash', 'checkpoints', 'features', 'logs'])
export type UpkeepKind = z.infer<typeof upkeepKindSchema>

export const upkeepItemSchema = z.strictObject({
  what: upkeepKindSchema,
  /** Jobs of the trash; files of the others. */
  count: z.int().nonnegative(),
  bytes: z.number().nonnegative(),
})
export type UpkeepItem = z.infer<typeof upkeepItemSchema>

/** The rules, for people. */
export const UPKEEP_RULES = {
  /** A job stays in the trash for so long. */
  trashDays: 30,
  /** A completed run keeps for so long what it would go on from; its model and its best weights stay. */
  checkpointDays: 7,
  /** Computed features that nobody used for so long, and the least recently used beyond this size. */
  featureDays: 30,
  featureBytes: 2 * 1024 ** 3,
  logDays: 30,
} as const

export const upkeepContract = {
  /** What the rules would remove now. */
  preview: procedure.output(z.array(upkeepItemSchema)),
  /** Removes it. Answers what was removed. */
  apply: procedure.input(z.strictObject({ what: z.array(upkeepKindSchema).min(1) })).output(z.array(upkeepItemSchema)),
}
