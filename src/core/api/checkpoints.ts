/** checkpoints.*: what a training run keeps of itself. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function checkpointsApi(os: Procedures, { checkpoints }: AppContext) {
  return {
    list: os.checkpoints.list.handler(({ input }) => checkpoints.list(input.jobId)),
    save: os.checkpoints.save.handler(({ input }) => checkpoints.save(input.jobId)),
    pin: os.checkpoints.pin.handler(async ({ input }) => ({
      file: await checkpoints.pin(input.jobId, input.file, input.pinned),
    })),
    resume: os.checkpoints.resume.handler(({ input }) => checkpoints.resume(input.jobId, input.file)),
    autopsy: os.checkpoints.autopsy.handler(({ input }) => checkpoints.autopsy(input.jobId)),
  }
}
