/** Models made elsewhere on their way in: features here, everything that touches the file in a process that is thrown away. */
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { syncFolder } from '../../node/atomic-write.ts'
import { fingerprintPreset, sectionsOf } from '../../recipes/feature-presets.ts'
import type { Relation } from '../../shared/contract/datasets.ts'
import type { ForeignLook, ForeignRequest } from '../../shared/contract/foreign.ts'
import { AppError } from '../../shared/errors.ts'
import type { ForeignTable, ForeignTask } from '../../shared/inspector-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import type { FeatureCache } from '../jobs/feature-cache.ts'
import { boundOf } from '../jobs/training-rows.ts'
import type { StoreReader } from '../store/handles.ts'
import { newId } from '../store/new-id.ts'
import { checkModelFolder } from './card-file.ts'
import type { ModelService } from './create-models.ts'
import { type InspectorLimits, inspect } from './inspector.ts'
import type { IntakeProgress } from './intake.ts'
import { logModel } from './model-log.ts'
import { getModel, insertModel } from './model-store.ts'

export interface ForeignModels {
  look(uploadId: string, signal?: AbortSignal): Promise<ForeignLook>
  /** Answers the id. Errors as in the contract. */
  register(request: ForeignRequest, control?: { signal?: AbortSignal; tell?: IntakeProgress }): Promise<string>
}

export interface ForeignDeps {
  context: Pick<CoreContext, 'deps' | 'log' | 'store' | 'uploads' | 'datasets' | 'chemistry'>
  features: Pick<FeatureCache, 'ensure'>
  models: Pick<ModelService, 'folder' | 'announce'>
  limits?: Partial<InspectorLimits> | undefined
}

/** Known to everybody, and as unlike each other as drugs are. */
const PROBES = [
  { name: 'aspirin', smiles: 'CC(=O)Oc1ccccc1C(=O)O' },
  { name: 'caffeine', smiles: 'Cn1c(=O)c2c(ncn2C)n(C)c1=O' },
  { name: 'ibuprofen', smiles: 'CC(C)Cc1ccc(cc1)C(C)C(=O)O' },
  { name: 'imatinib', smiles: 'Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(C)CC1' },
] as const

