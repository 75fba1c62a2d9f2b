/** Predictions with the models of the registry: some structures at once, or a table as a job. */
import path from 'node:path'
import { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Model } from '../../shared/contract/models.ts'
import type {
  Explanation,
  predictionItemSchema,
  predictionsContract,
  Receipt,
  RowGroup,
} from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import type { JobService } from '../jobs/job-service.ts'
import type { ModelService } from '../models/create-models.ts'
import { newId } from '../store/new-id.ts'
import { withFallback } from './answering-models.ts'
import { explain } from './explain.ts'
import { groupByLikeness, groupByScaffold } from './group-rows.ts'
import { createCheckedModels } from './model-cards.ts'
import { createPredictExecutor } from './predict-executor.ts'
import type { PredictRequest, TableRequest } from './predict-request.ts'
import { predictSmiles } from './predict-smiles.ts'
import { createPredictor, type PredictorService } from './predictor-service.ts'
import { createReceipt } from './receipt.ts'
import { resultText } from './result-csv.ts'
import { type ExportRequest, exportResult } from './result-export.ts'
import type { ResultPage, ResultQuery } from './result-query.ts'
import { countRows, deletePredictions, findResult, getResult, insertResult, type ResultHead } from './result-store.ts'

export type PredictionItem = z.infer<typeof predictionItemSchema>

export interface PredictionService {
  /** [smiles]. ERR_3003 for an unknown model, ERR_7001 and ERR_7003 for one that cannot be used; then the next one is asked. */
  predict(question: SinglesQuestion, signal?: AbortSignal): Promise<PredictionItem[]>
  /** Loads a model. Errors as `predict`. */
  warm(modelId: string): Promise<void>
  /** Queues a table. ERR_3003, ERR_3005 for a model or an upload that is not there. */
  predictFile(request: Omit<TableRequest, 'resultId'>): Promise<{ jobId: string; resultId: string }>
  /** Queues the failed rows of a table. ERR_4001 while a job works on it, or where it has none. */
  retryFailed(resultId: string): { jobId: string; resultId: string }
  /** What each atom adds. Errors as `predict`, and ERR_2003. */
  explain(question: SingleQuestion, signal?: AbortSignal): Promise<Explanation>
  receipt(question: SingleQuestion): Promise<Receipt>
  groups(query: GroupQuery, signal?: AbortSignal): Promise<{ groups: RowGroup[]; rows: number; total: number }>
  /** ERR_4001 before the table is complete. */
  export(request: ExportRequest): Promise<{ ticket: string; fileName: string }>
  status(): z.infer<(typeof predictionsContract.status)['~orpc']['outputSchema'] & z.ZodType>
  /** ERR_3004 where the job makes no table. */
  find(jobId: string): { resultId: string; modelId: string; fileName: string }
  /** ERR_3004 where there is no such table. */
  result(query: ResultQuery): Promise<ResultPage>
  close(): Promise<void>
}

export type SingleQuestion = Omit<SinglesQuestion, 'smiles'> & { smiles: string }

export interface GroupQuery extends Pick<ResultQuery, 'resultId' | 'modelIndex' | 'filter'> {
  by: 'scaffold' | 'cluster'
  top: number
}

export interface SinglesQuestion {
  modelId: string
  smiles: string[]
  /** Asked in this order where the model is unavailable. */
  fallback: string[]
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
  const deps = { models: { ...createCheckedModels(models), list: models.list }, chemistry, predictor }
  jobs.addExecutor(createPredictExecutor({ ...deps, context, jobs }))

  models.onRemove(async ({ id }) => {
    predictor.unload(models.folder(id))
    const results = store.all<{ id: string }>('SELECT id FROM prediction_results WHERE model_id = ?', [id])
    for (const result of results) await deletePredictions(store, result.id)
  })

  downloads.provide('prediction', async id => {
    const head = getResult(store, id)
    checkComplete(jobs, head)
    return {
      fileName: `${fileNameOf(head.fileName.replace(/\.[^.]{1,8}$/, ''))} predictions.csv`,
      contentType: 'text/csv; charset=utf-8',
      open: () => Readable.from(resultText(store, head), { objectMode: true }),
    }
  })

