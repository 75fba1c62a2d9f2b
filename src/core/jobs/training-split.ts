/**
 * How a data set would be parted, for whoever asks before a run. Runs in the store's thread: drawing groups out of 200,000 rows takes
 * a quarter of a second, which the host's event loop does not have.
 */
import { developmentRows, makeSplit, type Split, type SplitRows } from '../../recipes/splits/split.ts'
import type { Relation } from '../../shared/contract/datasets.ts'
import type { SplitKind } from '../../shared/contract/jobs.ts'
import type { StoreReader } from '../store/handles.ts'
import { boundOf } from './training-rows.ts'

export interface TrainingSplitQuery {
  datasetId: string
  kind: SplitKind
  seed: number
}

export interface TrainingSplit {
  rows: number
  split: Split
  /** Exactly measured rows that may be learned from: validation rows too, unless the data set itself names them. */
  exactDevelopment: number
}

/** ERR_6001 and ERR_6003 as `makeSplit`. */
export function selectTrainingSplit(store: StoreReader, { datasetId, kind, seed }: TrainingSplitQuery): TrainingSplit {
  const rows = selectSplitRows(store, datasetId)
  const split = makeSplit(rows, kind, seed)
  const exactDevelopment = developmentRows(split).filter(row => rows.bound[row] === 0).length
  return { rows: rows.bound.length, split, exactDevelopment }
}

function selectSplitRows(store: StoreReader, datasetId: string): SplitRows & { bound: number[] } {
  const rows = { bound: [] as number[], splitValue: [] as (string | null)[], scaffold: [] as (string | null)[] }
  const found = store.iterate<{ scaffold: string | null; relation: Relation; split: string | null }>(
    'SELECT scaffold, relation, split FROM dataset_rows WHERE dataset_id = ? ORDER BY row_index',
    [datasetId],
  )
  for (const { scaffold, relation, split } of found) {
    rows.bound.push(boundOf(relation))
    rows.splitValue.push(split)
    rows.scaffold.push(scaffold)
  }
  return rows
}
