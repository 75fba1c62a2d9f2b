/** predictions.*: some structures at once, or a table as a job. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function predictionsApi(os: Procedures, { predictions }: AppContext) {
  return {
    predict: os.predictions.predict.handler(({ input, signal }) => predictions.predict(input, signal)),
    warm: os.predictions.warm.handler(({ input }) => predictions.warm(input.modelId)),
    retryFailed: os.predictions.retryFailed.handler(({ input }) => predictions.retryFailed(input.resultId)),
    predictFile: os.predictions.predictFile.handler(({ input }) => predictions.predictFile(input)),
    groups: os.predictions.groups.handler(({ input, signal }) => predictions.groups(input, signal)),
    export: os.predictions.export.handler(({ input }) => predictions.export(input)),
    explain: os.predictions.explain.handler(({ input, signal }) => predictions.explain(input, signal)),
    receipt: os.predictions.receipt.handler(({ input }) => predictions.receipt(input)),
    status: os.predictions.status.handler(() => predictions.status()),
    find: os.predictions.find.handler(({ input }) => predictions.find(input.jobId)),
    result: os.predictions.result.handler(({ input }) => predictions.result(input)),
  }
}
