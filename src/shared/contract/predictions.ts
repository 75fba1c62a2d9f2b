/** Predictions: one compound, or a table of them. */
import { z } from 'zod'
import { errorBodySchema, idSchema, procedure } from './common.ts'

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
})
export type Prediction = z.infer<typeof predictionSchema>

export const predictionItemSchema = z.union([
  z.strictObject({ ok: z.literal(true), prediction: predictionSchema }),
  z.strictObject({ ok: z.literal(false), smiles: z.string(), error: errorBodySchema }),
])

export const predictionsContract = {
  /** Up to 1,000 SMILES at once, answered together; an invalid one is its own error. */
  predict: procedure
    .input(z.strictObject({ modelId: idSchema, smiles: z.array(z.string().max(10_000)).min(1).max(1000) }))
    .output(z.array(predictionItemSchema)),
  /** A table as a job; its result is downloaded with the id `resultId` once the job has completed. */
  predictFile: procedure
    .input(
      z.strictObject({
        modelId: idSchema,
        uploadId: idSchema,
        smilesColumn: z.int().nonnegative().nullable().default(null),
      }),
    )
    .output(z.strictObject({ jobId: idSchema, resultId: idSchema })),
  /** The table that a job makes, so that it can be opened from the list of jobs. ERR_3004 where the job makes none. */
  find: procedure
    .input(z.strictObject({ jobId: idSchema }))
    .output(z.strictObject({ resultId: idSchema, modelId: idSchema, fileName: z.string() })),
  /** The rows of a finished table, ranked as asked. */
  result: procedure
    .input(
      z.strictObject({
        resultId: idSchema,
        offset: z.int().nonnegative().default(0),
        limit: z.int().min(1).max(1000).default(200),
        sort: z.enum(['line', 'prediction', 'domainDistance']).default('line'),
        descending: z.boolean().default(false),
      }),
    )
    .output(
      z.strictObject({
        total: z.int().nonnegative(),
        errors: z.int().nonnegative(),
        rows: z.array(
          z.strictObject({
            line: z.int().positive(),
            smiles: z.string(),
            prediction: z.number().nullable(),
            lower: z.number().nullable(),
            upper: z.number().nullable(),
            domainDistance: z.number().nullable(),
            error: z.string().nullable(),
          }),
        ),
      }),
    ),
}
