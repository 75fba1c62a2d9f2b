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
  // The deviation in two steps: sums of squares lose all digits where values lie close together.
  const groups = `WITH means AS MATERIALIZED (
      SELECT scaffold, count(*) AS count, avg(p_x) FILTER (WHERE relation = '=') AS meanPX
      FROM dataset_rows WHERE dataset_id = $id GROUP BY scaffold
    ), spreads AS (
      SELECT m.scaffold, m.count, m.meanPX,
        CASE WHEN count(r.p_x) > 1 THEN sqrt(sum((r.p_x - m.meanPX) * (r.p_x - m.meanPX)) / (count(r.p_x) - 1)) END AS sdPX
      FROM means m LEFT JOIN dataset_rows r
        ON r.dataset_id = $id AND r.scaffold IS m.scaffold AND r.relation = '='
      GROUP BY m.scaffold
    )`
  const direction = descending ? 'DESC' : 'ASC'
  const total = store.one<{ n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM dataset_rows WHERE dataset_id = ? GROUP BY scaffold)',
    [id],
  )!.n
  const scaffolds = store.all<ScaffoldCount>(
    `${groups} SELECT * FROM spreads ORDER BY ${sort} ${direction} NULLS LAST, count DESC, scaffold LIMIT $limit OFFSET $offset`,
    { id, limit, offset },
  )
  return { total, scaffolds }
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
    `SELECT group_concat(p_x, '; ') AS raw FROM dataset_rows WHERE dataset_id = ? AND relation = '='
     GROUP BY structure_key, split HAVING count(*) > 1`,
    [id],
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
