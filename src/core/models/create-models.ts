/** The registry of models: rows in the store, one folder a model. */
import { createReadStream } from 'node:fs'
import { constants, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from '../../node/atomic-write.ts'
import { type AnyCard, type Model, type ModelCard, trainedCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { Evaluation } from '../../shared/evaluation.ts'
import type { CoreContext } from '../app-context.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import { newId } from '../store/new-id.ts'
import type { Download } from '../uploads/download-service.ts'
import { CARD_FILE, checkModelFolder, filesOf } from './card-file.ts'
import { createEvaluations } from './evaluations.ts'
import type { InspectorLimits } from './inspector.ts'
import { createLearningCurves, type LearningCurves } from './learning-curves.ts'
import { logModel } from './model-log.ts'
import { createModelRegistry, type ModelRegistry } from './model-registry.ts'
import { familyOfName, findAnyModel, findModel, getModel, insertModel, listModels } from './model-store.ts'
import { checkUnused } from './model-users.ts'
import { createPassports, type Passports } from './passports.ts'

export interface ModelService {
  list(): Model[]
  /** ERR_3003 where there is none, ERR_7003 where its files are not those of its card. */
  get(id: string): Promise<{ model: Model; card: AnyCard }>
  /** ERR_3003 where there is none. */
  find(id: string): Model
  folder(id: string): string
  readonly registry: ModelRegistry
  readonly passports: Passports
  readonly learningCurves: LearningCurves
  /** Tells everybody that a model is there or has changed. */
  announce(id: string): void
  /** How it did, point by point. */
  evaluation(id: string, signal?: AbortSignal): Promise<Evaluation>
  /** To the trash. ERR_4002 naming what uses it. */
  remove(id: string): Promise<void>
  /** For good. ERR_4001 where it is not in the trash. */
  purge(id: string): Promise<void>
  /**
   * Copies what a run has made into a model folder of its own, checked against its card. The returned `commit` inserts the
   * row and belongs into the transaction that ends the run; without it the folder is swept on the next start. Models of one name are
   * versions of one.
   */
  adopt(made: { runFolder: string; jobId: string; name: string }): Promise<AdoptedModel>
  /** Before a model goes: whoever holds its files open lets go, what belongs to it is removed. */
  onRemove(listener: (model: Model) => Promise<void>): void
  /** Asked before a model is archived or deleted: in words, what of yours uses it ("the fallback list of …"). */
  onCheckUse(users: (model: Model) => readonly string[]): void
  /** Removes folders without a row (leftovers of a process that died between copy and commit) and what has lain in the trash too long. */
  sweep(): Promise<void>
}

export interface AdoptedModel {
  id: string
  card: ModelCard
  commit(): void
}

type ModelsContext = Pick<CoreContext, 'deps' | 'log' | 'store' | 'events' | 'datasets' | 'downloads' | 'uploads'>

const TRASH_LIFE_MS = 30 * 24 * 3600 * 1000

export function createModels(
  context: ModelsContext,
  options: { inspector?: Partial<InspectorLimits> } = {},
): ModelService {
  const { store, events, datasets, downloads } = context
  const root = path.join(context.deps.workspace, 'models')
  const removeListeners: ((model: Model) => Promise<void>)[] = []
  const userLists: ((model: Model) => readonly string[])[] = []
  const folderOf = (id: string): string => path.join(root, id)

  function changed(id: string): void {
    const model = findModel(store, id)
    events.publish(model === null ? { type: 'model.removed', id } : { type: 'model.changed', model })
  }
  function datasetChanged({ datasetId }: Pick<Model, 'datasetId'>): void {
    if (datasetId !== null) datasets.changed(datasetId)
  }
  const registry = createModelRegistry({
    context,
    card: id => checkModelFolder(folderOf(id)),
    checkUnused: model =>
      checkUnused(
        store,
        model,
        userLists.flatMap(users => users(model)),
      ),
    changed,
  })
  const passports = createPassports({ context, folder: folderOf, limits: options.inspector })

  const evaluation = createEvaluations({ context, folder: folderOf, limits: options.inspector })

  async function purge(id: string): Promise<void> {
    const model = findAnyModel(store, id)
    if (model === null || model.trashedAt === null) {
      throw new AppError('ERR_4001', `model "${getModel(store, id).name}" is not in the trash`)
    }
    for (const listener of removeListeners) await listener(model)
    store.run('DELETE FROM models WHERE id = ?', [id])
    await rm(folderOf(id), { recursive: true, force: true })
  }

  downloads.provide('model', async id => {
    const model = getModel(store, id)
    return model.origin === 'foreign' ? foreignFile(model, folderOf(id)) : passports.export(model)
  })

  return {
    list: () => listModels(store),
    find: id => getModel(store, id),
    folder: folderOf,
    get: async id => ({ model: getModel(store, id), card: await checkModelFolder(folderOf(id)) }),
    learningCurves: createLearningCurves({ context, folder: folderOf, limits: options.inspector }),
    evaluation: (id, signal) => evaluation(getModel(store, id), signal),
    registry: {
      ...registry,
      restore: id => {
        const model = registry.restore(id)
        datasetChanged(model)
        return model
      },
    },
    passports: {
      ...passports,
      import: async (request, signal, tell) => {
        const id = await passports.import(request, signal, tell)
        changed(id)
        return id
      },
      verify: async (model, signal) => {
        await passports.verify(model, signal)
        changed(model.id)
      },
    },
    announce: changed,
    remove: async id => {
      const model = getModel(store, id)
      registry.remove(id)
      datasetChanged(model)
    },
    purge,
    adopt: async ({ runFolder, jobId, name }) => {
      const id = newId('mdl')
      await copyModel(runFolder, folderOf(id))
      const card = trainedCard(await checkModelFolder(folderOf(id)))
      return {
        id,
        card,
        commit: () => {
          const familyId = familyOfName(store, name)
          const made = { state: 'active', origin: 'trained', datasetId: card.dataset.id } as const
          insertModel(store, { id, name, familyId, jobId, card, ...made })
          logModel(store, id, 'trained')
          // Told when it is committed; a rolled-back one is told as gone.
          queueMicrotask(() => {
            changed(id)
            datasets.changed(card.dataset.id)
          })
        },
      }
    },
    onRemove: listener => void removeListeners.push(listener),
    onCheckUse: users => void userLists.push(users),
    sweep: async () => {
      await mkdir(root, { recursive: true })
      for (const name of await readdir(root)) {
        // What somebody else has put there is not ours to remove.
        if (!OWN_FOLDER.test(name)) continue
        if (findAnyModel(store, name) === null) await rm(path.join(root, name), { recursive: true, force: true })
      }
      const before = Date.now() - TRASH_LIFE_MS
      for (const model of registry.trash()) if (model.trashedAt! < before) await purge(model.id)
    },
  }
}

/** A passport proves a hold-out; a model made elsewhere has none and leaves as the file that it came as. */
async function foreignFile(model: Model, folder: string): Promise<Download> {
  const card = await checkModelFolder(folder)
  return {
    fileName: `${fileNameOf(`${model.name} v${model.version}`)}.onnx`,
    contentType: 'application/octet-stream',
    open: () => createReadStream(path.join(folder, card.files.model.name)),
  }
}

const OWN_FOLDER = /^mdl_[0-9a-z]{12}(\.tmp)?$/

/** Whole or absent: copied under a temporary name, checked, renamed. The run keeps its own files. */
async function copyModel(runFolder: string, folder: string): Promise<void> {
  const temporary = `${folder}.tmp`
  await mkdir(temporary, { recursive: true })
  try {
    for (const name of modelFileNames(await checkModelFolder(runFolder))) {
      await copyFile(path.join(runFolder, name), path.join(temporary, name), constants.COPYFILE_FICLONE)
    }
    await syncFolder(temporary)
    await rename(temporary, folder)
    await syncFolder(path.dirname(folder))
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

function modelFileNames(card: AnyCard): string[] {
  return [CARD_FILE, ...filesOf(card).map(file => file.name)]
}
