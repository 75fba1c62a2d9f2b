/** Placeholder of the job service until the jobs part replaces this file: nothing can be started. */
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobService } from './job-service.ts'

export function createJobs(_context: CoreContext): JobService {
  const missing = (): never => {
    throw new AppError('ERR_1002', 'jobs are not available yet')
  }
  return {
    addExecutor: () => undefined,
    start: async () => undefined,
    submit: missing,
    list: () => [],
    get: missing,
    cancel: missing,
    pause: missing,
    resume: missing,
    remove: missing,
    active: () => [],
    settled: missing,
    cancelAll: async () => undefined,
    close: async () => undefined,
  }
}
