/** jobs.*: handlers of the jobs part. Until it is in place every call answers that it is not available. */
import { AppError } from '../../shared/errors.ts'
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function jobsApi(os: Procedures, _context: AppContext) {
  const missing = (): never => {
    throw new AppError('ERR_1002', 'jobs are not available yet')
  }
  return {
    list: os.jobs.list.handler(missing),
    get: os.jobs.get.handler(missing),
    settings: os.jobs.settings.handler(missing),
    splitPreview: os.jobs.splitPreview.handler(missing),
    train: os.jobs.train.handler(missing),
    cancel: os.jobs.cancel.handler(missing),
    pause: os.jobs.pause.handler(missing),
    resume: os.jobs.resume.handler(missing),
    remove: os.jobs.remove.handler(missing),
    metrics: os.jobs.metrics.handler(missing),
    log: os.jobs.log.handler(missing),
  }
}
