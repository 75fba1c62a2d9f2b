/** Predictions: one compound, or a table of them. */
import { z } from 'zod'
import { errorBodySchema, idSchema, procedure } from './common.ts'
import { endpointSchema } from './datasets.ts'

/** Which model answered, and why not the chosen one. */
export const answeredBySchema = z.strictObject({
  modelId: idSchema,
  name: z.string(),
  /** The chosen model and why it was unavailable; `null` where it answered itself. */
  instead: z
    .strictObject({
      modelId: idSchema,
      /** `null` where it is not there any more. */
      name: z.string().nullable(),
      code: errorBodySchema.shape.code,
      message: z.string(),
    })
    .nullable(),
})
export type AnsweredBy = z.infer<typeof answeredBySchema>

/** One answer in pX units with its 90 % interval. */
export const predictionSchema = z.strictObject({
  smiles: z.string(),
  prediction: z.number(),
  lower: z.number(),
  upper: z.number(),
  /** 1 − highest Tanimoto similarity to the training compounds, 0 (seen) to 1 (nothing alike). */
  domainDistance: z.number().min(0).max(1),
  /** The most similar measured compounds of the training data. */
  nearest: z.array(z.strictObject({ smiles: z.string(), similarity: z.number(), pX: z.number() })),
  answeredBy: answeredBySchema,
})
export type Prediction = z.infer<typeof predictionSchema>

export const predictionItemSchema = z.union([
  z.strictObject({ ok: z.literal(true), prediction: predictionSchema }),
  z.strictObject({ ok: z.literal(false), smiles: z.string(), error: errorBodySchema }),
])

/** Models that are asked in this order where the chosen one is unavailable; they must predict the same kind of affinity. */
const fallbackSchema = z.array(idSchema).max(8).default([])

const valueSchema = z.strictObject({
  prediction: z.number(),
  lower: z.number(),
  upper: z.number(),
  domainDistance: z.number(),
})

/** Which rows of a table are meant. Every condition must hold; rows without a value pass none on values. */
export const resultFilterSchema = z.strictObject({
  /** pX units. */
  least: z.number().nullable().default(null),
  most: z.number().nullable().default(null),
  /** Of the interval, upper − lower. */
  widest: z.number().positive().nullable().default(null),
  domain: z.array(z.enum(['inside', 'edge', 'outside'])).default([]),
  errors: z.enum(['all', 'only', 'none']).default('all'),
  /** In the SMILES, in any cell of the input or in the error; upper and lower case are the same. */
  text: z.string().max(200).default(''),
})
export type ResultFilter = z.infer<typeof resultFilterSchema>
/** Of the first model, or of the model that `modelIndex` names. */
export const resultSortSchema = z.enum(['line', 'prediction', 'domainDistance', 'width'])

const tableModelSchema = answeredBySchema.extend({ endpoint: endpointSchema })

export const predictionsContract = {
  /** Up to 1,000 SMILES at once, answered together; an invalid one is its own error. */
  predict: procedure
    .input(
      z.strictObject({
        modelId: idSchema,
        smiles: z.array(z.string().max(10_000)).min(1).max(1000),
        fallback: fallbackSchema,
      }),
    )
    .output(z.array(predictionItemSchema)),
  /** Loads a model so that the next question is answered at once. */
  warm: procedure.input(z.strictObject({ modelId: idSchema })),
  /** A table as a job; its result is downloaded with the id `resultId` once the job has completed. */
  predictFile: procedure
    .input(
      z.strictObject({
        modelId: idSchema,
        /** Further models whose answers stand beside the first one's. */
        also: z.array(idSchema).max(7).default([]),
        fallback: fallbackSchema,
        uploadId: idSchema,
        smilesColumn: z.int().nonnegative().nullable().default(null),
        member: z.string().nullable().default(null),
        sheet: z.string().nullable().default(null),
      }),
    )
    .output(z.strictObject({ jobId: idSchema, resultId: idSchema })),
  /** The rows that have an error once more, in the same table. ERR_4001 while a job works on it, or where there are none. */
  retryFailed: procedure
    .input(z.strictObject({ resultId: idSchema }))
    .output(z.strictObject({ jobId: idSchema, resultId: idSchema })),
  /** The table that a job makes, so that it can be opened from the list of jobs. ERR_3004 where the job makes none. */
  find: procedure
    .input(z.strictObject({ jobId: idSchema }))
    .output(z.strictObject({ resultId: idSchema, modelId: idSchema, fileName: z.string() })),
  /** The rows of a table, ranked as asked; while its job runs, those there are. */
  result: procedure
    .input(
      z.strictObject({
        resultId: idSchema,
        offset: z.int().nonnegative().default(0),
        limit: z.int().min(1).max(1000).default(200),
        sort: resultSortSchema.default('line'),
        modelIndex: z.int().min(0).max(7).default(0),
        descending: z.boolean().default(false),
        filter: resultFilterSchema.optional(),
      }),
    )
    .output(
      z.strictObject({
        /** Rows that pass the filter. */
        total: z.int().nonnegative(),
        /** Of all rows. */
        errors: z.int().nonnegative(),
        all: z.int().nonnegative(),
        /** In the order of `others` behind the first. */
        models: z.array(tableModelSchema),
        rows: z.array(
          z.strictObject({
            line: z.int().positive(),
            smiles: z.string(),
            prediction: z.number().nullable(),
            lower: z.number().nullable(),
            upper: z.number().nullable(),
            domainDistance: z.number().nullable(),
            error: z.string().nullable(),
            /** What the second and further models say; `null` where one gives no number. */
            others: z.array(valueSchema.nullable()),
          }),
        ),
      }),
    ),
}
