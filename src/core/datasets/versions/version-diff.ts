/** What differs between two versions of a data set, answered by the store thread. */
import type { DiffEntry, DiffSide, VersionDiff } from '../../../shared/contract/versions.ts'
import type { StoreReader } from '../../store/handles.ts'

export interface DiffQuery {
  from: string
  to: string
  offset: number
  limit: number
}

type Pairing = VersionDiff['pairedBy']

interface Row {
  change: DiffEntry['change']
  line: number
  id: string | null
  before: string | null
  after: string | null
}

/** The key a row is found by in the other version; with `structure`, records of one structure in their order. */
const KEYS: Readonly<Record<Pairing, string>> = {
  line: 'line',
  id: 'external_id',
  structure: `structure_key || ' ' || row_number() OVER (PARTITION BY structure_key ORDER BY row_index)`,
}

/**
 * Edits keep the lines of the file, so versions of one file are paired by line. Those of different files are paired by compound id
 * where every row of both has one of its own, else by structure.
 */
export function selectVersionDiff(store: StoreReader, query: DiffQuery): VersionDiff {
  const pairedBy = pairingOf(store, query)
  // Wide columns are fetched for the page only.
  const pairs = `
    a AS MATERIALIZED (SELECT ${KEYS[pairedBy]} AS k, row_index AS r FROM dataset_rows WHERE dataset_id = $from),
    b AS MATERIALIZED (SELECT ${KEYS[pairedBy]} AS k, row_index AS r FROM dataset_rows WHERE dataset_id = $to),
    pairs AS MATERIALIZED (SELECT a.r AS ra, b.r AS rb FROM a FULL JOIN b ON a.k = b.k),
    joined AS (
      SELECT ra, rb, COALESCE(y.line, x.line) AS line,
        CASE WHEN rb IS NULL THEN 'removed' WHEN ra IS NULL THEN 'added'
             WHEN x.smiles IS NOT y.smiles OR x.p_x IS NOT y.p_x OR x.relation IS NOT y.relation OR x.split IS NOT y.split
             THEN 'changed' ELSE 'same' END AS change
      FROM pairs
      LEFT JOIN dataset_rows x ON x.dataset_id = $from AND x.row_index = ra
      LEFT JOIN dataset_rows y ON y.dataset_id = $to AND y.row_index = rb
    )`
  const versions = { from: query.from, to: query.to }
  const counts = { added: 0, removed: 0, changed: 0, same: 0 }
  for (const { change, n } of store.all<{ change: keyof typeof counts; n: number }>(
    `WITH ${pairs} SELECT change, count(*) AS n FROM joined GROUP BY change`,
    versions,
  )) {
    counts[change] = n
  }
  const side = (row: string): string =>
    `json_object('smiles', ${row}.smiles, 'pX', ${row}.p_x, 'relation', ${row}.relation, 'rawValue', ${row}.raw_value,
       'unit', ${row}.unit, 'split', ${row}.split)`
  const rows = store.all<Row>(
    `WITH ${pairs},
       page AS (SELECT * FROM joined WHERE change <> 'same' ORDER BY change, line, ra, rb LIMIT $limit OFFSET $offset)
     SELECT change, page.line AS line, COALESCE(y.external_id, x.external_id) AS id,
       CASE WHEN ra IS NULL THEN NULL ELSE ${side('x')} END AS before,
       CASE WHEN rb IS NULL THEN NULL ELSE ${side('y')} END AS after
     FROM page
     LEFT JOIN dataset_rows x ON x.dataset_id = $from AND x.row_index = ra
     LEFT JOIN dataset_rows y ON y.dataset_id = $to AND y.row_index = rb
     ORDER BY change, page.line, ra, rb`,
    { ...versions, limit: query.limit, offset: query.offset },
  )
  const parse = (text: string | null): DiffSide | null => (text === null ? null : (JSON.parse(text) as DiffSide))
  return {
    ...counts,
    pairedBy,
    entries: rows.map(row => ({ ...row, before: parse(row.before), after: parse(row.after) })),
  }
}

function pairingOf(store: StoreReader, { from, to }: DiffQuery): Pairing {
  const sources = store.one<{ n: number }>(
    'SELECT count(DISTINCT COALESCE(source_id, id)) AS n FROM datasets WHERE id IN (?, ?)',
    [from, to],
  )!.n
  if (sources === 1) return 'line'
  const hasOwnIds = [from, to].every(id => {
    const ids = store.one<{ rows: number; ids: number }>(
      'SELECT count(*) AS rows, count(DISTINCT external_id) AS ids FROM dataset_rows WHERE dataset_id = ?',
      [id],
    )!
    return ids.rows === ids.ids
  })
  return hasOwnIds ? 'id' : 'structure'
}
