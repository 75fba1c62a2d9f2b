/** Predicted tables as they are read: ranked, filtered, a page at a time. Scans whole tables: not for the event loop. */
import type { z } from 'zod'
import type { predictionsContract, ResultFilter, resultSortSchema } from '../../shared/contract/predictions.ts'
import { DOMAIN_LIMITS } from '../../shared/domain-verdict.ts'
import type { SqlValue, StoreReader } from '../store/handles.ts'
import { countRows, getResult } from './result-store.ts'

export interface ResultRow {
  line: number
  smiles: string
  prediction: number | null
  lower: number | null
  upper: number | null
  domainDistance: number | null
  error: string | null
}

/** Values of the second and further models. */
export type OtherValues = ResultPage['rows'][number]['others']

export interface ResultQuery {
  resultId: string
  offset: number
  limit: number
  sort: z.infer<typeof resultSortSchema>
  /** Whose values are sorted and filtered by. */
  modelIndex?: number
  descending: boolean
  filter?: ResultFilter | undefined
}
export type ResultPage = z.infer<(typeof predictionsContract.result)['~orpc']['outputSchema'] & z.ZodType>

const COLUMNS =
  'p.line, p.smiles, p.prediction, p.lower, p.upper, p.domain_distance AS "domainDistance", p.error, p.cells'
const SORT = {
  line: () => 'p.line',
  prediction: of => `${of}.prediction`,
  domainDistance: of => `${of}.domain_distance`,
  width: of => `${of}.upper - ${of}.lower`,
} as const satisfies Record<ResultQuery['sort'], (of: 'p' | 'v') => string>
const SLICE_ROWS = 1_000

/** Rows without a value come last, whichever way it is sorted; equal ones in the order of the file. ERR_3004 where there is none. */
export function selectResult(store: StoreReader, query: ResultQuery): ResultPage {
  const { models } = getResult(store, query.resultId)
  const counts = countRows(store, query.resultId)
  const { from, where, parameters } = conditions(query)
  const total =
    where === 'p.result_id = ?'
      ? counts.all
      : (store.one<{ total: number }>(`SELECT COUNT(*) AS total FROM ${from} WHERE ${where}`, parameters)?.total ?? 0)
  const rows = rankedRows(store, query, { limit: query.limit, offset: query.offset })
  const others = otherValues(store, query.resultId, { lines: rows.map(row => row.line), models: models.length })
  return {
    total,
    ...counts,
    models,
    rows: rows.map(({ cells: _cells, ...row }) => ({ ...row, others: others(row.line) })),
  }
}

/** Rows in the order and under the filter of a query, with their cells. */
export function rankedRows(
  store: StoreReader,
  query: Omit<ResultQuery, 'offset' | 'limit'>,
  { limit, offset }: { limit: number; offset: number },
): (ResultRow & { cells: string })[] {
  const { of, from, where, parameters } = conditions(query)
  const direction = query.descending ? 'DESC' : 'ASC'
  return store.all(
    `SELECT ${COLUMNS} FROM ${from} WHERE ${where}
     ORDER BY ${SORT[query.sort](of)} ${direction} NULLS LAST, p.line LIMIT ? OFFSET ?`,
    [...parameters, limit, offset],
  )
}

/** The lines under the filter of a query in its order: what is saved, without holding the rows. */
export function selectLines(store: StoreReader, query: Omit<ResultQuery, 'offset' | 'limit'>): Float64Array {
  const { of, from, where, parameters } = conditions(query)
  const direction = query.descending ? 'DESC' : 'ASC'
  const sql = `SELECT p.line FROM ${from} WHERE ${where} ORDER BY ${SORT[query.sort](of)} ${direction} NULLS LAST, p.line`
  return Float64Array.from(store.iterate<{ line: number }>(sql, parameters), row => row.line)
}

/** The best rows with a value under a filter, highest prediction first, and how many there are. */
export function selectBest(
  store: StoreReader,
  query: Pick<ResultQuery, 'resultId' | 'modelIndex' | 'filter'> & { top: number },
): { rows: { line: number; smiles: string; prediction: number }[]; total: number } {
  getResult(store, query.resultId)
  const { of, from, where, parameters } = conditions(query)
  const valued = `${where} AND ${of}.prediction IS NOT NULL`
  const rows = store.all<{ line: number; smiles: string; prediction: number }>(
    `SELECT p.line, p.smiles, ${of}.prediction FROM ${from} WHERE ${valued} ORDER BY ${of}.prediction DESC, p.line LIMIT ?`,
    [...parameters, query.top],
  )
  const total = store.one<{ total: number }>(`SELECT COUNT(*) AS total FROM ${from} WHERE ${valued}`, parameters)
  return { rows, total: total?.total ?? 0 }
}

