/**
 * Predicted tables as jobs. One process reads the file, the pool of chemistry workers makes features, the predictor answers, and the
 * host writes whole blocks in the order of the file: how far a table has come is its last line, and a job that was interrupted at
 * any moment goes on behind it without writing a row twice.
 */
import { stat } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'
import type { ReadTableInput, TableRecord } from '../../shared/table-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import { createOrderedWork, type OrderedWork } from '../chemistry/ordered-work.ts'
import type { JobControl, JobExecutor, JobOutcome, JobRow } from '../jobs/executor.ts'
import type { JobService } from '../jobs/job-service.ts'
import type { Upload } from '../uploads/upload-service.ts'
import { type AnsweringDeps, type AnsweringModel, openModel, withFallback } from './answering-models.ts'
import { predictBlock } from './predict-block.ts'
import { predictRequestSchema, type TableRequest } from './predict-request.ts'
import { createPace } from './prediction-pace.ts'
import {
  countRows,
  deletePredictions,
  failedRows,
  getResult,
  insertPredictions,
  lastLine,
  type PredictedRecord,
  replacePredictions,
  type Source,
  setBeginning,
  setHeader,
} from './result-store.ts'

export interface PredictExecutorDeps extends AnsweringDeps {
  context: Pick<CoreContext, 'store' | 'uploads' | 'chemistry'>
  jobs: Pick<JobService, 'row'>
}

/** A quarter of a second of a chemistry worker, and a transaction of a few milliseconds. */
const BLOCK_ROWS = 256
/** From some thousand rows on every core will be wanted: its worker starts while the file is opened. */
const LARGE_FILE_BYTES = 200_000

export function createPredictExecutor(deps: PredictExecutorDeps): JobExecutor {
  const { store, uploads } = deps.context

  /** What a table leaves that nobody can or wants to go on with. */
  async function forget(job: JobRow): Promise<void> {
    const request = predictRequestSchema.parse(job.request)
    if ('retryOf' in request) return
    await deletePredictions(store, request.resultId)
    await uploads.release(request.uploadId)
  }

  async function run(job: JobRow, control: JobControl): Promise<JobOutcome> {
    const request = predictRequestSchema.parse(job.request)
    if ('retryOf' in request) {
      await retryRows(deps, request.retryOf, control)
      return { state: 'completed' }
    }
    const header = await predictTable(deps, request, control)
    await uploads.release(request.uploadId)
    return { state: 'completed', commit: () => setHeader(store, request.resultId, header) }
  }

  return {
    kind: 'predict',
    lane: 'cpu',
    run: async (job, control) => {
      try {
        // From here on it can be gone on with, if only from the beginning.
        control.setHasCheckpoint(true)
        return await run(job, control)
      } catch (error) {
        if (control.willRetry(error) || canGoOn(error, control.signal)) throw error
        control.setHasCheckpoint(false)
        await forget(job)
        throw error
      } finally {
        control.setPid(null)
      }
    },
    // Left behind by a process that died: its rows stay and are gone on with. Cancelled: nothing of it stays.
    cleanUp: async job => {
      if (deps.jobs.row(job.id).state === 'cancelling') await forget(job)
    },
    discard: forget,
  }
}

/** Whoever cancels wants nothing of it; a table that cannot be read is no better the next time. All else may be gone on with. */
function canGoOn(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return signal.reason !== 'cancel'
  return !(error instanceof AppError && /^ERR_(2|300[45])/.test(error.code))
}

/** Whatever ends it, nothing is written any more when this has ended. */
async function inOrder<In, T>(work: OrderedWork<In>, feed: () => Promise<T>): Promise<T> {
  try {
    const fed = await feed()
    await work.end()
    return fed
  } catch (error) {
    await work.abandon()
    throw error
  }
}

/** Answers the header of the table, once the last row is stored. */
async function predictTable(deps: PredictExecutorDeps, request: TableRequest, control: JobControl): Promise<string[]> {
  const { store, uploads, chemistry } = deps.context
  const { resultId } = request
  const { signal } = control
  const upload = await uploads.get(request.uploadId)
  const source = await sourceOf(upload.path)
  const afterLine = lastLine(store, resultId)
  if (afterLine > 0) checkUnchanged(getResult(store, resultId).source, source, upload.fileName)
  if (source.sizeBytes > LARGE_FILE_BYTES) chemistry.warmPool()
  // Fails here, once and whole, where no model can be used.
  const models = await openModels(deps, request, { signal, isNew: afterLine === 0 })
  setBeginning(store, resultId, {
    source,
    models: models.map(({ answeredBy, card }) => ({ ...answeredBy, endpoint: card.endpoint })),
  })
  control.enter('running')

  const pace = createPace(control, countRows(store, resultId).all)
  const work = createOrderedWork<TableRecord[], PredictedRecord[]>({
    inFlight: blocksInFlight(chemistry.poolSize),
    work: records => predictRecords(deps, models, records, signal),
    take: rows => {
      insertPredictions(store, resultId, rows)
      pace.did(rows.length)
    },
  })
  const { header } = await inOrder(work, async () => {
    let block: TableRecord[] = []
    const { result } = await chemistry.request('readTable', readInput(request, { upload, afterLine }), {
      process: 'own',
      deadlineMs: null,
      signal,
      onPid: pid => control.setPid(pid),
      onProgress: (_done, total) => pace.expect(total),
      // The reader waits while there is no room for its block, and ends with the error of one that cannot be predicted.
      onItems: async (_from, items) => {
        block.push(...(items as TableRecord[]))
        while (block.length >= BLOCK_ROWS) {
          await work.push(block.slice(0, BLOCK_ROWS))
          block = block.slice(BLOCK_ROWS)
        }
      },
    })
    if (block.length > 0) await work.push(block)
    return result
  })
  return header
}

