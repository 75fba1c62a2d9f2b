/** What a trained model is worth, beside what costs nothing and what chance gives. */
import { z } from 'zod'
import { metricsSchema } from './common.ts'

const floorSchema = z.strictObject({
  rmse: z.number().nullable(),
  /** All figures, with their intervals. */
  metrics: metricsSchema.optional(),
})
const floorsSchema = z.strictObject({ mean: floorSchema, nearest: floorSchema })

/** Over the test rows: predicting the mean of what was learned from, and the value of the nearest compound in it. */
export const baselinesSchema = floorsSchema.extend({
  /** Over the validation rows, from the training rows alone. */
  validation: floorsSchema.optional(),
})
export type Baselines = z.infer<typeof baselinesSchema>

export const LEAKAGE_BINS = 20

/** How close the test compounds are to what was learned from: Tanimoto similarity of counts to the nearest one, 0–1. */
export const leakageSchema = z.strictObject({
  /** Test compounds that were compared: all of them, or evenly taken ones where there are very many. */
  n: z.int().nonnegative(),
  mean: z.number().nullable(),
  median: z.number().nullable(),
  /** Compounds a twentieth of the scale; 1 belongs to the last. */
  histogram: z.array(z.int().nonnegative()).length(LEAKAGE_BINS),
  /** Share of the compounds at 0.9 or above: all but the same compound was learned from. */
  shareAbove90: z.number().nullable(),
  /** Compounds at 1: the same fingerprint was learned from. */
  identical: z.int().nonnegative(),
})
export type Leakage = z.infer<typeof leakageSchema>

const scrambledFigures = z.strictObject({
  rmse: z.number().nullable(),
  r2: z.number().nullable(),
  pearson: z.number().nullable(),
})

/** y-scrambling: what a cheap model makes of labels that say nothing, on the same test rows. */
export const scramblingSchema = z.strictObject({
  recipe: z.literal('tanimoto-gp'),
  /** Compounds the cheap model learned from each time. */
  rows: z.int().positive(),
  /** Of the same model with the labels as they are. */
  unscrambled: scrambledFigures,
  repeats: z.array(scrambledFigures).min(1),
})
export type Scrambling = z.infer<typeof scramblingSchema>

/** Memory for a step could not be had at `step`, counted over all models of an ensemble: since then a batch goes in parts. */
export const halvingsSchema = z.array(
  z.strictObject({
    step: z.int().positive(),
    parts: z.int().min(2),
    /** In a part, at most. */
    items: z.int().positive(),
  }),
)
