/** Removes a data set in slices: one cascade over a million rows would hold the event loop for seconds. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoreWriter } from '../store/handles.ts'

const SLICE_ROWS = 1_000

/**
 * From here on the data set cannot be used: its state becomes `failed` first. A crash in between leaves that state, and
 * removing it again goes on.
 */
export async function deleteDatasetSlices(store: StoreWriter, id: string): Promise<void> {
  store.run("UPDATE datasets SET state = 'failed', error = NULL WHERE id = ?", [id])
  await deleteRowSlices(store, id)
  store.run('DELETE FROM datasets WHERE id = ?', [id])
}

/**
 * Goes on with removals that an earlier process did not finish (a failed import has a reason, these have none), and removes edited
 * versions that were not finished: no job stands behind those.
 */
export async function tidyDatasets(store: StoreWriter): Promise<void> {
  const left = store.all<{ id: string }>(
    `SELECT id FROM datasets WHERE state = 'failed' AND error IS NULL
     UNION ALL SELECT id FROM datasets WHERE state = 'importing' AND change IS NOT NULL`,
  )
  for (const { id } of left) await deleteDatasetSlices(store, id)
}

/** The rows and the ledger only. */
export async function deleteRowSlices(store: StoreWriter, id: string): Promise<void> {
  await inSlices(() => deleteSome(store, { table: 'dataset_rows', key: 'row_index', id }))
  await inSlices(() => deleteSome(store, { table: 'ledger', key: 'entry', id }))
  await inSlices(() => deleteSome(store, { table: 'rejected_records', key: 'line', id }))
}

function deleteSome(
  store: StoreWriter,
  from: { table: 'dataset_rows' | 'ledger' | 'rejected_records'; key: string; id: string },
): number {
  return store.run(
    `DELETE FROM ${from.table} WHERE dataset_id = @id AND ${from.key} IN
       (SELECT ${from.key} FROM ${from.table} WHERE dataset_id = @id LIMIT ${SLICE_ROWS})`,
    { id: from.id },
  )
}

async function inSlices(deleteSlice: () => number): Promise<void> {
  while (deleteSlice() > 0) await nextTurn()
}
