/** Which job runs when: the lanes, the order of what waits, and how to change it. */
import { z } from 'zod'
import { idSchema, procedure, timeSchema } from './common.ts'
import { laneSchema, prioritySchema } from './job-parts.ts'
import { jobSchema } from './jobs.ts'

const queuedSchema = z.strictObject({
  id: idSchema,
  /** Counts from 1 within its lane. */
  position: z.int().positive(),
  /** When it begins and ends if everything takes as long as it usually does; `null` where nobody can tell. */
  startsAt: timeSchema.nullable(),
  endsAt: timeSchema.nullable(),
})

export const laneStateSchema = z.strictObject({
  lane: laneSchema,
  /** Jobs that run at one time. */
  places: z.int().positive(),
  running: z.array(z.strictObject({ id: idSchema, endsAt: timeSchema.nullable() })),
  /** In the order in which they start. */
  waiting: z.array(queuedSchema),
})
export type LaneState = z.infer<typeof laneStateSchema>

export const queueContract = {
  read: procedure.output(z.array(laneStateSchema)),
  /**
   * Puts a waiting job before another one of its lane, or at the end (`before: null`). Its priority follows where it would
   * otherwise stand against the order. ERR_4001 for a job that does not wait, ERR_2001 for one of another lane.
   */
  move: procedure.input(z.strictObject({ id: idSchema, before: idSchema.nullable() })).output(jobSchema),
  /** ERR_4001 for a job that has ended. */
  setPriority: procedure.input(z.strictObject({ id: idSchema, priority: prioritySchema })).output(jobSchema),
  /** Starts a waiting job in its turn although memory or disk seem too small; its log says so. ERR_4001 unless it waits. */
  startAnyway: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
  /**
   * Begins again: a job that waits for its next attempt at once; a failed training run from its last checkpoint, or anew where
   * it kept none. ERR_4001 for any other.
   */
  retry: procedure.input(z.strictObject({ id: idSchema })).output(jobSchema),
}
