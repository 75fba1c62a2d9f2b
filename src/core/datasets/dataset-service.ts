/** What the application knows about its data sets, and what may be done with them. */
import type { Dataset, DatasetRow, LedgerEntry, LedgerFate } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { findDataset, getDataset, listDatasets, type RowQuery } from './dataset-store.ts'
import { deleteDatasetSlices } from './delete-dataset.ts'

export interface DatasetService {
  list(): Dataset[]
  /** ERR_3001 where there is none. */
  get(id: string): Dataset
  /** The same, and ERR_4001 unless its import is done. */
  getReady(id: string): Dataset
  rows(query: RowQuery): Promise<{ total: number; rows: DatasetRow[] }>
  ledger(query: { id: string; offset: number; limit: number; fates: LedgerFate[] }): Promise<{
    total: number
    entries: LedgerEntry[]
  }>
  rename(id: string, name: string): Dataset
  /** ERR_4002 naming the jobs and models that depend on it; ERR_4001 while it is being imported. */
  remove(id: string): Promise<void>
  /** Tells everybody what it is now; for whoever changed it in the store. */
  changed(id: string): void
}

const MAX_NAMED = 5

export function createDatasets(context: Pick<CoreContext, 'store' | 'scans' | 'events'>): DatasetService {
  const { store, scans, events } = context

  function changed(id: string): void {
    const dataset = findDataset(store, id)
    events.publish(dataset === null ? { type: 'dataset.removed', id } : { type: 'dataset.changed', dataset })
  }

  return {
    list: () => listDatasets(store),
    get: id => getDataset(store, id),
    getReady: id => {
      const dataset = getDataset(store, id)
      if (dataset.state !== 'ready')
        throw new AppError('ERR_4001', `data set "${dataset.name}" is ${dataset.state}, not ready`)
      return dataset
    },
    rows: async query => {
      getDataset(store, query.id)
      return scans.query('rows', query)
    },
    ledger: async query => {
      getDataset(store, query.id)
      return scans.query('ledger', query)
    },
    rename: (id, name) => {
      getDataset(store, id)
      store.run('UPDATE datasets SET name = ? WHERE id = ?', [name, id])
      changed(id)
      return getDataset(store, id)
    },
    remove: async id => {
      const dataset = getDataset(store, id)
      checkUnused(context, dataset)
      await deleteDatasetSlices(store, id)
      changed(id)
    },
    changed,
  }
}

function checkUnused({ store }: Pick<CoreContext, 'store'>, dataset: Dataset): void {
  const jobs = store.all<{ name: string; kind: string }>(
    `SELECT name, kind FROM jobs
     WHERE dataset_id = ? AND state NOT IN ('completed', 'failed', 'cancelled')
       -- An interrupted training run can be resumed.
       AND NOT (state = 'interrupted' AND kind <> 'train')`,
    [dataset.id],
  )
  if (dataset.state === 'importing' && jobs.some(job => job.kind === 'import')) {
    throw new AppError('ERR_4001', `data set "${dataset.name}" is being imported: cancel the import instead`)
  }
  const models = store.all<{ name: string }>('SELECT name FROM models WHERE dataset_id = ?', [dataset.id])
  const users = [...models.map(model => `model "${model.name}"`), ...jobs.map(job => `job "${job.name}"`)]
  if (users.length === 0) return
  const named =
    users.slice(0, MAX_NAMED).join(', ') + (users.length > MAX_NAMED ? `, ${users.length - MAX_NAMED} more` : '')
  throw new AppError('ERR_4002', `data set "${dataset.name}" is used by ${named}: remove them first`, {
    details: { usedBy: users },
  })
}
