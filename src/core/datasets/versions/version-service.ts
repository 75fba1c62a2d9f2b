/** Versions of data sets, and the trash. */
import { type Affinity, parseAffinity } from '../../../shared/affinity.ts'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { DatasetEdit, Lineage, VersionDiff } from '../../../shared/contract/versions.ts'
import { AppError } from '../../../shared/errors.ts'
import type { CoreContext } from '../../app-context.ts'
import { findDataset, getDataset, listTrash, listVersions } from '../dataset-store.ts'
import { deleteDatasetSlices } from '../delete-dataset.ts'
import { checkUnused } from './dependants.ts'
import { deriveVersion } from './derive-version.ts'
import { readLineage } from './lineage.ts'

export interface VersionService {
  /** The next version, ready. Errors as in the contract. */
  edit(edit: DatasetEdit): Promise<Dataset>
  diff(query: { id: string; from?: string | undefined; offset: number; limit: number }): Promise<VersionDiff>
  lineage(id: string): Lineage
  /** To the trash. ERR_4001, ERR_4002: see `checkUnused`. */
  remove(id: string, allVersions: boolean): void
  trash(): Promise<{ dataset: Dataset; bytes: number }[]>
  restore(ids: readonly string[]): Dataset[]
  purge(ids: readonly string[]): Promise<{ freedBytes: number }>
}

export function createVersions(
  context: Pick<CoreContext, 'store' | 'scans' | 'events'> & { changed(id: string): void },
): VersionService {
  const { store, scans, events, changed } = context
  /** Versions that are being copied: they must stay until that is done. */
  const copying = new Map<string, number>()

  async function whileCopying<T>(id: string, work: () => Promise<T>): Promise<T> {
    copying.set(id, (copying.get(id) ?? 0) + 1)
    try {
      return await work()
    } finally {
      const left = copying.get(id)! - 1
      if (left === 0) copying.delete(id)
      else copying.set(id, left)
    }
  }

  function inTrash(id: string): Dataset {
    const dataset = getDataset(store, id)
    if (dataset.trashedAt === null) throw new AppError('ERR_4001', `data set "${dataset.name}" is not in the trash`)
    return dataset
  }

  return {
    edit: async edit => {
      const parent = getReady(getDataset(store, edit.id))
      const drop = [...new Set(edit.drop)].sort((a, b) => a - b)
      const dropped = new Set(drop)
      const change = readChanges(edit, dropped)
      const rows = store.one<{ n: number }>('SELECT count(*) AS n FROM dataset_rows WHERE dataset_id = ?', [
        parent.id,
      ])!.n
      const unknown = [...drop, ...change.keys()].find(row => row >= rows)
      if (unknown !== undefined) {
        throw new AppError('ERR_2001', `there is no row ${unknown}: "${parent.name}" has rows 0 to ${rows - 1}`)
      }
      if (drop.length === rows) throw new AppError('ERR_6001', `nothing would be left of the ${rows} rows`)
      const id = await whileCopying(parent.id, () =>
        deriveVersion({ store, scans }, { parent, drop, change, note: edit.note }),
      )
      changed(id)
      return getDataset(store, id)
    },
    diff: async ({ id, from, offset, limit }) => {
      const to = getDataset(store, id)
      const other = from ?? to.parentId
      if (other === null) throw new AppError('ERR_4001', `version ${to.version} of "${to.name}" was made from no other`)
      return scans.query('versionDiff', { from: getDataset(store, other).id, to: id, offset, limit })
    },
    lineage: id => readLineage(store, getDataset(store, id).familyId),
    remove: (id, allVersions) => {
      const dataset = getDataset(store, id)
      const chosen = allVersions ? listVersions(store, dataset.familyId) : [dataset]
      const leaving = chosen.filter(({ trashedAt }) => trashedAt === null)
      checkUnused(store, leaving)
      const now = Date.now()
      store.write(() => {
        for (const each of leaving) store.run('UPDATE datasets SET trashed_at = ? WHERE id = ?', [now, each.id])
      })
      for (const each of leaving) events.publish({ type: 'dataset.removed', id: each.id })
    },
    trash: () =>
      Promise.all(
        listTrash(store).map(async dataset => ({
          dataset,
          bytes: await scans.query('datasetBytes', { id: dataset.id }),
        })),
      ),
    restore: ids => {
      store.write(() => {
        for (const id of ids) store.run('UPDATE datasets SET trashed_at = NULL WHERE id = ?', [inTrash(id).id])
      })
      for (const id of ids) changed(id)
      return ids.map(id => getDataset(store, id))
    },
    purge: async ids => {
      const datasets = ids.map(inTrash)
      const busy = datasets.find(({ id }) => copying.has(id))
      if (busy !== undefined) throw new AppError('ERR_4001', `a new version of "${busy.name}" is being made`)
      checkUnused(store, datasets)
      let freedBytes = 0
      for (const { id } of datasets) {
        freedBytes += await scans.query('datasetBytes', { id })
        await deleteDatasetSlices(store, id)
        if (findDataset(store, id) === null) events.publish({ type: 'dataset.removed', id })
      }
      return { freedBytes }
    },
  }
}

/** ERR_4001 unless its import is done and it is not in the trash. */
export function getReady(dataset: Dataset): Dataset {
  if (dataset.trashedAt !== null) {
    throw new AppError('ERR_4001', `data set "${dataset.name}" is in the trash: restore it first`)
  }
  if (dataset.state === 'ready') return dataset
  throw new AppError('ERR_4001', `data set "${dataset.name}" is ${dataset.state}, not ready`)
}

/** ERR_2001 naming the change and what was expected. */
function readChanges({ change }: DatasetEdit, dropped: ReadonlySet<number>): Map<number, Affinity> {
  const read = new Map<number, Affinity>()
  for (const [i, { row, value, unit }] of change.entries()) {
    if (dropped.has(row) || read.has(row)) {
      throw new AppError('ERR_2001', `row ${row} is named twice: drop it, or give it one value`, {
        path: `change.${i}.row`,
      })
    }
    const reading = parseAffinity(value, { unit })
    if (!reading.ok) {
      throw new AppError('ERR_2001', `row ${row}, value "${value}": ${reading.message}`, { path: `change.${i}.value` })
    }
    read.set(row, reading.affinity)
  }
  return read
}
