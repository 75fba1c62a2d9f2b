/** The registry of trained models. */
import { z } from 'zod'
import { verificationSchema } from '../inspector-protocol.ts'
import { idSchema, metricsSchema, nameSchema, procedure, type RegressionMetrics, timeSchema } from './common.ts'
import { endpointSchema } from './datasets.ts'
import { baselinesSchema, halvingsSchema, leakageSchema, scramblingSchema } from './evaluation.ts'
import { foreignCardSchema } from './foreign.ts'
import { partRecipeSchema, presetNameSchema, recipeSchema, splitFoldSchema, splitKindSchema } from './jobs.ts'

export const splitPartSchema = z.enum(['train', 'validation', 'test'])
export type SplitPart = z.infer<typeof splitPartSchema>

const modelFileSchema = z.strictObject({ name: z.string(), sha256: z.string(), sizeBytes: z.int() })
export type ModelFile = z.infer<typeof modelFileSchema>

/** The card that travels with `model.onnx`: everything needed to use and to judge the model. */
export const modelCardSchema = z.strictObject({
  format: z.literal('bindery-model-1'),
  recipe: recipeSchema,
  preset: presetNameSchema,
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Featuriser preset; prediction features come from the same code as training features. */
  featurePreset: z.string(),
  opset: z.int().positive(),
  endpoint: endpointSchema,
  target: z.string().nullable(),
  /** Predictions are in pX = −log10(mol/L) units; higher binds tighter. */
  unit: z.literal('pX'),
  seed: z.int().nonnegative(),
  split: z.strictObject({
    kind: splitKindSchema,
    fold: splitFoldSchema.optional(),
    /** Row indices of the data set. */
    train: z.array(z.int()),
    validation: z.array(z.int()),
    test: z.array(z.int()),
  }),
  dataset: z.strictObject({
    id: idSchema,
    name: z.string(),
    sha256: z.string(),
    rows: z.int().positive(),
    /** Honest label: values come from a documented formula, not from an experiment. */
    simulated: z.boolean(),
  }),
  metrics: z.strictObject({ validation: metricsSchema, test: metricsSchema }),
  baselines: baselinesSchema,
  leakage: leakageSchema.optional(),
  /** Test rows with the row most alike among those that were learned from; `leakage` sums them up. */
  neighbours: z
    .array(z.strictObject({ row: z.int().nonnegative(), nearest: z.int().nonnegative(), similarity: z.number() }))
    .optional(),
  scrambling: scramblingSchema.optional(),
  /** Where memory for a step ran out: batches went in parts from there on, to the same effect but for rounding. */
  halvings: halvingsSchema.optional(),
  /** Which parts of the split each figure and the weights in `model.onnx` have learned from. Older cards do not say. */
  learnedFrom: z
    .strictObject({
      weights: z.array(splitPartSchema),
      /** Rows that the weights have learned from. */
      weightRows: z.int().positive(),
      /** The model that the test figures are of. */
      testFigures: z.array(splitPartSchema),
      testFigureRows: z.int().positive(),
    })
    .optional(),
  /** The weights were trained again on all rows after an evaluation: the figures are those of this model. */
  refitOf: idSchema.optional(),
  /** What was trained, and its share of the prediction: one part of weight 1, or two whose weights add up to 1. */
  parts: z
    .array(
      z.strictObject({
        recipe: partRecipeSchema,
        /** 0: trained, but not in the model. */
        weight: z.number().min(0).max(1),
        /** Over the rows that a part has predicted without having seen them. */
        unseenRmse: z.number(),
        /** Rows known as bounds only that it could not learn from. */
        boundsLeftOut: z.int().nonnegative(),
      }),
    )
    .min(1),
  /** Split conformal intervals in pX units (Vovk et al. 2005). */
  conformal: z.strictObject({
    /** The interval is prediction ± quantile, or `scaled`: prediction ± quantile · the model's `spread` for that compound. */
    kind: z.enum(['absolute', 'scaled']),
    level: z.number(),
    quantile: z.number(),
    /** The median over the calibration rows. */
    halfWidth: z.number(),
    calibrationRows: z.int(),
  }),
  /** Mean, standard deviation of the training labels, pX units. */
  labels: z.strictObject({ mean: z.number(), sd: z.number(), min: z.number(), max: z.number() }),
  /** Predicted and measured values of validation and test rows, for the parity plot. */
  parity: z.array(
    z.strictObject({
      row: z.int().nonnegative(),
      part: z.enum(['validation', 'test']),
      measured: z.number(),
      predicted: z.number(),
      /** Of its interval. */
      halfWidth: z.number(),
      /** Absent in older cards. */
      smiles: z.string().optional(),
    }),
  ),
  files: z.strictObject({
    model: modelFileSchema,
    domain: modelFileSchema,
    /** What the kernels of a Gaussian process read of its training compounds. */
    kernels: modelFileSchema.optional(),
    /** Features of the test rows, in the order of the split: what the parity plot can be made of again. */
    holdout: modelFileSchema.optional(),
  }),
  application: z.strictObject({ name: z.literal('bindery'), version: z.string(), runtime: z.string() }),
  createdAt: timeSchema,
})
export type ModelCard = z.infer<typeof modelCardSchema>

