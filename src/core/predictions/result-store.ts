/** Predicted tables in the store: one row a record, with the cells it came with. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import type { predictionsContract } from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader, StoreWriter } from '../store/handles.ts'
import type { PredictedItem } from './predict-smiles.ts'

export interface ResultHead {
  id: string
  jobId: string
  modelId: string
  fileName: string
  header: string[]
}

export interface ResultRow {
  line: number
  smiles: string
  prediction: number | null
  lower: number | null
  upper: number | null
  domainDistance: number | null
  error: string | null
}

export interface ResultQuery {
  resultId: string
  offset: number
  limit: number
  sort: 'line' | 'prediction' | 'domainDistance'
  descending: boolean
}
export type ResultPage = z.infer<(typeof predictionsContract.result)['~orpc']['outputSchema'] & z.ZodType>

const COLUMNS = `line, smiles, prediction, lower, upper, domain_distance AS "domainDistance", error`
const SORT_COLUMN = { line: 'line', prediction: 'prediction', domainDistance: 'domain_distance' } as const
const SLICE_ROWS = 1_000

export function insertResult(store: StoreWriter, head: Omit<ResultHead, 'header'>): void {
  store.run('INSERT INTO prediction_results (id, job_id, model_id, file_name, header) VALUES (?, ?, ?, ?, ?)', [
    head.id,
    head.jobId,
    head.modelId,
    head.fileName,
    '[]',
  ])
}

export function setHeader(store: StoreWriter, resultId: string, header: readonly string[]): void {
  store.run('UPDATE prediction_results SET header = ? WHERE id = ?', [JSON.stringify(header), resultId])
}

/** ERR_3004 where there is none. */
export function getResult(store: StoreReader, resultId: string): ResultHead {
  const row = store.one<{ id: string; job_id: string; model_id: string; file_name: string; header: string }>(
    'SELECT * FROM prediction_results WHERE id = ?',
    [resultId],
  )
  if (row === undefined) throw new AppError('ERR_3004', `there is no predicted table ${resultId}`)
  const header = JSON.parse(row.header) as string[]
  return { id: row.id, jobId: row.job_id, modelId: row.model_id, fileName: row.file_name, header }
}

/** The table that a job makes. ERR_3004 where it makes none. */
export function findResult(store: StoreReader, jobId: string): { resultId: string; modelId: string; fileName: string } {
  const row = store.one<{ id: string; model_id: string; file_name: string }>(
    'SELECT id, model_id, file_name FROM prediction_results WHERE job_id = ?',
    [jobId],
  )
  if (row === undefined) throw new AppError('ERR_3004', `the job ${jobId} makes no predicted table`)
  return { resultId: row.id, modelId: row.model_id, fileName: row.file_name }
}

export interface PredictedRecord {
  line: number
  smiles: string
  cells: string[]
  item: PredictedItem
}

/** In one transaction. */
export function insertPredictions(store: StoreWriter, resultId: string, records: readonly PredictedRecord[]): void {
  store.write(() => {
    for (const { line, smiles, cells, item } of records) {
      const value = item.ok ? item.value : null
      store.run(
        `INSERT INTO predictions (result_id, line, smiles, cells, prediction, lower, upper, domain_distance, error)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          resultId,
          line,
          smiles,
          JSON.stringify(cells),
          value?.prediction ?? null,
          value?.lower ?? null,
          value?.upper ?? null,
          value?.domainDistance ?? null,
          item.ok ? null : item.error.message,
        ],
      )
    }
  })
}

/**
 * Rows without a value come last, whichever way it is sorted; equal ones in the order of the file. Counts and sorts the whole
 * table: not for the event loop. ERR_3004 where there is none.
 */
export function selectResult(store: StoreReader, query: ResultQuery): ResultPage {
  getResult(store, query.resultId)
  const counts = store.one<{ total: number; errors: number }>(
    'SELECT COUNT(*) AS total, COUNT(error) AS errors FROM predictions WHERE result_id = ?',
    [query.resultId],
  )
  const column = SORT_COLUMN[query.sort]
  const direction = query.descending ? 'DESC' : 'ASC'
  const rows = store.all<ResultRow>(
    `SELECT ${COLUMNS} FROM predictions WHERE result_id = ?
     ORDER BY ${column} ${direction} NULLS LAST, line LIMIT ? OFFSET ?`,
    [query.resultId, query.limit, query.offset],
  )
  return { total: counts?.total ?? 0, errors: counts?.errors ?? 0, rows }
}

/** Rows with their cells in the order of the file, a page at a time. */
export function* eachPage(store: StoreReader, resultId: string): Generator<(ResultRow & { cells: string[] })[]> {
  for (let after = 0; ; ) {
    const page = store.all<ResultRow & { cells: string }>(
      `SELECT ${COLUMNS}, cells FROM predictions WHERE result_id = ? AND line > ? ORDER BY line LIMIT ${SLICE_ROWS}`,
      [resultId, after],
    )
    if (page.length === 0) return
    yield page.map(row => ({ ...row, cells: JSON.parse(row.cells) as string[] }))
    after = page.at(-1)!.line
  }
}

/** The rows of a table, in slices that leave the event loop free. */
export async function deletePredictions(store: StoreWriter, resultId: string): Promise<void> {
  const slice = `DELETE FROM predictions WHERE result_id = @id AND line IN
    (SELECT line FROM predictions WHERE result_id = @id LIMIT ${SLICE_ROWS})`
  while (store.run(slice, { id: resultId }) > 0) await nextTurn()
}
