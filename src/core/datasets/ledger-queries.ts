/** What the ledger of a data set says, read from the store: entries, their kinds, and groups of values that lie far apart. */
import type { LedgerEntry, LedgerFate, SpreadGroup } from '../../shared/contract/datasets.ts'
import type { SqlValue, StoreReader } from '../store/handles.ts'

export interface LedgerQuery {
  id: string
  offset: number
  limit: number
  /** Empty for all. */
  fates: readonly LedgerFate[]
  rules?: readonly string[]
  /** Matches the cell, the reason and the column, or a line by its number; '' for all. */
  search?: string
}

export function selectLedger(store: StoreReader, query: LedgerQuery): { total: number; entries: LedgerEntry[] } {
  const { where, parameters } = ledgerFilter(query)
  const total = store.one<{ n: number }>(`SELECT count(*) AS n FROM ledger WHERE ${where}`, parameters)?.n ?? 0
  const entries = store.all<LedgerEntry>(
    `SELECT line, fate, column_name AS "column", raw, rule, message FROM ledger WHERE ${where}
     ORDER BY line, entry LIMIT ? OFFSET ?`,
    [...parameters, query.limit, query.offset],
  )
  return { total, entries }
}

function ledgerFilter({ id, fates, rules = [], search = '' }: LedgerQuery): { where: string; parameters: SqlValue[] } {
  const parts = ['dataset_id = ?']
  const parameters: SqlValue[] = [id]
  const oneOf = (column: string, values: readonly string[]): void => {
    if (values.length === 0) return
    parts.push(`${column} IN (${values.map(() => '?').join(', ')})`)
    parameters.push(...values)
  }
  oneOf('fate', fates)
  oneOf('rule', rules)
  const text = search.trim()
  if (text !== '') {
    const columns = ['raw', 'message', 'column_name'].map(name => `instr(lower(${name}), lower(?)) > 0`)
    parts.push(`(${columns.join(' OR ')}${/^\d+$/.test(text) ? ' OR line = ?' : ''})`)
    parameters.push(text, text, text, ...(/^\d+$/.test(text) ? [Number(text)] : []))
  }
  return { where: parts.join(' AND '), parameters }
}

export function selectLedgerRules(
  store: StoreReader,
  { id }: { id: string },
): { fate: LedgerFate; rule: string; count: number }[] {
  return store.all(
    `SELECT fate, rule, count(*) AS count FROM ledger WHERE dataset_id = ? GROUP BY fate, rule ORDER BY count DESC, rule`,
    [id],
  )
}

const MAX_GROUPS = 10_000
const SPREAD_LOG = 1

/** Merged groups are told by their entries, those of which every record is kept by their rows. */
export function selectSpreadGroups(store: StoreReader, { id }: { id: string }): SpreadGroup[] {
  const groups = [...mergedGroups(store, id), ...keptGroups(store, id)]
  return groups.sort((a, b) => b.highest - b.lowest - (a.highest - a.lowest) || a.line - b.line).slice(0, MAX_GROUPS)
}

interface FoundGroup {
  rows: string
  line: number
  id: string | null
  smiles: string
  pX: number
}

function mergedGroups(store: StoreReader, id: string): SpreadGroup[] {
  return store
    .all<FoundGroup & { raw: string; message: string }>(
      `SELECT json_array(r.row_index) AS rows, r.line, r.external_id AS id, r.smiles, r.p_x AS pX, l.raw, l.message
       FROM ledger l JOIN dataset_rows r ON r.dataset_id = l.dataset_id AND r.line = l.line
       WHERE l.dataset_id = ? AND l.rule = 'duplicate.spread'`,
      [id],
    )
    .map(({ raw, message, rows, ...group }) => {
      // As the import writes it: values in ascending order, and their number in words.
      const values = raw.split('; ')
      return {
        ...group,
        rows: JSON.parse(rows) as number[],
        lowest: Number(values[0]),
        highest: Number(values.at(-1)),
        records: Number(/of (\d+) records/.exec(message)?.[1] ?? 2),
      }
    })
}

function keptGroups(store: StoreReader, id: string): SpreadGroup[] {
  return store
    .all<FoundGroup & { lowest: number; highest: number; records: number }>(
      `SELECT json_group_array(row_index) AS rows, min(line) AS line, max(external_id) AS id, min(smiles) AS smiles, avg(p_x) AS pX,
         min(p_x) AS lowest, max(p_x) AS highest, count(*) AS records
       FROM dataset_rows WHERE dataset_id = ? AND relation = '='
       GROUP BY structure_key, split HAVING count(*) > 1 AND max(p_x) - min(p_x) > ${SPREAD_LOG}`,
      [id],
    )
    .map(({ rows, ...group }) => ({ ...group, rows: JSON.parse(rows) as number[] }))
}
