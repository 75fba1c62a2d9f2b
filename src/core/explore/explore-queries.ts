/** Summaries of a data set's rows, answered by the store thread. */
import type { ScaffoldCount } from '../../shared/contract/explore.ts'
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
