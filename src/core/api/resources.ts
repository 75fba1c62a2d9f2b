/** resources.*: what jobs used of the machine. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function resourcesApi(os: Procedures, { monitoring }: AppContext) {
  return {
    ofJob: os.resources.ofJob.handler(({ input }) => monitoring.usage(input.id, input.after)),
  }
}
