/** What a trainer may say, as a schema: its words become rows that every page reads. */
import { z } from 'zod'
import { errorBodySchema } from '../../shared/contract/common.ts'
import { jobProgressSchema, trainResultSchema } from '../../shared/contract/jobs.ts'
import type { TrainerMessage } from '../../shared/trainer-protocol.ts'

/** Everything of a run but `ready`, which the supervisor hears itself. */
export type HeardTrainerMessage = Exclude<TrainerMessage, { type: 'ready' | 'probing' | 'probed' }>

const step = z.int().nonnegative()

export const trainerMessageSchema: z.ZodType<HeardTrainerMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledged'), command: z.enum(['start', 'probe', 'cancel', 'pause', 'saveNow']) }),
  z.object({ type: z.literal('heartbeat'), step }),
  z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
  z.object({ type: z.literal('checkpointed'), file: z.string(), step }),
  z.object({ type: z.literal('stopped'), by: z.enum(['cancel', 'pause']), step, hasCheckpoint: z.boolean() }),
  z.object({ type: z.literal('halted'), error: errorBodySchema, step, hasCheckpoint: z.boolean() }),
  z.object({ type: z.literal('completed'), result: trainResultSchema }),
  z.object({ type: z.literal('failed'), error: errorBodySchema }),
]) as z.ZodType<HeardTrainerMessage>
