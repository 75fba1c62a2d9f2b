/** Predicts a table: records from the chemistry worker's reader, block by block through the model, rows into the store. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { TableRecord } from '../../shared/table-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobControl, JobExecutor, JobRow } from '../jobs/executor.ts'
import { type PredictDeps, predictSmiles } from './predict-smiles.ts'
import { deletePredictions, insertPredictions, setHeader } from './result-store.ts'

export const predictRequestSchema = z.strictObject({
  modelId: idSchema,
  uploadId: idSchema,
  smilesColumn: z.int().nonnegative().nullable(),
  resultId: idSchema,
})
export type PredictRequest = z.infer<typeof predictRequestSchema>

export interface PredictExecutorDeps extends PredictDeps {
  context: Pick<CoreContext, 'store' | 'uploads' | 'chemistry'>
}

/** One nearest compound gives the distance to the domain; their names are for single predictions. */
const NEAREST = 1

/** Answers the header of the table, once the last row is stored. */
async function predictTable(
  deps: PredictExecutorDeps,
  request: PredictRequest,
  control: JobControl,
): Promise<string[]> {
  const { store, uploads, chemistry } = deps.context
  const upload = await uploads.get(request.uploadId)
  const failed = new AbortController()
  const signal = AbortSignal.any([control.signal, failed.signal])
  const progress = { done: 0, total: null as number | null }
  let failure: unknown = null
  let work = Promise.resolve()

  async function predictBlock(records: TableRecord[]): Promise<void> {
    if (signal.aborted) return
    const smiles = records.map(record => record.smiles)
    const items = await predictSmiles(deps, { modelId: request.modelId, smiles, nearest: NEAREST, signal })
    insertPredictions(
      store,
      request.resultId,
      records.map((record, i) => ({ ...record, item: items[i]! })),
    )
    progress.done += records.length
    control.progress(predicting(progress))
  }

  /** Blocks one after the other, in their order. */
  function take(records: TableRecord[]): Promise<void> {
    work = work
      .then(() => predictBlock(records))
      .catch(error => {
        failure ??= error
        failed.abort()
      })
    return work
  }

  const answer = await chemistry
    .request(
      'readTable',
      { file: upload.path, fileName: upload.fileName, smilesColumn: request.smilesColumn },
      {
        process: 'own',
        deadlineMs: null,
        signal,
        onPid: pid => control.setPid(pid),
        onItems: (_from, items) => take(items as TableRecord[]),
      },
    )
    .catch((error: unknown) => {
      // What stopped the reading is told, not that it was stopped.
      failure ??= error
      return null
    })
  progress.total = answer?.result.records ?? null
  await work
  if (answer === null || failure !== null) throw failure
  return answer.result.header
}

function predicting({ done, total }: { done: number; total: number | null }): JobProgress {
  return { stage: 'predicting', done, total, etaMs: null, epoch: null, epochs: null }
}

export function createPredictExecutor(deps: PredictExecutorDeps): JobExecutor {
  const { store, uploads } = deps.context

  async function forget(job: JobRow): Promise<void> {
    const { resultId, uploadId } = predictRequestSchema.parse(job.request)
    await deletePredictions(store, resultId)
    await uploads.release(uploadId)
  }

  return {
    kind: 'predict',
    lane: 'cpu',
    run: async (job, control) => {
      const request = predictRequestSchema.parse(job.request)
      // Fails here, once and whole, where the model cannot be used.
      await deps.models.get(request.modelId)
      control.enter('running')
      try {
        const header = await predictTable(deps, request, control)
        await uploads.release(request.uploadId)
        return { state: 'completed', commit: () => setHeader(store, request.resultId, header) }
      } catch (error) {
        await forget(job)
        throw error
      }
    },
    cleanUp: forget,
    discard: forget,
  }
}
