/**
 * Imports as jobs. A throw-away process reads the file; the host writes what it yields. The data set is `importing` until the
 * transaction that completes the job makes it `ready`: an import is whole or absent, whenever the process ends.
 */
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { AppError, toErrorBody } from '../../shared/errors.ts'
import type { ImportItem, ImportResult } from '../../shared/table-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobControl, JobExecutor, JobOutcome } from '../jobs/executor.ts'
import { reasonOf } from '../jobs/reason-of.ts'
import type { Upload } from '../uploads/upload-service.ts'
import { deleteRowSlices } from './delete-dataset.ts'
import { type ImportRequest, importRequestSchema } from './import-request.ts'
import { partOf } from './import-service.ts'
import { createImportWriter, markFailed, markReady } from './import-writer.ts'
import { insertImporting } from './importing-dataset.ts'

/** Rows, indices and ledger take up to this many times the space of the file; besides, the machine needs some for itself. */
const STORE_SHARE = 4
const SPARE_BYTES = 200 * 1024 ** 2
/** Of a chemistry worker that reads a table; the benchmark of the import measured 454 MiB for 100,000 rows on two cores. */
const WORKER_BYTES = 500 * 1024 ** 2

export function createImportExecutor(context: CoreContext): JobExecutor {
  const { store, uploads, datasets } = context

  /** Takes back what was written, so that nothing is left but the data set's own row and, where it is wanted again, the file. */
  async function undo(request: ImportRequest, file: 'keep' | 'release'): Promise<void> {
    await deleteRowSlices(store, request.datasetId)
    if (file === 'keep') await uploads.removeUnpacked(request.uploadId)
    else await uploads.release(request.uploadId)
  }

  async function endUnfinished(request: ImportRequest, error: unknown, control: JobControl): Promise<JobOutcome> {
    const { signal } = control
    const isRetried = control.willRetry(error)
    await undo(request, 'keep')
    // The file stays for the next attempt, and the data set goes on being imported.
    if (isRetried) throw error
    const after = (): Promise<void> => uploads.release(request.uploadId)
    if (signal.aborted && signal.reason !== 'timeout') {
      const commit = (): void => removeDataset(request.datasetId)
      return { state: 'stopped', commit, ...(signal.reason === 'cancel' ? { after } : {}) }
    }
    // A bug stays loud: the runner logs it with its stack. The data set is told of it all the same.
    if (!(error instanceof AppError)) {
      markFailed(store, request.datasetId, toErrorBody(error))
      tellLater(request.datasetId)
      await after()
      throw error
    }
    const commit = (): void => {
      markFailed(store, request.datasetId, error.toBody())
      tellLater(request.datasetId)
    }
    return { state: 'failed', reason: reasonOf(error.code), error: error.toBody(), commit, after }
  }

  function removeDataset(id: string): void {
    store.run('DELETE FROM datasets WHERE id = ?', [id])
    tellLater(id)
  }

  /** After the transaction this runs in, which a microtask cannot enter. */
  function tellLater(id: string): void {
    queueMicrotask(() => datasets.changed(id))
  }

  return {
    kind: 'import',
    lane: 'io',
    needs: async job => {
      const { uploadId } = importRequestSchema.parse(job.request)
      const { sizeBytes } = await uploads.get(uploadId)
      return { memoryBytes: WORKER_BYTES, gpuMemoryBytes: null, diskBytes: STORE_SHARE * sizeBytes + SPARE_BYTES }
    },
    run: async (job, control) => {
      const request = importRequestSchema.parse(job.request)
      try {
        const upload = await uploads.get(request.uploadId)
        const result = await readTable(context, { request, upload, control })
        const commit = (): void => {
          markReady(store, request.datasetId, result)
          tellLater(request.datasetId)
        }
        return { state: 'completed', commit, after: () => uploads.release(request.uploadId) }
      } catch (error) {
        return endUnfinished(request, control.signal.reason === 'timeout' ? overTime() : error, control)
      }
    },
    // One that was cut short is offered again, with its file; one that was cancelled is not.
    cleanUp: async job => {
      const request = importRequestSchema.parse(job.request)
      await undo(request, job.state === 'cancelling' ? 'release' : 'keep')
      removeDataset(request.datasetId)
    },
    again: job => {
      const { dataset, datasetId, options } = importRequestSchema.parse(job.request)
      if (job.state !== 'interrupted' || dataset === undefined) {
        throw new AppError('ERR_4001', `"${job.name}" is ${job.state}: import the file anew`)
      }
      insertImporting(store, datasetId, { dataset, options })
      store.run('UPDATE jobs SET dataset_id = ? WHERE id = ?', [datasetId, job.id])
      tellLater(datasetId)
    },
    discard: async job => uploads.release(importRequestSchema.parse(job.request).uploadId),
  }
}

function overTime(): AppError {
  return new AppError('ERR_8003', 'the import passed the time it may take and was stopped')
}

interface Reading {
  request: ImportRequest
  upload: Upload
  control: JobControl
}

async function readTable(context: CoreContext, { request, upload, control }: Reading): Promise<ImportResult> {
  const writer = createImportWriter(context.store, request.datasetId)
  const clock = startClock()
  let lastDone = 0
  try {
    const { result } = await context.chemistry.request(
      'importTable',
      {
        file: upload.path,
        fileName: upload.fileName,
        unpackFolder: upload.unpackFolder,
        ...partOf(request.options),
        options: request.options,
      },
      {
        process: 'own',
        // A large table may take hours; a worker that falls silent is ended by its own limit.
        deadlineMs: null,
        signal: control.signal,
        onPid: pid => {
          control.setPid(pid)
          control.enter('running')
        },
        onCancelHeard: () => control.log('info', 'the chemistry worker acknowledged cancel'),
        onItems: (_from, items) => writer.take(items as ImportItem[]),
        onProgress: (done, total) => {
          lastDone = done
          control.progress(clock(done, total))
        },
      },
    )
    return result
  } catch (error) {
    throw inTermsOfTheImport(error, lastDone)
  } finally {
    control.setPid(null)
  }
}

/** What a worker's end means for whoever waits for the import, and how far it had come. */
function inTermsOfTheImport(error: unknown, done: number): unknown {
  if (!(error instanceof AppError) || error.code !== 'ERR_9002') return error
  return new AppError('ERR_8003', `the import stood still after record ${done}: ${error.message}`, { cause: error })
}

/** Progress with the time that is left at the pace so far. */
function startClock(): (done: number, total: number | null) => JobProgress {
  const start = performance.now()
  return (done, total) => {
    const perRecordMs = (performance.now() - start) / Math.max(1, done)
    const etaMs = total === null || done < 20 ? null : Math.max(0, Math.round(perRecordMs * (total - done)))
    return { stage: 'reading', done, total, etaMs, epoch: null, epochs: null }
  }
}
