/** Predictions: one compound, or a table of them. */
import { z } from 'zod'
import { errorBodySchema, idSchema, procedure, timeSchema } from './common.ts'
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
  /** `null` where the model has no interval: one made elsewhere that nobody has calibrated. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** 1 − highest Tanimoto similarity to the training compounds, 0 (seen) to 1 (nothing alike); `null` where these are not known. */
  domainDistance: z.number().min(0).max(1).nullable(),
  /** The most similar measured compounds of the training data, or of those a model made elsewhere was judged by. */
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
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  domainDistance: z.number().nullable(),
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
  /** These lines alone: the rows of a group. */
  lines: z.array(z.int().positive()).max(5_000).nullable().default(null),
})
export type ResultFilter = z.infer<typeof resultFilterSchema>
/** Of the first model, or of the model that `modelIndex` names. */
export const resultSortSchema = z.enum(['line', 'prediction', 'domainDistance', 'width'])

export const exportFormatSchema = z.enum(['csv', 'sdf', 'xlsx'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

/** What each atom adds to a prediction, in pX units. */
export const explanationSchema = z.strictObject({
  /** The prediction less that without all features the atom takes part in; bulk descriptors stay. They need not add up to it. */
  method: z.literal('atom-hiding'),
  /** Canonical, of the kept fragment: atoms are numbered as it names them. */
  smiles: z.string(),
  prediction: z.number(),
  /** [atoms] */
  contributions: z.array(z.number()),
  answeredBy: answeredBySchema,
})
export type Explanation = z.infer<typeof explanationSchema>

/** Everything a single prediction rests on. */
export const receiptSchema = z.strictObject({
  format: z.literal('bindery-receipt-1'),
  createdAt: timeSchema,
  application: z.strictObject({ name: z.literal('bindery'), version: z.string() }),
  model: z.strictObject({
    id: idSchema,
    name: z.string(),
    /** Of model.onnx, hex. */
    sha256: z.string(),
    recipe: z.string(),
    preset: z.string(),
    featurePreset: z.string(),
    runtime: z.string(),
    endpoint: endpointSchema,
    target: z.string().nullable(),
    /** `null`: made elsewhere, and nobody has said from what. */
    dataset: z.strictObject({ name: z.string(), sha256: z.string(), rows: z.int(), simulated: z.boolean() }).nullable(),
    testRmse: z.number().nullable(),
  }),
  instead: answeredBySchema.shape.instead,
  input: z.strictObject({ smiles: z.string() }),
  unit: z.literal('pX'),
  prediction: z.number(),
  /** The same as a concentration, mol/L. */
  molar: z.number(),
  interval: z
    .strictObject({
      level: z.number(),
      lower: z.number(),
      upper: z.number(),
      method: z.literal('split conformal'),
      kind: z.string(),
      calibrationRows: z.int(),
    })
    .nullable(),
  domain: z.strictObject({ distance: z.number(), verdict: z.enum(['inside', 'edge', 'outside']) }).nullable(),
  nearest: predictionSchema.shape.nearest,
})
export type Receipt = z.infer<typeof receiptSchema>

/** Rows that have something in common, the best first. */
export const rowGroupSchema = z.strictObject({
  /** The scaffold ('' for compounds without rings), or the best compound of a cluster. */
  smiles: z.string(),
  best: z.number(),
  worst: z.number(),
  lines: z.array(z.int().positive()),
})
export type RowGroup = z.infer<typeof rowGroupSchema>

/** Which rows, in which order. */
const rankingShape = {
  resultId: idSchema,
  sort: resultSortSchema.default('line'),
  modelIndex: z.int().min(0).max(7).default(0),
  descending: z.boolean().default(false),
  filter: resultFilterSchema.optional(),
}

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
        ...rankingShape,
        offset: z.int().nonnegative().default(0),
        limit: z.int().min(1).max(1000).default(200),
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
  /** The best rows of a table under a filter, put into groups; the rows are those with a value, highest prediction first. */
  groups: procedure
    .input(
      z.strictObject({
        resultId: idSchema,
        by: z.enum(['scaffold', 'cluster']),
        /** How many of the best rows are looked at. */
        top: z.int().min(1).max(5_000).default(1_000),
        modelIndex: z.int().min(0).max(7).default(0),
        filter: resultFilterSchema.optional(),
      }),
    )
    .output(z.strictObject({ groups: z.array(rowGroupSchema), rows: z.int(), total: z.int() })),
  /** A ticket for the table as a file, ranked and filtered as asked. ERR_4001 before it is complete. */
  export: procedure
    .input(z.strictObject({ ...rankingShape, format: exportFormatSchema, formulaSafe: z.boolean().default(true) }))
    .output(z.strictObject({ ticket: z.string(), fileName: z.string() })),
  /** ERR_2003 for what is no structure. */
  explain: procedure
    .input(z.strictObject({ modelId: idSchema, smiles: z.string().max(10_000), fallback: fallbackSchema }))
    .output(explanationSchema),
  receipt: procedure
    .input(z.strictObject({ modelId: idSchema, smiles: z.string().max(10_000), fallback: fallbackSchema }))
    .output(receiptSchema),
  /** The predictor process and the models it holds. */
  status: procedure.output(
    z.strictObject({
      state: z.enum(['idle', 'starting', 'running', 'waiting']),
      pid: z.int().nullable(),
      restarts: z.int(),
      nextStartAt: timeSchema.nullable(),
      /** `null` before its first word. */
      sessions: z
        .strictObject({
          models: z.array(z.strictObject({ modelId: z.string(), sizeBytes: z.number() })),
          hits: z.int(),
          misses: z.int(),
          evictions: z.int(),
        })
        .nullable(),
    }),
  ),
}
