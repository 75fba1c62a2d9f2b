/**
 * Writes an edited copy of a data set as its next version, in slices that leave the event loop free. Until the last one the version
 * is `importing`: it is whole or absent, whenever the process ends.
 */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Affinity } from '../../../shared/affinity.ts'
import type { Dataset, VersionEdit } from '../../../shared/contract/datasets.ts'
import { AppError } from '../../../shared/errors.ts'
import type { StoreWriter } from '../../store/handles.ts'
import { newId } from '../../store/new-id.ts'
import type { StoreScans } from '../../store/store-reader.ts'
import { deleteDatasetSlices } from '../delete-dataset.ts'
import { writeEditLedger } from './edit-ledger.ts'

export interface Derivation {
  parent: Dataset
  /** Row indices of the parent, ascending. */
  drop: readonly number[]
  /** By row index of the parent. */
  change: ReadonlyMap<number, Affinity>
  note: string
}

interface Context {
  store: StoreWriter
  scans: StoreScans
}

const SLICE_ROWS = 1_000

/** The id of the new version, which is ready. ERR_5002 where the disk is full; then nothing of it is left. */
export async function deriveVersion(context: Context, derivation: Derivation): Promise<string> {
  const { store } = context
  const id = newId('ds')
  insertVersion(store, id, derivation)
  try {
    await copyTable(store, { table: 'dataset_rows', key: 'row_index' }, id, derivation)
    await copyTable(store, { table: 'ledger', key: 'entry' }, id, derivation)
    changeValues(store, id, derivation)
    const fates = await writeEditLedger(store, id, derivation)
    await finish(context, id, { derivation, fates })
    return id
  } catch (error) {
    await deleteDatasetSlices(store, id)
    if ((error as { code?: unknown }).code !== 'SQLITE_FULL') throw error
    throw new AppError('ERR_5002', 'the disk is full: the new version was undone', { cause: error })
  }
}

function insertVersion(store: StoreWriter, id: string, { parent, drop, change, note }: Derivation): void {
  const edit: VersionEdit = { dropped: drop.length, changed: change.size, note }
  store.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, target, file_name, size_bytes, created_at,
       family_id, version, parent_id, source_id, change)
     SELECT $id, name, 'importing', kind, endpoint, target, file_name, size_bytes, $at,
       $family, (SELECT max(version) + 1 FROM datasets WHERE COALESCE(family_id, id) = $family),
       id, COALESCE(source_id, id), $edit
     FROM datasets WHERE id = $parent`,
    { id, at: Date.now(), family: parent.familyId, parent: parent.id, edit: JSON.stringify(edit) },
  )
}

/** All columns, whichever a later schema adds; rows that stay are counted anew from 0. */
async function copyTable(
  store: StoreWriter,
  { table, key }: { table: 'dataset_rows' | 'ledger'; key: string },
  id: string,
  { parent, drop }: Derivation,
): Promise<void> {
  const columns = store
    .all<{ name: string }>('SELECT name FROM pragma_table_info(?)', [table])
    .map(column => column.name)
    .filter(name => name !== 'dataset_id' && name !== key)
    .join(', ')
  const dropped = table === 'dataset_rows' ? drop : []
  const last = store.one<{ last: number | null }>(`SELECT max(${key}) AS last FROM ${table} WHERE dataset_id = ?`, [
    parent.id,
  ])!.last
  let written = 0
  let at = 0
  for (let from = 0; last !== null && from <= last; from += SLICE_ROWS) {
    const start = at
    while (at < dropped.length && dropped[at]! < from + SLICE_ROWS) at++
    written += store.run(
      `INSERT INTO ${table} (dataset_id, ${key}, ${columns})
       SELECT $id, $written - 1 + row_number() OVER (ORDER BY ${key}), ${columns} FROM ${table}
       WHERE dataset_id = $parent AND ${key} >= $from AND ${key} < $to
         AND ${key} NOT IN (SELECT value FROM json_each($dropped))`,
      {
        id,
        parent: parent.id,
        written,
        from,
        to: from + SLICE_ROWS,
        dropped: JSON.stringify(dropped.slice(start, at)),
      },
    )
    await nextTurn()
  }
}

function changeValues(store: StoreWriter, id: string, { drop, change }: Derivation): void {
  store.write(() => {
    for (const [row, affinity] of change) {
      store.run(
        `UPDATE dataset_rows SET p_x = ?, relation = ?, raw_value = ?, unit = ?, uncertainty = ?
         WHERE dataset_id = ? AND row_index = ?`,
        [
          affinity.pX,
          affinity.relation,
          affinity.raw,
          affinity.unit,
          affinity.uncertainty,
          id,
          row - countBelow(drop, row),
        ],
      )
    }
  })
}

/** How many of ascending numbers are below one. */
export function countBelow(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Facts about single values that are counted anew; the others are those of the file. */
const COUNTED = ['weakerThan', 'strongerThan', 'approximate'] as const

async function finish(
  { store, scans }: Context,
  id: string,
  { derivation, fates }: { derivation: Derivation; fates: Dataset['rows'] },
): Promise<void> {
  const { parent } = derivation
  const found = await scans.query('rowStatistics', { id })
  const summary: Record<string, unknown> = { ...parent.summary, structures: found.structures, meanPX: found.meanPX }
  const noise = await scans.query('noise', { id })
  // As an import says it; what was dropped no longer speaks.
  delete summary.noisePX
  delete summary.noiseFreedom
  if (noise.sd !== null) {
    summary.noisePX = Math.round(noise.sd * 1e4) / 1e4
    summary.noiseFreedom = noise.records - noise.groups
  }
  for (const name of COUNTED) {
    if (found[name] === 0) delete summary[name]
    else summary[name] = found[name]
  }
  store.run(
    `UPDATE datasets SET state = 'ready', sha256 = ?, rows_read = ?, rows_accepted = ?, rows_altered = ?, rows_merged = ?,
       rows_rejected = ?, summary = ?, histogram = ?, split_values = ? WHERE id = ?`,
    [
      hashOf(derivation),
      fates.read,
      fates.accepted,
      fates.altered,
      fates.merged,
      fates.rejected,
      JSON.stringify(summary),
      JSON.stringify(found.histogram),
      JSON.stringify(found.splitValues),
      id,
    ],
  )
}

/** Equal edits of equal data have one hash. */
function hashOf({ parent, drop, change }: Derivation): string {
  const values = [...change].map(([row, { pX, relation }]) => [row, pX, relation])
  return createHash('sha256')
    .update(JSON.stringify([parent.sha256, drop, values]))
    .digest('hex')
}
