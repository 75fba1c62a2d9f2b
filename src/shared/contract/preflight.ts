/** What a training run will take, told before it starts. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { batchProbeSchema } from '../probe-profile.ts'
import { errorBodySchema, procedure, timeSchema } from './common.ts'
import { providerSchema, trainOptionsSchema } from './jobs.ts'

const duration = z.number().nonnegative()
const bytes = z.number().nonnegative()

export const preflightRequestSchema = trainOptionsSchema
  .pick({
    datasetId: true,
    recipe: true,
    preset: true,
    split: true,
    fold: true,
    seed: true,
    provider: true,
    settings: true,
  })
  .extend({
    /** Look for the batch size that suits this machine; the answer's is then not the one of the settings. */
    fitBatch: z.boolean().default(false),
    /** Answer from what was measured before, or `unknown`; start nothing. */
    storedOnly: z.boolean().default(false),
    /** Measure although it is known: the machine may have been busy then. */
    again: z.boolean().default(false),
  })
export type PreflightRequest = z.infer<typeof preflightRequestSchema>

/**
 * Why a batch size was chosen. `fastest`: larger ones are hardly faster. `step`, `memory`: larger ones take a longer step than 250 ms,
 * or more memory than there is. `data`: larger ones would leave fewer than eight steps an epoch. `slow`: even the smallest is too slow.
 */
export const batchReasonSchema = z.enum(['fastest', 'step', 'memory', 'data', 'slow'])
export type BatchReason = z.infer<typeof batchReasonSchema>

export const preflightReportSchema = z.strictObject({
  measuredAt: timeSchema,
  provider: providerSchema.exclude(['auto']),
  /** 0: all cores. */
  threads: z.int().nonnegative(),
  network: z
    .strictObject({
      members: z.int().positive(),
      epochs: z.int().positive(),
      batchSize: z.int().positive(),
      stepMs: duration,
      stepsPerEpoch: z.int().positive(),
      epochMs: duration,
      /** Where no member ends early. */
      totalMs: duration,
    })
    .nullable(),
  process: z.strictObject({ rows: z.int().positive(), totalMs: duration }).nullable(),
  /** Without the features, which are computed once. */
  totalMs: duration,
  memory: z.strictObject({
    peakBytes: bytes,
    /** `null` where the machine does not tell. */
    freeBytes: bytes.nullable(),
    totalBytes: bytes,
    fits: z.boolean(),
  }),
  /** Where one was looked for. */
  fittedBatch: z
    .strictObject({
      batchSize: z.int().positive(),
      reason: batchReasonSchema,
      /** Of the settings, without looking. */
      preset: z.int().positive(),
      measured: z.array(batchProbeSchema),
    })
    .nullable(),
})
export type PreflightReport = z.infer<typeof preflightReportSchema>

export const preflightEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    stage: z.enum(['featurising', 'probing']),
    done: z.number().nonnegative(),
    total: z.number().nonnegative().nullable(),
  }),
  z.strictObject({ type: z.literal('told'), report: preflightReportSchema }),
  z.strictObject({ type: z.literal('unknown') }),
  z.strictObject({ type: z.literal('failed'), error: errorBodySchema }),
])
export type PreflightEvent = z.infer<typeof preflightEventSchema>

export const preflightContract = {
  /**
   * Runs some steps of the very training in a process of its own, which takes seconds, once for each machine, data set and shape of the
   * network; ends with `told`, or with why it cannot be told. ERR_3001, ERR_4001, ERR_2001 and ERR_6003 as for `jobs.train`. Stops with
   * the stream.
   */
  estimate: procedure.input(preflightRequestSchema).output(eventIterator(preflightEventSchema)),
}
