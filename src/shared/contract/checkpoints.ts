/** What a training run keeps of itself: checkpoints to go on from, and the autopsy of a step that was not finite. */
import { z } from 'zod'
import { autopsySchema } from './autopsy.ts'
import { idSchema, procedure, timeSchema } from './common.ts'
import { jobSchema } from './jobs.ts'

export const checkpointNameSchema = z
  .string()
  .regex(/^checkpoint-(\d{1,15}(\.pinned)?|best)\.bin$/, 'expected a checkpoint')

export const checkpointSchema = z.strictObject({
  file: checkpointNameSchema,
  /** `latest`: of the last two, the older one goes with the next. `pinned` stays. `best`: the weights of the best epoch alone. */
  kind: z.enum(['latest', 'pinned', 'best']),
  /** Finished steps over all models of an ensemble. */
  step: z.int().nonnegative(),
  /** Model of the ensemble in training, counted from 1; `null` where all are finished. */
  member: z.int().positive().nullable(),
  /** Epochs it had finished. */
  epoch: z.int().nonnegative().nullable(),
  /** Lowest validation RMSE of that model so far, pX units. */
  bestScore: z.number().nullable(),
  savedAt: timeSchema,
  sizeBytes: z.int().nonnegative(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

const ofJob = { jobId: idSchema }

export const checkpointsContract = {
  /** Newest first; files that are no checkpoint of this version are left out and named in `damaged`. */
  list: procedure.input(z.strictObject(ofJob)).output(
    z.strictObject({
      checkpoints: z.array(checkpointSchema),
      damaged: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
    }),
  ),
  /** Asks a running training run for a checkpoint after its current step. ERR_4001 in any other state. */
  save: procedure.input(z.strictObject(ofJob)),
  /** A pinned checkpoint is kept whatever comes after it. Answers with its name, which changes with it. ERR_3004 where it is gone. */
  pin: procedure
    .input(z.strictObject({ ...ofJob, file: checkpointNameSchema, pinned: z.boolean() }))
    .output(z.strictObject({ file: checkpointNameSchema })),
  /**
   * Queues a run that stands still, to go on from this checkpoint: later ones that are not pinned are dropped. ERR_4001 as
   * `jobs.resume`, and for the best weights, which are no state to go on from; ERR_3004, ERR_6005 where the file is gone or damaged.
   */
  resume: procedure.input(z.strictObject({ ...ofJob, file: checkpointNameSchema })).output(jobSchema),
  /** `null` where no step of the run was otherwise than finite. */
  autopsy: procedure.input(z.strictObject(ofJob)).output(autopsySchema.nullable()),
}