export function createForeignModels({ context, features, models, limits }: ForeignDeps): ForeignModels {
  const { deps, log, store, uploads, datasets, chemistry } = context
  const { folder } = models
  const common = { fork: deps.fork, log, limits }

  async function probeRecords(request: ForeignRequest): Promise<ForeignTask['probeRecords']> {
    const sections = [...sectionsOf(fingerprintPreset(request.fingerprint))]
    const smiles = PROBES.map(probe => probe.smiles)
    const { result } = await chemistry.request('featuriseBlock', { smiles, sections })
    return result.records
  }

  /** The exactly measured rows of a data set that are not among `others`, with their features. */
  async function tableOf(
    datasetId: string,
    { request, others, control }: TableOptions,
  ): Promise<{ table: ForeignTable; keys: Set<string>; leftOut: { bounds: number; inTraining: number } }> {
    const dataset = datasets.getReady(datasetId)
    if (dataset.endpoint !== request.endpoint) {
      const message = `${dataset.name} measures ${dataset.endpoint}, the model predicts ${request.endpoint}`
      throw new AppError('ERR_2001', message, { path: 'endpoint', details: { dataset: datasetId } })
    }
    const rows = await exactRows(store, datasetId)
    const used = rows.exact.filter(({ key }) => !others.has(key))
    if (used.length === 0) {
      throw new AppError('ERR_6001', `${dataset.name} has no exactly measured compound that could be used`, {
        details: { dataset: datasetId, bounds: rows.bounds, inTraining: rows.exact.length },
      })
    }
    const call = {
      ...(control.signal === undefined ? {} : { signal: control.signal }),
      onProgress: (done: number, total: number | null) => control.tell?.({ stage: 'featurising', done, total }),
    }
    const smiles = used.map(row => row.smiles)
    const featureFile = await features.ensure(smiles, fingerprintPreset(request.fingerprint), call)
    const { id, name, sha256, kind } = dataset
    return {
      table: {
        dataset: { id, name, sha256: sha256 ?? '', simulated: kind === 'simulated' },
        featureFile,
        rows: used.map(({ row, smiles: text, pX }) => ({ row, smiles: text, pX })),
      },
      keys: new Set(rows.exact.map(({ key }) => key)),
      leftOut: { bounds: rows.bounds, inTraining: rows.exact.length - used.length },
    }
  }

  return {
    look: async (uploadId, signal) => {
      const { path: file } = await uploads.get(uploadId)
      const { size: sizeBytes } = await stat(file)
      return (await inspect({ type: 'lookAtForeign', file }, { ...common, sizeBytes, signal })) as ForeignLook
    },
    register: async (request, control = {}) => {
      const upload = await uploads.get(request.uploadId)
      const family = request.versionOf === undefined ? null : getModel(store, request.versionOf)
      const options = { request, control }
      const training =
        request.trainingDatasetId === null
          ? null
          : await tableOf(request.trainingDatasetId, { ...options, others: new Set() })
      const measured =
        request.measured === null
          ? null
          : await tableOf(request.measured.datasetId, { ...options, others: training?.keys ?? new Set() })
      const id = newId('mdl')
      const staging = `${folder(id)}.tmp`
      try {
        const { fingerprint, output, scale, endpoint, target } = request
        const task: ForeignTask = {
          fileName: upload.fileName,
          request: { fingerprint, output, scale, endpoint, target },
          probes: [...PROBES],
          probeRecords: await probeRecords(request),
          measured:
            measured === null ? null : { ...measured.table, seen: request.measured!.seen, leftOut: measured.leftOut },
          training: training?.table ?? null,
          application: { version: deps.version },
        }
        const sizes = [upload.path, ...[training, measured].flatMap(table => table?.table.featureFile ?? [])]
        let sizeBytes = 0
        for (const file of sizes) sizeBytes += (await stat(file)).size
        await inspect(
          { type: 'takeForeign', file: upload.path, folder: staging, ...task },
          { ...common, sizeBytes, signal: control.signal, onProgress: control.tell },
        )
        await syncFolder(staging)
        await rename(staging, folder(id))
        await syncFolder(path.dirname(folder(id)))
        const card = await checkModelFolder(folder(id))
        store.write(() => {
          const name = family?.name ?? request.name ?? upload.fileName.replace(/\.onnx$/i, '')
          const familyId = family?.familyId ?? null
          const made = { state: 'imported', origin: 'foreign', jobId: null, datasetId: null } as const
          insertModel(store, { id, name: name.slice(0, 255), familyId, card, ...made })
          logModel(store, id, 'registered', { file: upload.fileName, sha256: card.files.model.sha256 })
        })
      } catch (error) {
        await rm(staging, { recursive: true, force: true })
        throw error
      }
      await uploads.release(request.uploadId)
      models.announce(id)
      return id
    },
  }
}

interface TableOptions {
  request: ForeignRequest
  /** Structure keys of compounds that are left out. */
  others: ReadonlySet<string>
  control: { signal?: AbortSignal; tell?: IntakeProgress }
}

interface MeasuredRow {
  row: number
  smiles: string
  key: string
  pX: number
}

const SLICE_ROWS = 5_000

/** In row order, in slices that leave the event loop free. */
async function exactRows(store: StoreReader, datasetId: string): Promise<{ exact: MeasuredRow[]; bounds: number }> {
  const exact: MeasuredRow[] = []
  let bounds = 0
  for (let from = -1; ; ) {
    const slice = store.all<MeasuredRow & { relation: Relation }>(
      `SELECT row_index AS row, smiles, structure_key AS "key", p_x AS pX, relation FROM dataset_rows
       WHERE dataset_id = ? AND row_index > ? ORDER BY row_index LIMIT ${SLICE_ROWS}`,
      [datasetId, from],
    )
    for (const { relation, ...row } of slice) {
      if (boundOf(relation) === 0) exact.push(row)
      else bounds++
    }
    if (slice.length < SLICE_ROWS) return { exact, bounds }
    from = slice.at(-1)!.row
    await nextTurn()
  }
}
