/** The registry of trained models: rows in the store, one folder a model. */
import { constants, copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { syncFolder } from '../../node/atomic-write.ts'
import type { Model, ModelCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import { newId } from '../store/new-id.ts'
import type { Download } from '../uploads/download-service.ts'
import { CARD_FILE, checkModelFolder, filesOf } from './card-file.ts'
import { findModel, getModel, insertModel, listModels } from './model-store.ts'
import { zipOf } from './zip-writer.ts'

export interface ModelService {
  list(): Model[]
  /** ERR_3003 where there is none, ERR_7003 where its files are not those of its card. */
  get(id: string): Promise<{ model: Model; card: ModelCard }>
  /** ERR_3003 where there is none. */
  find(id: string): Model
  folder(id: string): string
  rename(id: string, name: string): Model
  /** ERR_4002 while a prediction job uses it. */
  remove(id: string): Promise<void>
  /**
   * Copies what a run has made into a model folder of its own, checked against its card. The returned `commit` inserts the
   * row and belongs into the transaction that ends the run; without it the folder is swept on the next start.
   */
  adopt(made: { runFolder: string; jobId: string; name: string }): Promise<AdoptedModel>
  /** Before a model goes: whoever holds its files open lets go, what belongs to it is removed. */
  onRemove(listener: (model: Model) => Promise<void>): void
  /** Removes folders without a row: leftovers of a process that died between copy and commit. */
  sweep(): Promise<void>
}

export interface AdoptedModel {
  id: string
  card: ModelCard
  commit(): void
}

export function createModels(
  context: Pick<CoreContext, 'deps' | 'store' | 'events' | 'datasets' | 'downloads'>,
): ModelService {
  const { store, events, datasets, downloads } = context
  const root = path.join(context.deps.workspace, 'models')
  const removeListeners: ((model: Model) => Promise<void>)[] = []
  const folderOf = (id: string): string => path.join(root, id)

  function changed(id: string): void {
    const model = findModel(store, id)
    events.publish(model === null ? { type: 'model.removed', id } : { type: 'model.changed', model })
  }

  downloads.provide('model', id => exportModel(getModel(store, id), folderOf(id)))

  return {
    list: () => listModels(store),
    find: id => getModel(store, id),
    folder: folderOf,
    get: async id => ({ model: getModel(store, id), card: await checkModelFolder(folderOf(id)) }),
    rename: (id, name) => {
      getModel(store, id)
      store.run('UPDATE models SET name = ? WHERE id = ?', [name, id])
      changed(id)
      return getModel(store, id)
    },
    remove: async id => {
      const model = getModel(store, id)
      checkUnused(context, model)
      for (const listener of removeListeners) await listener(model)
      store.run('DELETE FROM models WHERE id = ?', [id])
      changed(id)
      datasets.changed(model.datasetId)
      await rm(folderOf(id), { recursive: true, force: true })
    },
    adopt: async ({ runFolder, jobId, name }) => {
      const id = newId('mdl')
      await copyModel(runFolder, folderOf(id))
      const card = await checkModelFolder(folderOf(id))
      return {
        id,
        card,
        commit: () => {
          insertModel(store, { id, name, jobId, card })
          // Told when it is committed; a rolled-back one is told as gone.
          queueMicrotask(() => {
            changed(id)
            datasets.changed(card.dataset.id)
          })
        },
      }
    },
    onRemove: listener => void removeListeners.push(listener),
    sweep: async () => {
      await mkdir(root, { recursive: true })
      for (const name of await readdir(root)) {
        // What somebody else has put there is not ours to remove.
        if (!OWN_FOLDER.test(name)) continue
        if (findModel(store, name) === null) await rm(path.join(root, name), { recursive: true, force: true })
      }
    },
  }
}

const OWN_FOLDER = /^mdl_[0-9a-z]{12}(\.tmp)?$/

function checkUnused({ store }: Pick<CoreContext, 'store'>, model: Model): void {
  const users = store.all<{ name: string }>(
    `SELECT name FROM jobs WHERE model_id = ? AND kind = 'predict'
       AND state NOT IN ('completed', 'failed', 'cancelled', 'interrupted')`,
    [model.id],
  )
  if (users.length === 0) return
  const names = users.map(user => `"${user.name}"`)
  throw new AppError(
    'ERR_4002',
    `model "${model.name}" is used by the prediction ${names.join(', ')}: cancel it first`,
    {
      details: { usedBy: names },
    },
  )
}

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

function modelFileNames(card: ModelCard): string[] {
  return [CARD_FILE, ...filesOf(card).map(file => file.name)]
}

/** One file that holds all of a model: its card, and the files the card names. ERR_7003 where they are not those. */
async function exportModel(model: Model, folder: string): Promise<Download> {
  const names = modelFileNames(await checkModelFolder(folder))
  const entries = await Promise.all(names.map(async name => ({ name, bytes: await readFile(path.join(folder, name)) })))
  return {
    fileName: `${fileNameOf(model.name)}.bindery-model.zip`,
    contentType: 'application/zip',
    open: () => Readable.from(zipOf(entries)),
  }
}