/** Of a model made by Bindery, here or elsewhere, or of an ONNX file that something else has made. */
export const anyCardSchema = z.discriminatedUnion('format', [modelCardSchema, foreignCardSchema])
export type AnyCard = z.infer<typeof anyCardSchema>

/**
 * Figures of compounds that the model has not learned from. `null` for one made elsewhere that was not judged here, or with compounds it
 * is known to have learned from.
 */
export function testMetricsOf(card: AnyCard): RegressionMetrics | null {
  if (card.format === 'bindery-model-1') return card.metrics.test
  return card.measured === null || card.measured.seen === 'yes' ? null : card.measured.metrics
}

/** Whether values from a formula stand behind the model, or behind its interval. */
export function isSimulated(card: AnyCard): boolean {
  if (card.format === 'bindery-model-1') return card.dataset.simulated
  return card.measured?.dataset.simulated === true || card.training?.dataset.simulated === true
}

/** For what only a model made by Bindery has. */
export function trainedCard(card: AnyCard): ModelCard {
  if (card.format === 'bindery-model-1') return card
  throw new Error('a model made elsewhere has no such card')
}

/**
 * `imported`: came from elsewhere, and nothing shows yet that it gives the results its card states. `verified`: it was seen to.
 * `active`: made here, or taken into use. `archived`: kept, and offered for nothing.
 */
export const modelStateSchema = z.enum(['imported', 'verified', 'active', 'archived'])
export type ModelState = z.infer<typeof modelStateSchema>
/** `passport`: from another Bindery; `foreign`: an ONNX file made by something else. */
export const modelOriginSchema = z.enum(['trained', 'passport', 'foreign'])

export const modelVerificationSchema = verificationSchema.extend({ at: timeSchema })
export type ModelVerification = z.infer<typeof modelVerificationSchema>

export const modelSchema = z.strictObject({
  id: idSchema,
  name: nameSchema,
  /** The run that made it; `null` where it came from elsewhere. */
  jobId: idSchema.nullable(),
  /** What it was trained on here; `null` where it came from elsewhere, and where that was deleted for good. */
  datasetId: idSchema.nullable(),
  /** `foreign`: nobody here knows how it was made. */
  recipe: z.enum([...recipeSchema.options, 'foreign']),
  endpoint: endpointSchema,
  target: z.string().nullable(),
  simulated: z.boolean(),
  testRmse: z.number().nullable(),
  createdAt: timeSchema,
  sizeBytes: z.int().nonnegative(),
  /** Its versions have this id in common: that of the first one. */
  familyId: idSchema,
  /** Counts up from 1 within the family. */
  version: z.int().positive(),
  /** The version that is meant where none is named; one of each family. */
  isCurrent: z.boolean(),
  state: modelStateSchema,
  origin: modelOriginSchema,
  licence: z.string(),
  note: z.string(),
  /** SHA-256 of the manifest of the passport it came in: to be compared with the sender's. */
  fingerprint: z.string().nullable(),
  verification: modelVerificationSchema.nullable(),
  trashedAt: timeSchema.nullable(),
})
export type Model = z.infer<typeof modelSchema>

export const modelsContract = {
  list: procedure.output(z.array(modelSchema)),
  get: procedure
    .input(z.strictObject({ id: idSchema }))
    .output(z.strictObject({ model: modelSchema, card: anyCardSchema })),
  rename: procedure.input(z.strictObject({ id: idSchema, name: nameSchema })).output(modelSchema),
  /** To the trash, from which it can be restored. Refused with ERR_4002 naming what uses it (`details.usedBy`). */
  remove: procedure.input(z.strictObject({ id: idSchema })),
}