/**
 * Every worker has a block in hand and another one, and two are on their way through the predictor and to the store: a block that takes
 * longer than those behind it holds nobody up, since only what comes out is in order. A block is less than a mebibyte.
 */
function blocksInFlight(workers: number): number {
  return 2 * workers + 2
}

function readInput(
  { smilesColumn, member, sheet }: TableRequest,
  { upload, afterLine }: { upload: Upload; afterLine: number },
): ReadTableInput {
  const { path: file, fileName, unpackFolder } = upload
  return { file, fileName, unpackFolder, smilesColumn, member, sheet, afterLine }
}

/** The first model may be another than the chosen one, but never another than the one that gave the rows there are. */
async function openModels(
  deps: PredictExecutorDeps,
  request: TableRequest,
  { signal, isNew }: { signal: AbortSignal; isNew: boolean },
): Promise<AnsweringModel[]> {
  const call = { signal }
  const given = getResult(deps.context.store, request.resultId).models
  const first = isNew
    ? await withFallback(deps, request, async model => model, call)
    : await reopened(deps, given[0]!, call)
  const others: AnsweringModel[] = []
  for (const id of new Set(request.also)) {
    if (id !== first.id) others.push(await openModel(deps, id, { instead: null, call }))
  }
  return [first, ...others]
}

async function reopened(
  deps: PredictExecutorDeps,
  { modelId, instead }: AnsweringModel['answeredBy'],
  call: { signal: AbortSignal },
): Promise<AnsweringModel> {
  const model = await openModel(deps, modelId, { instead: null, call })
  return { ...model, answeredBy: { ...model.answeredBy, instead } }
}

async function predictRecords(
  deps: PredictExecutorDeps,
  models: readonly AnsweringModel[],
  records: readonly TableRecord[],
  signal: AbortSignal,
): Promise<PredictedRecord[]> {
  const smiles = records.map(record => record.smiles)
  const rows = await predictBlock({ ...deps, chemistry: deps.context.chemistry }, models, smiles, signal)
  return records.map(({ line, smiles: text, cells, problem }, i) => ({
    line,
    smiles: text,
    cells,
    // Why an SD record has no structure says more than that there is none.
    row: problem === undefined ? rows[i]! : { error: { code: 'ERR_2003', message: problem.message } },
  }))
}

/** The failed rows of a finished table, page by page; what fails again says so in its place. */
async function retryRows(deps: PredictExecutorDeps, resultId: string, control: JobControl): Promise<void> {
  const { store, chemistry } = deps.context
  const { signal } = control
  const head = getResult(store, resultId)
  const models: AnsweringModel[] = []
  for (const model of head.models) models.push(await reopened(deps, model, { signal }))
  control.enter('running')
  const pace = createPace(control, 0)
  const work = createOrderedWork<{ line: number; smiles: string }[], Parameters<typeof replacePredictions>[2]>({
    inFlight: blocksInFlight(chemistry.poolSize),
    work: async failed => {
      const smiles = failed.map(row => row.smiles)
      const rows = await predictBlock({ ...deps, chemistry }, models, smiles, signal)
      return failed.map(({ line }, i) => ({ line, row: rows[i]! }))
    },
    take: rows => {
      replacePredictions(store, resultId, rows)
      pace.did(rows.length)
    },
  })
  await inOrder(work, async () => {
    for (let after = 0; ; ) {
      const failed = failedRows(store, resultId, after)
      if (failed.length === 0) return
      if (signal.aborted) throw new AppError('ERR_4004', 'stopped by the user')
      await work.push(failed)
      after = failed.at(-1)!.line
    }
  })
}

async function sourceOf(file: string): Promise<Source> {
  const { size, mtimeMs } = await stat(file)
  return { sizeBytes: size, mtimeMs }
}

/** A file that was registered where it lies is the user's to change; its lines are then not those that were predicted. */
function checkUnchanged(before: Source | null, now: Source, fileName: string): void {
  if (before === null || (before.sizeBytes === now.sizeBytes && before.mtimeMs === now.mtimeMs)) return
  throw new AppError('ERR_4001', `${fileName} has changed since its first rows were predicted: predict it anew`)
}