  return {
    predict: ({ modelId, smiles, fallback }, signal) => {
      const call = signal === undefined ? {} : { signal }
      return withFallback(
        deps,
        { modelId, fallback },
        async model => {
          const items = await predictSmiles(deps, model, { smiles, nearest: NEAREST, ...call })
          return items.map((item, i): PredictionItem => {
            const text = smiles[i]!
            if (!item.ok) return { ok: false, smiles: text, error: item.error }
            return { ok: true, prediction: { smiles: text, ...item.value, answeredBy: model.answeredBy } }
          })
        },
        call,
      )
    },
    warm: async modelId => {
      const { folder } = await deps.models.get(modelId)
      await predictor.load(folder)
    },
    predictFile: async request => {
      for (const id of request.also) models.find(id)
      const model = firstThere(models, [request.modelId, ...request.fallback])
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
    retryFailed: resultId => {
      const head = getResult(store, resultId)
      checkRetry(jobs, head)
      if (countRows(store, resultId).errors === 0) throw new AppError('ERR_4001', `${head.fileName} has no failed rows`)
      const request = { retryOf: resultId } satisfies PredictRequest
      const { modelId, fileName } = head
      const job = jobs.submit({ kind: 'predict', name: fileName, datasetId: null, modelId, request })
      return { jobId: job.id, resultId }
    },
    explain: ({ modelId, fallback, smiles }, signal) =>
      withFallback(
        deps,
        { modelId, fallback },
        model => explain(deps, model, { smiles, ...(signal && { signal }) }),
        signal === undefined ? {} : { signal },
      ),
    receipt: ({ modelId, fallback, smiles }) =>
      withFallback(deps, { modelId, fallback }, async model => {
        const [item] = await predictSmiles(deps, model, { smiles: [smiles], nearest: NEAREST })
        if (!item?.ok)
          throw item === undefined ? new Error('no answer for one structure') : AppError.fromBody(item.error)
        const prediction = { smiles, ...item.value, answeredBy: model.answeredBy }
        return createReceipt(model, prediction, { version: context.deps.version, at: Date.now() })
      }),
    groups: async ({ by, ...query }, signal) => {
      const { rows, total } = await context.scans.query('predictionsBest', query)
      const group = by === 'scaffold' ? groupByScaffold : groupByLikeness
      return { groups: await group(chemistry, rows, signal), rows: rows.length, total }
    },
    export: async request => {
      checkComplete(jobs, getResult(store, request.resultId))
      return downloads.offer(await exportResult({ store, scans: context.scans, chemistry }, request))
    },
    status: () => {
      const { stats, ...status } = predictor.status()
      const models = stats?.models.map(({ folder, sizeBytes }) => ({ modelId: path.basename(folder), sizeBytes })) ?? []
      return { ...status, sessions: stats === null ? null : { ...stats, models } }
    },
    find: jobId => findResult(store, jobId),
    result: query => {
      getResult(store, query.resultId)
      return context.scans.query('predictions', query)
    },
    close: () => predictor.close(),
  }
}

/** The first model of an ordered list that is there; the chosen one's error where none is. */
function firstThere(models: ModelService, ids: readonly string[]): Model {
  const all = models.list()
  return ids.map(id => all.find(model => model.id === id)).find(model => model !== undefined) ?? models.find(ids[0]!)
}

/** The table is whole, and nobody works on it. */
function checkRetry(jobs: JobService, { id, jobId, fileName }: ResultHead): void {
  const { state } = jobs.row(jobId)
  if (state !== 'completed') {
    throw new AppError(
      'ERR_4001',
      `the prediction of ${fileName} is ${state}: its rows can be tried again when it is completed`,
    )
  }
  const isAtWork = jobs
    .list('predict')
    .some(job => job.endedAt === null && (jobs.row(job.id).request as { retryOf?: string }).retryOf === id)
  if (isAtWork) throw new AppError('ERR_4001', `the failed rows of ${fileName} are being tried again already`)
}

function checkComplete(jobs: JobService, { jobId, fileName }: ResultHead): void {
  const { state } = jobs.row(jobId)
  if (state !== 'completed') throw new AppError('ERR_4001', `the prediction of ${fileName} is ${state}, not completed`)
}
