/** logs.*: what the application and its jobs wrote. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function logsApi(os: Procedures, { logs, jobs }: AppContext) {
  return {
    read: os.logs.read.handler(({ input, signal }) => logs.read(input, signal)),
    openFolder: os.logs.openFolder.handler(async ({ input }) => {
      await logs.openFolder(input.what === 'logs' ? 'logs' : { run: jobs.get(input.id).job.id })
    }),
  }
}
