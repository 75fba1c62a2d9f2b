/** Predicted tables in the store: what is written, one row a record with the cells it came with. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Model } from '../../shared/contract/models.ts'
import type { AnsweredBy } from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'
import type { PredictedRow } from './predict-block.ts'

/** A model of a table, in the order of its columns. */
export type TableModel = AnsweredBy & { endpoint: Model['endpoint'] }

/** A file as it was when its first row was read. */
export interface Source {
  sizeBytes: number
  mtimeMs: number
}

export interface ResultHead {
  id: string
  jobId: string
  modelId: string
  fileName: string
  /** Of the file; empty until its last row is stored. */
  header: string[]
  models: TableModel[]
  source: Source | null
}

const SLICE_ROWS = 1_000

export function insertResult(
  store: StoreWriter,
  head: Pick<ResultHead, 'id' | 'jobId' | 'modelId' | 'fileName'>,
): void {
  store.run("INSERT INTO prediction_results (id, job_id, model_id, file_name, header) VALUES (?, ?, ?, ?, '[]')", [
    head.id,
    head.jobId,
    head.modelId,
    head.fileName,
  ])
}

export function setHeader(store: StoreWriter, resultId: string, header: readonly string[]): void {
  store.run('UPDATE prediction_results SET header = ? WHERE id = ?', [JSON.stringify(header), resultId])
}

/** Before the first row. */
export function setBeginning(
  store: StoreWriter,
  resultId: string,
  { models, source }: { models: readonly TableModel[]; source: Source },
): void {
  store.run('UPDATE prediction_results SET models = ?, source = ? WHERE id = ?', [
    JSON.stringify(models),
    JSON.stringify(source),
    resultId,
  ])
}

/** ERR_3004 where there is none. */
export function getResult(store: StoreReader, resultId: string): ResultHead {
  const row = store.one<{
    id: string
    job_id: string
    model_id: string
    file_name: string
    header: string
    models: string
    source: string | null
    name: string
    endpoint: Model['endpoint']
  }>(
    `SELECT r.*, m.name, m.endpoint FROM prediction_results AS r JOIN models AS m ON m.id = r.model_id WHERE r.id = ?`,
    [resultId],
  )
  if (row === undefined) throw new AppError('ERR_3004', `there is no predicted table ${resultId}`)
  const models = JSON.parse(row.models) as TableModel[]
  const own = { modelId: row.model_id, name: row.name, endpoint: row.endpoint, instead: null }
  return {
    id: row.id,
    jobId: row.job_id,
    modelId: row.model_id,
    fileName: row.file_name,
    header: JSON.parse(row.header) as string[],
    models: models.length === 0 ? [own] : models,
    source: row.source === null ? null : (JSON.parse(row.source) as Source),
  }
}

/** The table that a job makes, or whose failed rows it does once more. ERR_3004 where it makes none. */
export function findResult(store: StoreReader, jobId: string): { resultId: string; modelId: string; fileName: string } {
  const row = store.one<{ id: string; model_id: string; file_name: string }>(
    `SELECT id, model_id, file_name FROM prediction_results
     WHERE job_id = $job OR id = (SELECT json_extract(request, '$.retryOf') FROM jobs WHERE id = $job)`,
    { job: jobId },
  )
  if (row === undefined) throw new AppError('ERR_3004', `the job ${jobId} makes no predicted table`)
  return { resultId: row.id, modelId: row.model_id, fileName: row.file_name }
}

export interface PredictedRecord {
  line: number
  smiles: string
  cells: string[]
  row: PredictedRow
}

/** In one transaction. A line that is there already is a fault of the caller and breaks it. */
export function insertPredictions(store: StoreWriter, resultId: string, records: readonly PredictedRecord[]): void {
  store.write(() => {
    for (const { line, smiles, cells, row } of records) {
      store.run(
        `INSERT INTO predictions (result_id, line, smiles, cells, prediction, lower, upper, domain_distance, error, error_code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [resultId, line, smiles, JSON.stringify(cells), ...firstValues(row)],
      )
      insertOthers(store, { resultId, line, row })
    }
  })
}

/** Puts new answers in the place of those of the same lines. In one transaction. */
export function replacePredictions(
  store: StoreWriter,
  resultId: string,
  rows: readonly { line: number; row: PredictedRow }[],
): void {
  store.write(() => {
    for (const { line, row } of rows) {
      store.run(
        `UPDATE predictions SET prediction = ?, lower = ?, upper = ?, domain_distance = ?, error = ?, error_code = ?
         WHERE result_id = ? AND line = ?`,
        [...firstValues(row), resultId, line],
      )
      store.run('DELETE FROM prediction_values WHERE result_id = ? AND line = ? AND model_index >= 1', [resultId, line])
      insertOthers(store, { resultId, line, row })
    }
  })
}

function firstValues(row: PredictedRow): (number | string | null)[] {
  if (row.error !== null) return [null, null, null, null, row.error.message, row.error.code]
  const first = row.values[0]
  if (!first) throw new Error('a row without an error and without a value')
  return [first.prediction, first.lower, first.upper, first.domainDistance, null, null]
}

function insertOthers(
  store: StoreWriter,
  { resultId, line, row }: { resultId: string; line: number; row: PredictedRow },
): void {
  if (row.error !== null) return
  for (const [index, value] of row.values.entries()) {
    if (index === 0 || value === null) continue
    store.run(
      `INSERT INTO prediction_values (result_id, model_index, line, prediction, lower, upper, domain_distance)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [resultId, index, line, value.prediction, value.lower, value.upper, value.domainDistance],
    )
  }
}

/** The last line that is stored, 0 where there is none: rows are written in the order of the file, whole blocks at a time. */
export function lastLine(store: StoreReader, resultId: string): number {
  return (
    store.one<{ line: number | null }>('SELECT MAX(line) AS line FROM predictions WHERE result_id = ?', [resultId])
      ?.line ?? 0
  )
}

export function countRows(store: StoreReader, resultId: string): { all: number; errors: number } {
  const counts = store.one<{ total: number; errors: number }>(
    'SELECT COUNT(*) AS total, COUNT(error) AS errors FROM predictions WHERE result_id = ?',
    [resultId],
  )
  return { all: counts?.total ?? 0, errors: counts?.errors ?? 0 }
}

/** Rows that could not be predicted but have a structure to try again with, a page behind `after`. */
export function failedRows(store: StoreReader, resultId: string, after: number): { line: number; smiles: string }[] {
  return store.all(
    `SELECT line, smiles FROM predictions WHERE result_id = ? AND line > ? AND error IS NOT NULL AND smiles <> ''
     ORDER BY line LIMIT 256`,
    [resultId, after],
  )
}

/** The rows of a table, in slices that leave the event loop free. */
export async function deletePredictions(store: StoreWriter, resultId: string): Promise<void> {
  for (const table of ['predictions', 'prediction_values']) {
    const slice = `DELETE FROM ${table} WHERE result_id = @id AND line IN
      (SELECT line FROM ${table} WHERE result_id = @id LIMIT ${SLICE_ROWS})`
    while (store.run(slice, { id: resultId }) > 0) await nextTurn()
  }
}
