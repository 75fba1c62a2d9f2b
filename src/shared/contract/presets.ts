/** Presets: named hyper-parameters. Four belong to every recipe; others are copies that the user has changed. */
import { z } from 'zod'
import { procedure, timeSchema } from './common.ts'
import { presetNameSchema, presetSchema, recipeSchema } from './jobs.ts'

export const presetDraftSchema = z.strictObject({
  name: presetNameSchema,
  recipe: recipeSchema,
  /** The one it was copied from: what it does not change is as there. */
  base: presetSchema,
  /** What it changes; names and ranges are the recipe's. */
  settings: z.record(z.string(), z.union([z.number(), z.boolean()])),
})
export type PresetDraft = z.infer<typeof presetDraftSchema>

export const storedPresetSchema = presetDraftSchema.extend({ createdAt: timeSchema, updatedAt: timeSchema })
export type StoredPreset = z.infer<typeof storedPresetSchema>

export const presetsContract = {
  /** The user's own, by name. */
  list: procedure.output(z.array(storedPresetSchema)),
  /**
   * Adds one, or puts it in the place of `replaces`, under a new name where that differs. ERR_2001 for a setting that the recipe has not or
   * that is out of its range, and for the name of a preset that every recipe has; ERR_4001 where the name is taken; ERR_3006 where
   * there is none to replace.
   */
  save: procedure.input(presetDraftSchema.extend({ replaces: presetNameSchema.optional() })).output(storedPresetSchema),
  /** Runs and models made with it keep their settings. ERR_3006 where there is none. */
  remove: procedure.input(z.strictObject({ name: presetNameSchema })),
}
