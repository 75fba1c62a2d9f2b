/** Jobs: imports, training runs and batch predictions, their states, metrics and logs. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { anomalySchema } from './anomalies.ts'
import { errorBodySchema, idSchema, metricsSchema, nameSchema, procedure, timeSchema } from './common.ts'
import { baselinesSchema, halvingsSchema, leakageSchema, scramblingSchema } from './evaluation.ts'
import { jobPartShapes, notesSchema, queueOptionsSchema, tagSchema } from './job-parts.ts'
import { metricBatchSchema, rangesSchema } from './metrics.ts'

export const jobKindSchema = z.enum(['import', 'train', 'predict'])
export const jobStateSchema = z.enum([
  'draft',
  'queued',
  'preparing',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
])
export type JobState = z.infer<typeof jobStateSchema>
export const TERMINAL_STATES: readonly JobState[] = ['completed', 'failed', 'cancelled', 'interrupted']
export const jobReasonSchema = z.enum(['timeout', 'oom', 'nan', 'data', 'crash', 'user'])
export type JobReason = z.infer<typeof jobReasonSchema>

/** What one model is made by. */
export const partRecipeSchema = z.enum(['tanimoto-gp', 'dmpnn'])
export type PartRecipe = z.infer<typeof partRecipeSchema>
/** `auto` trains both and joins them. */
export const recipeSchema = z.enum(['auto', ...partRecipeSchema.options])
export type Recipe = z.infer<typeof recipeSchema>
export const presetSchema = z.enum(['smoke', 'prototype', 'validation', 'production'])
export type Preset = z.infer<typeof presetSchema>
/** Of one that every recipe has, or of one of the user's. */
export const presetNameSchema = z.string().trim().min(1).max(64)
export const splitKindSchema = z.enum(['column', 'random', 'scaffold', 'cluster', 'time'])
export type SplitKind = z.infer<typeof splitKindSchema>
/** Of k test parts the one that is meant, counted from 1: k runs test every compound once. */
export const splitFoldSchema = z
  .strictObject({ index: z.int().min(1), of: z.int().min(2).max(20) })
  .refine(({ index, of }) => index <= of, 'expected a fold from 1 to the number of folds')
export type SplitFold = z.infer<typeof splitFoldSchema>
export const providerSchema = z.enum(['auto', 'cpu', 'webgpu', 'dml', 'coreml', 'cuda'])

export const trainOptionsSchema = z.strictObject({
  datasetId: idSchema,
  recipe: recipeSchema.default('auto'),
  preset: presetNameSchema.default('production'),
  /** Left out: `column` where the data set has a split column, else `scaffold`. */
  split: splitKindSchema.optional(),
  /** Tests on one of k parts instead of a fifth. */
  fold: splitFoldSchema.optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42),
  provider: providerSchema.default('auto'),
  /**
   * Hyper-parameters that differ from the preset; names and ranges are the recipe's. A job that was made with a preset of the user's has all
   * of them.
   */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
  name: nameSchema.optional(),
  /** After the evaluation, learn ten times from labels in random order, to see what chance gives. */
  scramble: z.boolean().optional(),
  /** When the run has completed, queue one that learns from all rows as `refitOf` the model it has made. */
  refit: z.boolean().optional(),
  /**
   * A model whose recipe, settings and seed are trained again on all rows of its data set, test rows too. Its figures remain the evaluation.
   * Everything else in these options must be as it was in its run.
   */
  refitOf: idSchema.optional(),
})
export type TrainOptions = z.infer<typeof trainOptionsSchema>

export const trainResultSchema = z.strictObject({
  metrics: z.strictObject({ validation: metricsSchema, test: metricsSchema }),
  baselines: baselinesSchema,
  leakage: leakageSchema.optional(),
  /** Where it was asked for. */
  scrambling: scramblingSchema.optional(),
  /** Where memory for a step ran out. */
  halvings: halvingsSchema.optional(),
  epochs: z.int().nonnegative(),
  bestEpoch: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
})
export type TrainResult = z.infer<typeof trainResultSchema>

