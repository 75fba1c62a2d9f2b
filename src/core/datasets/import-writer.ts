/** Writes what an import yields into the store: one block a transaction, and the event loop free between two. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import type { ImportItem, ImportResult } from '../../shared/table-protocol.ts'
import type { StoreWriter } from '../store/handles.ts'

export interface ImportWriter {
  /** A block of at most some hundred items. ERR_5002 where the disk is full. */
  take(items: readonly ImportItem[]): Promise<void>
}

export function createImportWriter(store: StoreWriter, datasetId: string): ImportWriter {
  let entries = 0

  function write(item: ImportItem): void {
    if (item.type === 'row') {
      store.run(
        `INSERT INTO dataset_rows (dataset_id, row_index, line, external_id, smiles, structure_key, scaffold, p_x, relation,
           raw_value, unit, uncertainty, split, date)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          datasetId,
          item.index,
          item.line,
          item.id,
          item.smiles,
          item.structureKey,
          item.scaffold,
          item.pX,
          item.relation,
          item.rawValue,
          item.unit,
          item.uncertainty,
          item.split,
          item.date,
        ],
      )
    } else if (item.type === 'merged') {
      store.run('UPDATE dataset_rows SET p_x = ?, date = ? WHERE dataset_id = ? AND row_index = ?', [
        item.pX,
        item.date,
        datasetId,
        item.index,
      ])
    } else if (item.type === 'rejected') {
      // Of an SD file two records may begin on one line: the first of them is kept.
      store.run('INSERT OR IGNORE INTO rejected_records (dataset_id, line, cells) VALUES (?, ?, ?)', [
        datasetId,
        item.line,
        JSON.stringify(item.cells),
      ])
    } else {
      store.run(
        `INSERT INTO ledger (dataset_id, entry, line, fate, column_name, raw, rule, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [datasetId, entries++, item.line, item.fate, item.column, item.raw, item.rule, item.message],
      )
    }
  }

  return {
    take: async items => {
      try {
        store.write(() => {
          for (const item of items) write(item)
        })
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'SQLITE_FULL') throw error
        throw new AppError('ERR_5002', 'the disk is full: the import was undone', { cause: error })
      }
      await nextTurn()
    },
  }
}

/** The last step of an import, for the transaction that ends its job: from here on the data set can be used. */
export function markReady(store: StoreWriter, datasetId: string, result: ImportResult): void {
  const { counts } = result
  store.run(
    `UPDATE datasets SET state = 'ready', sha256 = ?, rows_read = ?, rows_accepted = ?, rows_altered = ?, rows_merged = ?,
       rows_rejected = ?, summary = ?, histogram = ?, split_values = ?, header = ?,
       error = NULL WHERE id = ?`,
    [
      result.sha256,
      counts.read,
      counts.accepted,
      counts.altered,
      counts.merged,
      counts.rejected,
      JSON.stringify(result.summary),
      JSON.stringify(result.histogram),
      JSON.stringify(result.splitValues),
      JSON.stringify(result.header),
      datasetId,
    ],
  )
}

export function markFailed(store: StoreWriter, datasetId: string, error: ErrorBody): void {
  store.run("UPDATE datasets SET state = 'failed', error = ? WHERE id = ?", [JSON.stringify(error), datasetId])
}
