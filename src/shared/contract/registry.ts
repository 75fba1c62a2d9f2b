/** Models as versions: which one is current, what was done with each, where they come from; passports in and out; the trash. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { evaluationSchema, learningCurveSchema } from '../evaluation.ts'
import {
  descriptionSchema,
  errorBodySchema,
  idSchema,
  metricsSchema,
  nameSchema,
  procedure,
  timeSchema,
} from './common.ts'
import { foreignLookSchema, foreignRequestSchema, intakeEventSchema } from './foreign.ts'
import { jobStateSchema } from './jobs.ts'
import { modelSchema } from './models.ts'

export const modelActionSchema = z.enum([
  'trained',
  'imported',
  'registered',
  'verified',
  'madeCurrent',
  'rolledBack',
  'activated',
  'archived',
  'renamed',
  'described',
  'exported',
  'trashed',
  'restored',
])
export type ModelAction = z.infer<typeof modelActionSchema>

export const modelLogEntrySchema = z.strictObject({
  at: timeSchema,
  /** User of the system; '' where it is not known. */
  actor: z.string(),
  action: modelActionSchema,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
})
export type ModelLogEntry = z.infer<typeof modelLogEntrySchema>

export const modelLineageSchema = z.strictObject({
  /** As the card names it; `id` is that of the data set here, where it is here. `null`: made elsewhere, nobody has said from what. */
  dataset: z
    .strictObject({
      id: idSchema.nullable(),
      name: z.string(),
      version: z.int().positive().nullable(),
      sha256: z.string(),
    })
    .nullable(),
  run: z.strictObject({ id: idSchema, number: z.int(), name: z.string(), state: jobStateSchema }).nullable(),
  predictions: z.array(
    z.strictObject({
      jobId: idSchema,
      resultId: idSchema,
      fileName: z.string(),
      state: jobStateSchema,
      createdAt: timeSchema,
    }),
  ),
})
export type ModelLineage = z.infer<typeof modelLineageSchema>

export const modelComparisonSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      model: modelSchema,
      metrics: z.strictObject({ validation: metricsSchema, test: metricsSchema }),
      /** Of the test rows that all of them have in common, and RMSE on these alone; `null` where they have none. */
      commonRmse: z.number().nullable(),
      settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
    }),
  ),
  /** They were judged on the same rows of the same data. */
  sameTest: z.boolean(),
  commonRows: z.int().nonnegative(),
})
export type ModelComparison = z.infer<typeof modelComparisonSchema>

const modelIntakeSchema = intakeEventSchema(modelSchema)
export type IntakeEvent = z.infer<typeof modelIntakeSchema>

const idInput = z.strictObject({ id: idSchema })

export const registryContract = {
  /** What was done with a version, the first thing first. */
  log: procedure.input(idInput).output(z.array(modelLogEntrySchema)),
  /** ERR_4001 for an archived one. */
  makeCurrent: procedure.input(idInput).output(modelSchema),
  /** Makes the version current that was so before. ERR_4001 where there was none, or it is archived or in the trash. */
  rollBack: procedure.input(idInput).output(modelSchema),
  /** Takes one into use that came from elsewhere or was archived. */
  activate: procedure.input(idInput).output(modelSchema),
  /** ERR_4002 while something uses it. Another version becomes current where this one was. */
  archive: procedure.input(idInput).output(modelSchema),
  /** Licence and note travel with the passport and stay in the registry. */
  describe: procedure
    .input(z.strictObject({ id: idSchema, licence: descriptionSchema.optional(), note: descriptionSchema.optional() }))
    .output(modelSchema),
  lineage: procedure.input(idInput).output(modelLineageSchema),
  /** Side by side, in the order given. */
  compare: procedure.input(z.strictObject({ ids: z.array(idSchema).min(2).max(6) })).output(modelComparisonSchema),
  /** Point by point: made anew from card and files by a process of its own, remembered while they stay the same. */
  evaluation: procedure.input(idInput).output(evaluationSchema),
  /** The learning curve that was made of it; `null` where none was. */
  learningCurve: procedure.input(idInput).output(learningCurveSchema.nullable()),
  /**
   * Makes the learning curve with a cheap model, telling how far it is, and keeps it; stops with the stream. Fails with ERR_4001 where
   * the model encloses no test compounds, or has learned from them.
   */
  makeLearningCurve: procedure
    .input(idInput)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.number() }),
          z.strictObject({ type: z.literal('made'), curve: learningCurveSchema }),
          z.strictObject({ type: z.literal('failed'), error: errorBodySchema }),
        ]),
      ),
    ),
  /** Predicts the hold-out compounds of a model again and compares with its card. ERR_7003, ERR_7005, ERR_7006 where it fails. */
  verify: procedure.input(idInput).output(modelSchema),
  /**
   * A passport as a model of its own, or as the next version of `versionOf`. Refused where anything in it is not as stated: ERR_7004
   * no passport, ERR_7003 a part was changed, ERR_7005 ONNX that is not allowed, ERR_7006 other results than its card's, ERR_2004 too
   * large, ERR_9001–9003 where it crashed, hung or ate memory. `details.rule` and `details.part` name what.
   */
  importPassport: procedure
    .input(z.strictObject({ uploadId: idSchema, name: nameSchema.optional(), versionOf: idSchema.optional() }))
    .output(modelSchema),
  /** As `importPassport`, telling how far it is; stops with the stream. */
  takePassport: procedure
    .input(z.strictObject({ uploadId: idSchema, name: nameSchema.optional(), versionOf: idSchema.optional() }))
    .output(eventIterator(modelIntakeSchema)),
  /** What an ONNX file made elsewhere says of itself. ERR_7004 for no ONNX file, ERR_7005 for one that could not be registered. */
  lookAtForeign: procedure.input(z.strictObject({ uploadId: idSchema })).output(foreignLookSchema),
  /**
   * An ONNX file made elsewhere as a model of its own. It is tried on known compounds in a process that is thrown away, and judged and
   * calibrated with measured ones where they are given. Errors as `lookAtForeign`, ERR_2007 where its output must be named, ERR_3001
   * for a data set, ERR_9001–9003 where it crashed, hung or ate memory.
   */
  registerForeign: procedure.input(foreignRequestSchema).output(eventIterator(modelIntakeSchema)),
  /** Models in the trash, the last deleted first. */
  trash: procedure.output(z.array(modelSchema)),
  /** Out of the trash. ERR_4001 for one that is not there. */
  restore: procedure.input(idInput).output(modelSchema),
  /** Deletes one in the trash for good, with the predictions made by it. */
  purge: procedure.input(idInput),
}
