/** Predicts a table: records from the chemistry worker's reader, block by block through the model, rows into the store. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'
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
  const { modelId, resultId, smilesColumn } = request
  const { signal } = control
  const upload = await uploads.get(request.uploadId)
  let done = 0

  async function predictBlock(records: TableRecord[]): Promise<void> {
    const smiles = records.map(record => record.smiles)
    const items = await predictSmiles(deps, { modelId, smiles, nearest: NEAREST, signal })
    const rows = records.map((record, i) => ({ ...record, item: items[i]! }))
    insertPredictions(store, resultId, rows)
    done += records.length
    control.progress({ stage: 'predicting', done, total: null, etaMs: null, epoch: null, epochs: null })
  }

  // The reader waits for each block to be stored, and ends with the error of one that cannot be.
  const { result } = await chemistry.request(
    'readTable',
    { file: upload.path, fileName: upload.fileName, unpackFolder: upload.unpackFolder, smilesColumn },
    {
      process: 'own',
      deadlineMs: null,
      signal,
      onPid: pid => control.setPid(pid),
      onItems: (_from, items) => predictBlock(items as TableRecord[]),
    },
  )
  return result.header
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