export const jobProgressSchema = z.strictObject({
  /** What it does now; the page translates it. */
  stage: z.enum([
    'waiting',
    'reading',
    'featurising',
    'clustering',
    'training',
    'evaluating',
    'scrambling',
    'exporting',
    'predicting',
    'saving',
  ]),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  etaMs: z.number().nonnegative().nullable(),
  epoch: z.int().nonnegative().nullable().default(null),
  epochs: z.int().nonnegative().nullable().default(null),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

export const jobSchema = z.strictObject({
  id: idSchema,
  /** Counts up within its kind, for people: "dmpnn #14". */
  number: z.int().positive(),
  kind: jobKindSchema,
  name: z.string(),
  state: jobStateSchema,
  reason: jobReasonSchema.nullable(),
  datasetId: idSchema.nullable(),
  modelId: idSchema.nullable(),
  train: trainOptionsSchema.nullable(),
  result: trainResultSchema.nullable(),
  progress: jobProgressSchema.nullable(),
  error: errorBodySchema.nullable(),
  /** A checkpoint with the best weights so far was kept. */
  hasCheckpoint: z.boolean(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  ...jobPartShapes,
})
export type Job = z.infer<typeof jobSchema>

/** One go at a job, from taking its place to giving it away. */
export const attemptSchema = z.strictObject({
  attempt: z.int().positive(),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
  /** `null` while it lasts. */
  state: z.enum(['completed', 'failed', 'cancelled', 'interrupted', 'paused']).nullable(),
  reason: jobReasonSchema.nullable(),
  error: errorBodySchema.nullable(),
})
export type Attempt = z.infer<typeof attemptSchema>

export const transitionSchema = z.strictObject({
  from: jobStateSchema.nullable(),
  to: jobStateSchema,
  at: timeSchema,
  actor: z.enum(['user', 'host', 'child']),
  cause: z.string(),
})

export const logLineSchema = z.strictObject({
  sequence: z.int().nonnegative(),
  at: timeSchema,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const settingSpecSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['int', 'number', 'boolean']),
  default: z.union([z.number(), z.boolean()]),
  min: z.number().optional(),
  max: z.number().optional(),
})

/** What a split does, before anything is trained on it. */
export const splitPreviewSchema = z.strictObject({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
  /** Mean over the test rows of the similarity to the nearest training or validation row, 0–1; over at most 2,000 of them. */
  nearestTrainSimilarity: z.number().nullable(),
  /** Those similarities: counts in equal bins from 0 to 1; `null` where nothing could be compared. */
  similarity: z.strictObject({ counts: z.array(z.int()), compared: z.int(), median: z.number() }).nullable(),
  /** Exactly measured values of the test part and of the rest, which is learned from; `null` where either has none. */
  labels: z
    .strictObject({
      /** Ends of the bins that both are counted in, pX units. */
      min: z.number(),
      max: z.number(),
      learned: z.strictObject({ n: z.int(), mean: z.number(), sd: z.number(), counts: z.array(z.int()) }),
      tested: z.strictObject({ n: z.int(), mean: z.number(), sd: z.number(), counts: z.array(z.int()) }),
      /** Tested minus learned. */
      meanDifference: z.number(),
      /** Kolmogorov–Smirnov distance of the two, and how likely it is by chance. */
      ks: z.number(),
      ksP: z.number(),
    })
    .nullable(),
  /** Scaffolds or clusters in all and in the test part; `null` for the other splits. */
  groups: z.strictObject({ all: z.int(), tested: z.int() }).nullable(),
  /** Of a split by time: the first and last date of what is learned from and tested. */
  dates: z
    .strictObject({ learnedFrom: z.string(), learnedTo: z.string(), testedFrom: z.string(), testedTo: z.string() })
    .nullable(),
})
export type SplitPreview = z.infer<typeof splitPreviewSchema>

const splitRequestSchema = z.strictObject({
  datasetId: idSchema,
  split: splitKindSchema,
  seed: z.int().nonnegative().default(42),
  fold: splitFoldSchema.optional(),
})

export const jobsContract = {
  /** Without those in the trash, or those alone. */
  list: procedure
    .input(z.strictObject({ kind: jobKindSchema.optional(), trashed: z.boolean().default(false) }))
    .output(z.array(jobSchema)),
  get: procedure
    .input(z.strictObject({ id: idSchema }))
    .output(
      z.strictObject({ job: jobSchema, transitions: z.array(transitionSchema), attempts: z.array(attemptSchema) }),
    ),
  /** The hyper-parameters of a recipe under a preset, for the form. ERR_3006 where there is none of that name. */
  settings: procedure
    .input(z.strictObject({ recipe: recipeSchema, preset: presetNameSchema }))
    .output(z.array(settingSpecSchema)),
  /** What a split would make of a data set, before anything is started. ERR_6001 and ERR_6003 where it cannot be made. */
  splitPreview: procedure.input(splitRequestSchema).output(splitPreviewSchema),
  /** The same split as explicit row indices of the data set. */
  splitRows: procedure
    .input(splitRequestSchema)
    .output(z.strictObject({ train: z.array(z.int()), validation: z.array(z.int()), test: z.array(z.int()) })),
  train: procedure.input(trainOptionsSchema.extend({ queue: queueOptionsSchema.optional() })).output(jobSchema),
  /** Queues a run that trains a model's recipe again on all rows. ERR_3003 without the model, ERR_4001 where it is itself a refit or its data set has changed. */
  refit: procedure.input(z.strictObject({ modelId: idSchema })).output(jobSchema),
  /** Answers when the request is recorded; the state becomes `cancelled` only when the process is gone. */
  cancel: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
  /** A training run saves a checkpoint and gives its place in the lane away; ERR_4001 for other kinds and states. */
  pause: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
  /**
   * Queues a training run again, which goes on from its last checkpoint: paused and interrupted ones in any case, failed and
   * cancelled ones if they kept one (`hasCheckpoint`). An import that was interrupted begins anew with its file.
   */
  resume: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
  /** What people write on a job. Only the given keys change. */
  update: procedure
    .input(
      z.strictObject({
        id: idSchema,
        name: nameSchema.optional(),
        tags: z.array(tagSchema).max(20).optional(),
        notes: notesSchema.optional(),
        pinned: z.boolean().optional(),
        archived: z.boolean().optional(),
      }),
    )
    .output(jobSchema),
  /** Bytes of the run folder: all of them, and of them the checkpoints. */
  usage: procedure
    .input(z.strictObject({ id: idSchema }))
    .output(z.strictObject({ bytes: z.number().nonnegative(), checkpointBytes: z.number().nonnegative() })),
  /**
   * Takes an ended job out of every list; its files stay until the trash is emptied. Pinned ones must be unpinned first (ERR_4001).
   * Answers the bytes that emptying the trash will free for it.
   */
  trash: procedure.input(z.strictObject({ id: idSchema })).output(z.strictObject({ bytes: z.number().nonnegative() })),
  restore: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
  emptyTrash: procedure.output(
    z.strictObject({ removed: z.int().nonnegative(), freedBytes: z.number().nonnegative() }),
  ),
  /** At once and for good. */
  remove: procedure.input(z.strictObject({ id: idSchema })),
  /**
   * Curves after the cursor, then what is new as it is ingested; ends when the job has ended. A backlog longer than a few thousand
   * points comes as its outline: two points at most for each of `ranges` equal ranges of steps.
   */
  metrics: procedure
    .input(
      z.strictObject({
        id: idSchema,
        after: z.int().nonnegative().default(0),
        ranges: rangesSchema.default(1_000),
      }),
    )
    .output(eventIterator(metricBatchSchema)),
  /** Curves within a window of steps, both ends included, as finely as they are drawn there. */
  curves: procedure
    .input(
      z.strictObject({
        id: idSchema,
        names: z.array(z.string().min(1).max(100)).max(50).optional(),
        from: z.int().nonnegative(),
        to: z.int().nonnegative(),
        ranges: rangesSchema,
      }),
    )
    .output(metricBatchSchema),
  /** What looked wrong in the curves, oldest first. */
  anomalies: procedure.input(z.strictObject({ id: idSchema })).output(z.array(anomalySchema)),
  log: procedure
    .input(z.strictObject({ id: idSchema, after: z.int().min(-1).default(-1) }))
    .output(eventIterator(z.array(logLineSchema))),
}
