/** queue.*: the order in which jobs run. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function queueApi(os: Procedures, { jobs }: AppContext) {
  return {
    read: os.queue.read.handler(() => jobs.queue()),
    move: os.queue.move.handler(({ input }) => jobs.moveInQueue(input.id, input.before)),
    setPriority: os.queue.setPriority.handler(({ input }) => jobs.setPriority(input.id, input.priority)),
    startAnyway: os.queue.startAnyway.handler(({ input }) => jobs.startAnyway(input.id)),
    retry: os.queue.retry.handler(({ input }) => jobs.retry(input.id)),
  }
}
