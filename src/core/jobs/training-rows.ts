/** The rows of a data set as a trainer takes them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Relation } from '../../shared/contract/datasets.ts'
import type { RunSpec } from '../../shared/trainer-protocol.ts'
import type { StoreReader } from '../store/handles.ts'

export type TrainingRows = RunSpec['rows']

interface Row {
  row_index: number
  smiles: string
  scaffold: string | null
  p_x: number
  relation: Relation
  split: string | null
  date: string | null
}

const SLICE_ROWS = 5_000

/** All rows in row order, in slices that leave the event loop free. */
export async function loadTrainingRows(
  store: StoreReader,
  datasetId: string,
  { dates = false }: { dates?: boolean } = {},
): Promise<TrainingRows> {
  const date: (string | null)[] = []
  const rows: TrainingRows = { y: [], bound: [], splitValue: [], scaffold: [], smiles: [], ...(dates ? { date } : {}) }
  for (let from = -1; ; ) {
    const slice = store.all<Row>(
      `SELECT row_index, smiles, scaffold, p_x, relation, split, date FROM dataset_rows
       WHERE dataset_id = ? AND row_index > ? ORDER BY row_index LIMIT ${SLICE_ROWS}`,
      [datasetId, from],
    )
    for (const row of slice) {
      rows.y.push(row.p_x)
      rows.bound.push(boundOf(row.relation))
      rows.splitValue.push(row.split)
      rows.scaffold.push(row.scaffold)
      rows.smiles.push(row.smiles)
      if (dates) date.push(row.date)
    }
    if (slice.length < SLICE_ROWS) return rows
    from = slice.at(-1)!.row_index
    await nextTurn()
  }
}

/**
 * The relation is the concentration's: `>10 µM` binds weaker than pX 5, so the true pX lies below (−1). An approximate value is
 * trained on as it is.
 */
export function boundOf(relation: Relation): -1 | 0 | 1 {
  if (relation === '>' || relation === '>=') return -1
  if (relation === '<' || relation === '<=') return 1
  return 0
}
