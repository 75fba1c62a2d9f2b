/** Pages of a data set's rows, filtered and sorted, answered by the store thread. */
import type { DatasetRow, RowFilter, RowSort } from '../../shared/contract/datasets.ts'
import type { SqlValue, StoreReader } from '../store/handles.ts'

export interface RowQuery extends Partial<Omit<RowFilter, 'searchId'>> {
  id: string
  offset: number
  limit: number
  sort: RowSort
  descending: boolean
  /** Only these rows, in the order of `similarity`; row indices. */
  found?: Int32Array
}

const SORT_COLUMNS: Readonly<Record<Exclude<RowSort, 'similarity'>, string>> = {
  index: 'row_index',
  id: 'external_id',
  pX: 'p_x',
  smiles: 'smiles',
  relation: 'relation',
  split: 'split',
  scaffold: 'scaffold',
  date: 'date',
}
const COLUMNS = `row_index AS "index", line, external_id AS id, smiles, p_x AS pX, relation, raw_value AS rawValue, split, date,
  scaffold`

export function selectRows(store: StoreReader, query: RowQuery): { total: number; rows: DatasetRow[] } {
  const { where, parameters } = rowConditions(query)
  const total = store.one<{ n: number }>(`SELECT count(*) AS n FROM dataset_rows WHERE ${where}`, parameters)!.n
  const page = store.all<{ row: number }>(pageSql(query, where), [
    ...(isBySimilarity(query) ? [foundAsJson(query)] : []),
    ...parameters,
    query.limit,
    query.offset,
  ])
  const rows = page.map(({ row }) =>
    store.one<DatasetRow>(`SELECT ${COLUMNS} FROM dataset_rows WHERE dataset_id = ? AND row_index = ?`, [
      query.id,
      row,
    ]),
  )
  return { total, rows: rows.filter(row => row !== undefined) }
}

/** The row indices of a page alone: what is skipped on the way to it need not be fetched where an index holds the order. */
export function pageSql(query: RowQuery, where: string): string {
  const direction = query.descending ? 'DESC' : 'ASC'
  if (isBySimilarity(query)) {
    // The first found is the most similar: descending is their own order.
    return `SELECT row_index AS row FROM json_each(?) AS m CROSS JOIN dataset_rows ON row_index = m.value
      WHERE ${where} ORDER BY m.key ${query.descending ? 'ASC' : 'DESC'} LIMIT ? OFFSET ?`
  }
  const column = SORT_COLUMNS[query.sort as keyof typeof SORT_COLUMNS] ?? 'row_index'
  const order = column === 'row_index' ? '' : `${column} ${direction}, `
  return `SELECT row_index AS row FROM dataset_rows WHERE ${where}
    ORDER BY ${order}row_index ${direction} LIMIT ? OFFSET ?`
}

function isBySimilarity({ sort, found }: RowQuery): boolean {
  return sort === 'similarity' && found !== undefined
}

export function rowConditions(query: RowQuery): { where: string; parameters: SqlValue[] } {
  const conditions = ['dataset_id = ?']
  const parameters: SqlValue[] = [query.id]
  const add = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition)
    parameters.push(...values)
  }
  // instr instead of LIKE: SMILES are case-sensitive and contain the wildcards of LIKE.
  const { search = '', minPX = null, maxPX = null, relations = [], splits = [], scaffold = null } = query
  if (search !== '') add('(instr(smiles, ?) > 0 OR instr(lower(external_id), lower(?)) > 0)', search, search)
  if (minPX !== null) add('p_x >= ?', minPX)
  if (maxPX !== null) add('p_x <= ?', maxPX)
  if (relations.length > 0) add(`relation IN (${relations.map(() => '?').join(', ')})`, ...relations)
  if (splits.length > 0) add(`(${splits.map(() => 'split IS ?').join(' OR ')})`, ...splits)
  if (scaffold !== null) add('scaffold = ?', scaffold)
  if (query.found !== undefined) add('row_index IN (SELECT value FROM json_each(?))', foundAsJson(query))
  return { where: conditions.join(' AND '), parameters }
}

function foundAsJson({ found }: RowQuery): string {
  return `[${(found ?? []).join()}]`
}
