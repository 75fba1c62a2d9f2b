/** What a predictor may say, as a schema. */
import { z } from 'zod'
import { errorBodySchema } from '../../shared/contract/common.ts'
import type { PredictorMessage } from '../../shared/predictor-protocol.ts'

/** Everything but `ready`, which the supervisor hears itself. */
export type HeardPredictorMessage = Exclude<PredictorMessage, { type: 'ready' }>

const requestId = z.int()

const nearestSchema = z.array(z.object({ smiles: z.string(), similarity: z.number(), pX: z.number() }))

export const predictorMessageSchema: z.ZodType<HeardPredictorMessage> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('predicted'),
    requestId,
    values: z.instanceof(Float64Array),
    nearest: z.array(nearestSchema),
  }),
  z.object({ type: z.literal('loaded'), requestId }),
  z.object({
    type: z.literal('heartbeat'),
    stats: z.object({
      models: z.array(z.object({ folder: z.string(), sizeBytes: z.number() })),
      hits: z.int(),
      misses: z.int(),
      evictions: z.int(),
    }),
  }),
  z.object({ type: z.literal('failed'), requestId, error: errorBodySchema }),
]) as z.ZodType<HeardPredictorMessage>
