/** What a predictor may say, as a schema. A value that is not finite is refused here, and goes no further. */
import { z } from 'zod'
import { errorBodySchema } from '../../shared/contract/common.ts'
import type { PredictorMessage } from '../../shared/predictor-protocol.ts'

/** Everything but `ready`, which the supervisor hears itself. */
export type HeardPredictorMessage = Exclude<PredictorMessage, { type: 'ready' }>

const requestId = z.int()

export const predictorMessageSchema: z.ZodType<HeardPredictorMessage> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('predicted'),
    requestId,
    values: z.array(
      z.object({
        prediction: z.number(),
        lower: z.number(),
        upper: z.number(),
        domainDistance: z.number().min(0).max(1),
        nearest: z.array(z.object({ smiles: z.string(), similarity: z.number(), pX: z.number() })),
      }),
    ),
  }),
  z.object({ type: z.literal('failed'), requestId, error: errorBodySchema }),
]) as z.ZodType<HeardPredictorMessage>
