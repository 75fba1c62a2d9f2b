/** models.*: handlers of the models part. Until it is in place every call answers that it is not available. */
import { AppError } from '../../shared/errors.ts'
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function modelsApi(os: Procedures, _context: AppContext) {
  const missing = (): never => {
    throw new AppError('ERR_1002', 'models are not available yet')
  }
  return {
    list: os.models.list.handler(missing),
    get: os.models.get.handler(missing),
    rename: os.models.rename.handler(missing),
    remove: os.models.remove.handler(missing),
  }
}
