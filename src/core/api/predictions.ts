/** predictions.*: handlers of the predictions part. Until it is in place every call answers that it is not available. */
import { AppError } from '../../shared/errors.ts'
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function predictionsApi(os: Procedures, _context: AppContext) {
  const missing = (): never => {
    throw new AppError('ERR_1002', 'predictions are not available yet')
  }
  return {
    predict: os.predictions.predict.handler(missing),
    predictFile: os.predictions.predictFile.handler(missing),
    result: os.predictions.result.handler(missing),
  }
}
