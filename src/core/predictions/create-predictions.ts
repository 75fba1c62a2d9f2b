/** Predictions with the models of the registry: some structures at once, or a table as a job. */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Prediction, predictionItemSchema } from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import type { JobService } from '../jobs/job-service.ts'
import type { ModelService } from '../models/create-models.ts'
import { newId } from '../store/new-id.ts'
import { createCheckedModels } from './model-cards.ts'
import { createPredictExecutor, type PredictRequest } from './predict-executor.ts'
import { predictSmiles } from './predict-smiles.ts'
import { createPredictor, type PredictorService } from './predictor-service.ts'
import { resultText } from './result-csv.ts'
import {
  deletePredictions,
  findResult,
  getResult,
  insertResult,
  type ResultPage,
  type ResultQuery,
} from './result-store.ts'

export type PredictionItem = z.infer<typeof predictionItemSchema>

export interface PredictionService {
  /** [smiles]. ERR_3003 for an unknown model, ERR_7001 and ERR_7003 for one that cannot be used. */
  predict(modelId: string, smiles: string[], signal?: AbortSignal): Promise<PredictionItem[]>
  /** Queues a table. ERR_3003, ERR_3005 for a model or an upload that is not there. */
  predictFile(request: Omit<PredictRequest, 'resultId'>): Promise<{ jobId: string; resultId: string }>
  /** ERR_3004 where the job makes no table. */
  find(jobId: string): { resultId: string; modelId: string; fileName: string }
  /** ERR_3004 where there is no such table. */
  result(query: ResultQuery): Promise<ResultPage>
  close(): Promise<void>
}

export interface PredictionsDeps {
  context: Pick<CoreContext, 'deps' | 'log' | 'store' | 'scans' | 'uploads' | 'downloads' | 'chemistry'>
  jobs: JobService
  models: ModelService
  /** Another one for tests. */
  predictor?: PredictorService
}

/** Named with each single prediction. */
const NEAREST = 3

export function createPredictions({ context, jobs, models, ...given }: PredictionsDeps): PredictionService {
  const { store, uploads, chemistry, downloads } = context
  const predictor = given.predictor ?? createPredictor({ fork: context.deps.fork, log: context.log })
  const deps = { models: createCheckedModels(models), chemistry, predictor }
  jobs.addExecutor(createPredictExecutor({ ...deps, context }))

  models.onRemove(async ({ id }) => {
    predictor.unload(models.folder(id))
    const results = store.all<{ id: string }>('SELECT id FROM prediction_results WHERE model_id = ?', [id])
    for (const result of results) await deletePredictions(store, result.id)
  })

  downloads.provide('prediction', async id => {
    const head = getResult(store, id)
    const { state } = jobs.row(head.jobId)
    if (state !== 'completed') {
      throw new AppError('ERR_4001', `the prediction of ${head.fileName} is ${state}, not completed`)
    }
    return {
      fileName: `${fileNameOf(head.fileName.replace(/\.[^.]{1,8}$/, ''))} predictions.csv`,
      contentType: 'text/csv; charset=utf-8',
      open: () => Readable.from(resultText(store, head), { objectMode: true }),
    }
  })

  return {
    predict: async (modelId, smiles, signal) => {
      const task = { modelId, smiles, nearest: NEAREST, ...(signal === undefined ? {} : { signal }) }
      const items = await predictSmiles(deps, task)
      return items.map((item, i): PredictionItem => {
        const text = smiles[i]!
        if (!item.ok) return { ok: false, smiles: text, error: item.error }
        return { ok: true, prediction: { smiles: text, ...item.value } satisfies Prediction }
      })
    },
    predictFile: async request => {
      const model = models.find(request.modelId)
      const upload = await uploads.get(request.uploadId)
      const resultId = newId('prd')
      const job = jobs.submit({
        kind: 'predict',
        name: upload.fileName,
        datasetId: null,
        modelId: model.id,
        request: { ...request, resultId } satisfies PredictRequest,
        prepare: jobId => insertResult(store, { id: resultId, jobId, modelId: model.id, fileName: upload.fileName }),
      })
      return { jobId: job.id, resultId }
    },
    find: jobId => findResult(store, jobId),
    result: query => {
      getResult(store, query.resultId)
      return context.scans.query('predictions', query)
    },
    close: () => predictor.close(),
  }
}
