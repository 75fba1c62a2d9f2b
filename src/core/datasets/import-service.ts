/** From an upload to a data set: previews, and imports as jobs. */
import { basename } from 'node:path'
import type { z } from 'zod'
import type { ChemCalls } from '../../shared/chem-protocol.ts'
import {
  type Dataset,
  type importOptionsSchema,
  importOptionsSchema as optionsSchema,
  type RememberedChoice,
  type RowPreview,
  type TablePreview,
  type Trial,
} from '../../shared/contract/datasets.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobService } from '../jobs/job-service.ts'
import { newId } from '../store/new-id.ts'
import type { Upload } from '../uploads/upload-service.ts'
import { createImportChoices } from './import-choices.ts'
import type { ImportRequest } from './import-request.ts'
import { insertImporting } from './importing-dataset.ts'

type ImportOptions = z.infer<typeof importOptionsSchema>
export interface StartedImport {
  datasetId: string
  jobId: string
}

/** A file, and of an archive or a workbook the part that is meant. */
export interface TableChoice {
  uploadId: string
  member?: string | null | undefined
  sheet?: string | null | undefined
}

export interface ImportService {
  /** ERR_3005 for an unknown upload, ERR_2005 where the file is no table of molecules. */
  preview(choice: TableChoice, signal?: AbortSignal): Promise<TablePreview & { remembered?: RememberedChoice }>
  previewRows(uploadId: string, options: ImportOptions, signal?: AbortSignal): Promise<RowPreview[]>
  tryOptions(uploadId: string, options: ImportOptions, signal?: AbortSignal): Promise<Trial>
  forgetChoice(shape: string): void
  /**
   * Looks through the file before anything is made, so that one that cannot be imported leaves nothing behind. ERR_2006 where
   * the table mixes what must not be pooled and the options do not choose, ERR_2007 where an archive has several tables. With
   * `versionOf` it becomes the next version of that data set; ERR_4001 where that one is not ready.
   */
  start(
    request: {
      uploadId: string
      options: ImportOptions
      versionOf?: string | undefined
      remember?: boolean | undefined
    },
    signal?: AbortSignal,
  ): Promise<StartedImport>
  /** The simulated example assay. ERR_1002 where this build has none. */
  startExample(): Promise<StartedImport>
}

const LARGE_BYTES = 4 * 1024 ** 2
/** No other choice makes a table of such a file. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set(['ERR_2005', 'ERR_5003'])

export interface ImportDeps {
  context: CoreContext
  jobs: JobService
  /** The simulated assay, or `null` where it is not installed. */
  exampleFile: string | null
}

export function createImports({ context, jobs, exampleFile }: ImportDeps): ImportService {
  const { uploads, chemistry, datasets, store } = context
  const choices = createImportChoices(store)

  /** A file that is no table will never be imported: its copy goes at once. */
  async function ask<K extends 'previewTable' | 'previewRows' | 'tryOptions' | 'checkImport'>(
    kind: K,
    upload: Upload,
    { input, signal }: { input: Partial<ChemCalls[K]['input']>; signal: AbortSignal | undefined },
  ): Promise<ChemCalls[K]['result']> {
    const { path: file, fileName, unpackFolder } = upload
    try {
      // A large file has a process of its own, so that nobody waits behind it, and the time it takes.
      const large = upload.sizeBytes > LARGE_BYTES ? ({ process: 'own', deadlineMs: null } as const) : {}
      const options = { ...large, ...(signal === undefined ? {} : { signal }) }
      const whole = { file, fileName, unpackFolder, ...input } as ChemCalls[K]['input']
      return (await chemistry.request(kind, whole, options)).result
    } catch (error) {
      const isHopeless = error instanceof AppError && HOPELESS.has(error.code) && input.member == null
      if (isHopeless) await uploads.release(upload.id)
      throw error
    }
  }

  function submit(
    upload: Upload,
    options: ImportOptions,
    { kind, parent = null }: { kind: 'table' | 'simulated'; parent?: Dataset | null },
  ): StartedImport {
    const datasetId = newId('ds')
    const name = options.name ?? parent?.name ?? nameOf(upload.fileName)
    const { fileName, sizeBytes } = upload
    const dataset = { name, kind, fileName, sizeBytes, parentId: parent?.id ?? null }
    const request: ImportRequest = { uploadId: upload.id, options, datasetId, dataset }
    const job = jobs.submit({
      kind: 'import',
      name,
      datasetId,
      request,
      prepare: () => insertImporting(store, datasetId, { dataset, options }),
    })
    datasets.changed(datasetId)
    return { datasetId, jobId: job.id }
  }

  return {
    preview: async ({ uploadId, member = null, sheet = null }, signal) => {
      const table = await ask('previewTable', await uploads.get(uploadId), { input: { member, sheet }, signal })
      const remembered = choices.of(table.columns)
      return remembered === null ? table : { ...table, remembered }
    },
    previewRows: async (uploadId, options, signal) =>
      ask('previewRows', await uploads.get(uploadId), { input: { ...partOf(options), options }, signal }),
    tryOptions: async (uploadId, options, signal) =>
      ask('tryOptions', await uploads.get(uploadId), { input: { ...partOf(options), options }, signal }),
    forgetChoice: shape => choices.forget(shape),
    start: async ({ uploadId, options, versionOf, remember = false }, signal) => {
      const parent = versionOf === undefined ? null : datasets.getReady(versionOf)
      const upload = await uploads.get(uploadId)
      const proposed = await ask('checkImport', upload, { input: { ...partOf(options), options }, signal })
      if (remember) choices.remember(proposed, options)
      return submit(upload, options, { kind: 'table', parent })
    },
    startExample: async () => {
      if (exampleFile === null) throw new AppError('ERR_1002', 'the simulated example is not part of this build')
      const upload = await uploads.get(await uploads.register(exampleFile, basename(exampleFile)))
      const table = await ask('previewTable', upload, { input: {}, signal: undefined })
      return submit(upload, exampleOptions(table), { kind: 'simulated' })
    },
  }
}

/** The options say which part of the file they are about. */
export function partOf({ member = null, sheet = null }: ImportOptions): {
  member: string | null
  sheet: string | null
} {
  return { member, sheet }
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
