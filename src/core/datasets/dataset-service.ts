/** What the application knows about its data sets, and what may be done with them. */
import type { Dataset, LedgerEntry, LedgerFate, SpreadGroup } from '../../shared/contract/datasets.ts'
import type { CoreContext } from '../app-context.ts'
import { findDataset, getDataset, listDatasets } from './dataset-store.ts'
import type { LedgerQuery } from './ledger-queries.ts'
import { createVersions, getReady, type VersionService } from './versions/version-service.ts'

export interface DatasetService {
  list(): Dataset[]
  /** ERR_3001 where there is none. */
  get(id: string): Dataset
  /** The same, and ERR_4001 unless its import is done and it is not in the trash. */
  getReady(id: string): Dataset
  ledger(query: LedgerQuery): Promise<{ total: number; entries: LedgerEntry[] }>
  ledgerRules(id: string): Promise<{ fate: LedgerFate; rule: string; count: number }[]>
  spreadGroups(id: string): Promise<SpreadGroup[]>
  rename(id: string, name: string): Dataset
  readonly versions: VersionService
  /** Tells everybody what it is now; for whoever changed it in the store. */
  changed(id: string): void
}

export function createDatasets(context: Pick<CoreContext, 'store' | 'scans' | 'events'>): DatasetService {
  const { store, scans, events } = context

  function changed(id: string): void {
    const dataset = findDataset(store, id)
    events.publish(dataset === null ? { type: 'dataset.removed', id } : { type: 'dataset.changed', dataset })
  }

  return {
    list: () => listDatasets(store),
    get: id => getDataset(store, id),
    getReady: id => getReady(getDataset(store, id)),
    ledger: async query => {
      getDataset(store, query.id)
      return scans.query('ledger', query)
    },
    ledgerRules: async id => scans.query('ledgerRules', { id: getDataset(store, id).id }),
    spreadGroups: async id => scans.query('spreadGroups', { id: getDataset(store, id).id }),
    rename: (id, name) => {
      getDataset(store, id)
      store.run('UPDATE datasets SET name = ? WHERE id = ?', [name, id])
      changed(id)
      return getDataset(store, id)
    },
    versions: createVersions({ ...context, changed }),
    changed,
  }
}
