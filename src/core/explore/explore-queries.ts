/** Summaries of a data set's rows, answered by the store thread. */
import type { Noise, ScaffoldCount } from '../../shared/contract/explore.ts'
import type { StoreReader } from '../store/handles.ts'

export interface ScaffoldQuery {
  id: string
  offset: number
  limit: number
  sort: 'count' | 'meanPX' | 'sdPX'
  descending: boolean
}

export function selectScaffolds(
  store: StoreReader,
  { id, offset, limit, sort, descending }: ScaffoldQuery,
): { total: number; scaffolds: ScaffoldCount[] } {
  // One pass over the rows and no sorting by SQLite: grouping 100,000 rows by a text twice took it three seconds.
  const families = new Map<string | null, Spread>()
  for (const { scaffold, pX, relation } of store.iterate<{ scaffold: string | null; pX: number; relation: string }>(
    'SELECT scaffold, p_x AS pX, relation FROM dataset_rows WHERE dataset_id = ?',
    [id],
  )) {
    const family = families.get(scaffold) ?? { count: 0, exact: 0, mean: 0, squares: 0 }
    families.set(scaffold, family)
    family.count++
    if (relation === '=') addValue(family, pX)
  }
  const scaffolds = [...families].map(([scaffold, { count, exact, mean, squares }]) => ({
    scaffold,
    count,
    meanPX: exact === 0 ? null : mean,
    sdPX: exact < 2 ? null : Math.sqrt(squares / (exact - 1)),
  }))
  const direction = descending ? -1 : 1
  scaffolds.sort(
    (a, b) => byNumber(a[sort], b[sort], direction) || b.count - a.count || byText(a.scaffold ?? '', b.scaffold ?? ''),
  )
  return { total: scaffolds.length, scaffolds: scaffolds.slice(offset, offset + limit) }
}

/** A running mean with the sum of squared deviations from it (Welford, 1962): sums of squares lose all digits of close values. */
interface Spread {
  count: number
  exact: number
  mean: number
  squares: number
}

function addValue(spread: Spread, value: number): void {
  const before = value - spread.mean
  spread.exact++
  spread.mean += before / spread.exact
  spread.squares += before * (value - spread.mean)
}

/** What is not known comes last in either direction. */
function byNumber(a: number | null, b: number | null, direction: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return direction * (a - b)
}

function byText(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}

/** Values by row index, for rows that are asked for. */
export function selectPoints(store: StoreReader, { id, rows }: { id: string; rows: readonly number[] }): number[] {
  return rows.map(
    row =>
      store.one<{ pX: number }>('SELECT p_x AS pX FROM dataset_rows WHERE dataset_id = ? AND row_index = ?', [id, row])!
        .pX,
  )
}

/**
 * Pooled over the groups of exact replicates: √(Σ (x − mean of its group)² / (records − groups)). Merged groups are told by the ledger,
 * with their values; where every record was kept they are rows of one structure.
 */
export function selectNoise(store: StoreReader, { id }: { id: string }): Noise {
  const merged = store.all<{ raw: string }>(
    "SELECT raw FROM ledger WHERE dataset_id = ? AND fate = 'accepted' AND rule = 'duplicate.median' AND raw IS NOT NULL",
    [id],
  )
  const kept = store.all<{ raw: string }>(
    // The keys that repeat are found on the index alone, so that only their rows are read.
    `SELECT group_concat(p_x, '; ') AS raw FROM dataset_rows
     WHERE dataset_id = $id AND relation = '=' AND structure_key IN (
       SELECT structure_key FROM dataset_rows WHERE dataset_id = $id GROUP BY structure_key HAVING count(*) > 1
     )
     GROUP BY structure_key, split HAVING count(*) > 1`,
    { id },
  )
  let [groups, records, squares] = [0, 0, 0]
  for (const { raw } of [...merged, ...kept]) {
    // A very long list is cut in the ledger: its last value is not whole.
    const values = (raw.endsWith('…') ? raw.slice(0, raw.lastIndexOf(';')) : raw).split(';').map(Number)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    groups++
    records += values.length
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  }
  return { groups, records, sd: groups === 0 ? null : Math.sqrt(squares / (records - groups)) }
}
