/** Data sets, their rows and their ledger in the store. */
import type { Dataset, RowCounts } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader } from '../store/handles.ts'

interface DatasetRecord {
  id: string
  name: string
  state: Dataset['state']
  kind: Dataset['kind']
  endpoint: Dataset['endpoint']
  target: string | null
  file_name: string
  size_bytes: number
  sha256: string | null
  rows_read: number
  rows_accepted: number
  rows_altered: number
  rows_merged: number
  rows_rejected: number
  summary: string | null
  histogram: string | null
  split_values: string
  error: string | null
  created_at: number
  used_by: number
  family_id: string | null
  version: number
  parent_id: string | null
  change: string | null
  trashed_at: number | null
}

const SELECT = `SELECT d.*, (SELECT count(*) FROM models m WHERE m.dataset_id = d.id AND m.trashed_at IS NULL) AS used_by FROM datasets d`

export function listDatasets(store: StoreReader): Dataset[] {
  return store
    .all<DatasetRecord>(`${SELECT} WHERE d.trashed_at IS NULL ORDER BY d.created_at DESC, d.version DESC, d.id`)
    .map(toDataset)
}

/** Last deleted first. */
export function listTrash(store: StoreReader): Dataset[] {
  return store
    .all<DatasetRecord>(`${SELECT} WHERE d.trashed_at IS NOT NULL ORDER BY d.trashed_at DESC, d.version DESC, d.id`)
    .map(toDataset)
}

/** Oldest first, those in the trash too. */
export function listVersions(store: StoreReader, familyId: string): Dataset[] {
  return store
    .all<DatasetRecord>(`${SELECT} WHERE COALESCE(d.family_id, d.id) = ? ORDER BY d.version, d.created_at`, [familyId])
    .map(toDataset)
}

/** ERR_3001 where there is none. */
export function getDataset(store: StoreReader, id: string): Dataset {
  const dataset = findDataset(store, id)
  if (dataset === null) throw new AppError('ERR_3001', `there is no data set ${id}`)
  return dataset
}

export function findDataset(store: StoreReader, id: string): Dataset | null {
  const record = store.one<DatasetRecord>(`${SELECT} WHERE d.id = ?`, [id])
  return record === undefined ? null : toDataset(record)
}

function toDataset(record: DatasetRecord): Dataset {
  const json = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))
  return {
    id: record.id,
    name: record.name,
    state: record.state,
    kind: record.kind,
    endpoint: record.endpoint,
    target: record.target,
    fileName: record.file_name,
    sizeBytes: record.size_bytes,
    sha256: record.sha256,
    rows: countsOf(record),
    summary: json(record.summary),
    histogram: json(record.histogram),
    splitValues: JSON.parse(record.split_values) as string[],
    usedBy: record.used_by,
    createdAt: record.created_at,
    error: json(record.error),
    familyId: record.family_id ?? record.id,
    version: record.version,
    parentId: record.parent_id,
    edit: json(record.change),
    trashedAt: record.trashed_at,
  }
}

function countsOf(record: DatasetRecord): RowCounts {
  return {
    read: record.rows_read,
    accepted: record.rows_accepted,
    altered: record.rows_altered,
    merged: record.rows_merged,
    rejected: record.rows_rejected,
  }
}

/** About how much of the store a data set takes: its texts, and what tables and indices add to each row. */
export function selectDatasetBytes(store: StoreReader, { id }: { id: string }): number {
  const rows = store.one<{ bytes: number | null }>(
    `SELECT sum(120 + 2 * length(structure_key) + length(smiles) + length(raw_value) + COALESCE(length(scaffold), 0)
       + COALESCE(length(external_id), 0)) AS bytes FROM dataset_rows WHERE dataset_id = ?`,
    [id],
  )!
  const ledger = store.one<{ bytes: number | null }>(
    'SELECT sum(80 + length(message) + COALESCE(length(raw), 0)) AS bytes FROM ledger WHERE dataset_id = ?',
    [id],
  )!
  return (rows.bytes ?? 0) + (ledger.bytes ?? 0)
}
