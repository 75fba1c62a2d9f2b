/** From an upload to a data set: previews, and imports as jobs. */
import { basename } from 'node:path'
import type { z } from 'zod'
import {
  type importOptionsSchema,
  importOptionsSchema as optionsSchema,
  type RowPreview,
  type TablePreview,
} from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobService } from '../jobs/job-service.ts'
import { newId } from '../store/new-id.ts'
import type { Upload } from '../uploads/upload-service.ts'
import type { ImportRequest } from './import-request.ts'

type ImportOptions = z.infer<typeof importOptionsSchema>
export interface StartedImport {
  datasetId: string
  jobId: string
}

export interface ImportService {
  /** ERR_3005 for an unknown upload, ERR_2005 where the file is no table of molecules. */
  preview(uploadId: string, signal?: AbortSignal): Promise<TablePreview>
  previewRows(uploadId: string, options: ImportOptions, signal?: AbortSignal): Promise<RowPreview[]>
  /** Looks at the first blocks once more, so that a file that cannot be imported leaves nothing behind. */
  start(uploadId: string, options: ImportOptions, signal?: AbortSignal): Promise<StartedImport>
  /** The simulated example assay. ERR_1002 where this build has none. */
  startExample(): Promise<StartedImport>
}

export interface ImportDeps {
  context: CoreContext
  jobs: JobService
  /** The simulated assay, or `null` where it is not installed. */
  exampleFile: string | null
}

export function createImports({ context, jobs, exampleFile }: ImportDeps): ImportService {
  const { uploads, chemistry, datasets, store } = context

  /** A file that is no table will never be imported: its copy goes at once. */
  async function preview(upload: Upload, signal?: AbortSignal): Promise<TablePreview> {
    const input = { file: upload.path, fileName: upload.fileName }
    try {
      return (await chemistry.request('previewTable', input, signal === undefined ? {} : { signal })).result
    } catch (error) {
      if (error instanceof AppError && error.code === 'ERR_2005') await uploads.release(upload.id)
      throw error
    }
  }

  function submit(upload: Upload, options: ImportOptions, kind: 'table' | 'simulated'): StartedImport {
    const datasetId = newId('ds')
    const name = options.name ?? nameOf(upload.fileName)
    const request: ImportRequest = { uploadId: upload.id, options, datasetId }
    const job = jobs.submit({
      kind: 'import',
      name,
      datasetId,
      request,
      prepare: () => {
        store.run(
          `INSERT INTO datasets (id, name, state, kind, endpoint, target, file_name, size_bytes, created_at)
           VALUES (?, ?, 'importing', ?, ?, ?, ?, ?, ?)`,
          [datasetId, name, kind, options.endpoint, options.target, upload.fileName, upload.sizeBytes, Date.now()],
        )
      },
    })
    datasets.changed(datasetId)
    return { datasetId, jobId: job.id }
  }

  return {
    preview: async (uploadId, signal) => preview(await uploads.get(uploadId), signal),
    previewRows: async (uploadId, options, signal) => {
      const upload = await uploads.get(uploadId)
      const input = { file: upload.path, fileName: upload.fileName, options }
      return (await chemistry.request('previewRows', input, signal === undefined ? {} : { signal })).result
    },
    start: async (uploadId, options, signal) => {
      const upload = await uploads.get(uploadId)
      const table = await preview(upload, signal)
      checkColumns(options, table)
      return submit(upload, options, 'table')
    },
    startExample: async () => {
      if (exampleFile === null) throw new AppError('ERR_1002', 'the simulated example is not part of this build')
      const upload = await uploads.get(await uploads.register(exampleFile, basename(exampleFile)))
      const table = await preview(upload)
      return submit(upload, exampleOptions(table), 'simulated')
    },
  }
}

function checkColumns(options: ImportOptions, table: TablePreview): void {
  for (const [role, column] of Object.entries(options.roles)) {
    if (column != null && column >= table.columns.length) {
      throw new AppError('ERR_2002', `there is no column ${column + 1}: the table has ${table.columns.length}`, {
        path: `options.roles.${role}`,
      })
    }
  }
}

/** The example is imported as its preview proposes it; a proposal with a hole in it would be a fault of this build. */
function exampleOptions(table: TablePreview): ImportOptions {
  return optionsSchema.parse({
    roles: table.proposal,
    unit: table.unit,
    endpoint: table.endpoint,
    name: 'Simulated example',
  })
}

function nameOf(fileName: string): string {
  return fileName.replace(/\.[^.]{1,8}$/, '').slice(0, 255) || 'Data set'
}