/** Some rows with their cells, in the order of the lines. */
export function rowsOfLines(
  store: StoreReader,
  resultId: string,
  lines: readonly number[],
): (ResultRow & { cells: string[] })[] {
  const rows = store.all<ResultRow & { cells: string }>(
    `SELECT ${COLUMNS} FROM predictions AS p WHERE p.result_id = ? AND p.line IN (SELECT value FROM json_each(?))`,
    [resultId, JSON.stringify(lines)],
  )
  const byLine = new Map(rows.map(row => [row.line, { ...row, cells: JSON.parse(row.cells) as string[] }]))
  return lines.flatMap(line => byLine.get(line) ?? [])
}

/** [second and further models] of each of some lines. */
export function otherValues(
  store: StoreReader,
  resultId: string,
  { lines, models }: { lines: readonly number[]; models: number },
): (line: number) => OtherValues {
  if (models <= 1 || lines.length === 0) return () => []
  const found = store.all<NonNullable<OtherValues[number]> & { line: number; modelIndex: number }>(
    `SELECT line, model_index AS "modelIndex", prediction, lower, upper, domain_distance AS "domainDistance"
     FROM prediction_values WHERE result_id = ? AND model_index BETWEEN 1 AND ?
       AND line IN (SELECT value FROM json_each(?))`,
    [resultId, models - 1, JSON.stringify(lines)],
  )
  const byLine = new Map<number, OtherValues>()
  for (const { line, modelIndex, ...value } of found) {
    const values = byLine.get(line) ?? new Array<null>(models - 1).fill(null)
    values[modelIndex - 1] = value
    byLine.set(line, values)
  }
  return line => byLine.get(line) ?? new Array<null>(models - 1).fill(null)
}

/** Rows with their cells in the order of the file, a page at a time. */
export function* eachPage(store: StoreReader, resultId: string): Generator<(ResultRow & { cells: string[] })[]> {
  for (let after = 0; ; ) {
    const page = store.all<ResultRow & { cells: string }>(
      `SELECT ${COLUMNS} FROM predictions AS p WHERE p.result_id = ? AND p.line > ? ORDER BY p.line LIMIT ${SLICE_ROWS}`,
      [resultId, after],
    )
    if (page.length === 0) return
    yield page.map(row => ({ ...row, cells: JSON.parse(row.cells) as string[] }))
    after = page.at(-1)!.line
  }
}

/** Whose values are asked about: those of the first model stand in the row itself (`p`), the others beside it (`v`). */
function conditions({ resultId, modelIndex = 0, filter }: Pick<ResultQuery, 'resultId' | 'modelIndex' | 'filter'>) {
  const of = modelIndex === 0 ? 'p' : 'v'
  const from =
    of === 'p'
      ? 'predictions AS p'
      : `predictions AS p LEFT JOIN prediction_values AS v
           ON v.result_id = p.result_id AND v.model_index = ${Math.trunc(modelIndex)} AND v.line = p.line`
  const where = ['p.result_id = ?']
  const parameters: SqlValue[] = [resultId]
  const add = (sql: string, ...values: SqlValue[]): void => {
    where.push(sql)
    parameters.push(...values)
  }
  if (filter) {
    if (filter.least !== null) add(`${of}.prediction >= ?`, filter.least)
    if (filter.most !== null) add(`${of}.prediction <= ?`, filter.most)
    if (filter.widest !== null) add(`${of}.upper - ${of}.lower <= ?`, filter.widest)
    if (filter.errors !== 'all') add(`p.error IS ${filter.errors === 'only' ? 'NOT ' : ''}NULL`)
    if (filter.domain.length > 0) {
      add(`(${filter.domain.map(domain => DOMAIN_CONDITION[domain](`${of}.domain_distance`)).join(' OR ')})`)
    }
    if (filter.lines !== null) add('p.line IN (SELECT value FROM json_each(?))', JSON.stringify(filter.lines))
    if (filter.text.trim() !== '') add(TEXT_CONDITION, ...textPatterns(filter.text.trim()))
  }
  return { of, from, where: where.join(' AND '), parameters } as const
}

const DOMAIN_CONDITION = {
  inside: (distance: string) => `${distance} <= ${DOMAIN_LIMITS.inside}`,
  edge: (distance: string) => `(${distance} > ${DOMAIN_LIMITS.inside} AND ${distance} <= ${DOMAIN_LIMITS.edge})`,
  outside: (distance: string) => `${distance} > ${DOMAIN_LIMITS.edge}`,
} as const

const TEXT_CONDITION = String.raw`(p.smiles LIKE ? ESCAPE '\' OR p.cells LIKE ? ESCAPE '\' OR p.error LIKE ? ESCAPE '\')`

/** The cells are JSON: a character that JSON writes otherwise is looked for as it stands there. */
function textPatterns(text: string): [smiles: string, cells: string, error: string] {
  const pattern = (part: string): string => `%${part.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
  return [pattern(text), pattern(JSON.stringify(text).slice(1, -1)), pattern(text)]
}
