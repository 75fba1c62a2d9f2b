/** Writes what an edit did to single records into the ledger of the new version, and counts the fates anew. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Affinity } from '../../../shared/affinity.ts'
import type { Dataset, Relation } from '../../../shared/contract/datasets.ts'
import type { StoreWriter } from '../../store/handles.ts'
import type { Derivation } from './derive-version.ts'

/** A row as it was, with what the ledger says of its record. */
interface OldRow {
  line: number
  raw: string
  pX: number
  relation: Relation
  row: number
  isAltered: 0 | 1
  said: string | null
}

interface Kind {
  fate: 'altered' | 'rejected'
  rule: 'edit.dropped' | 'edit.valueChanged'
  describe(row: OldRow): string
}

const SLICE_ROWS = 250

/**
 * A dropped record counts as rejected from now on, one with another value as altered; each has one entry, which repeats what was said
 * of it before. Records that were merged into a dropped row stay merged: the row they went into says what became of them.
 */
export async function writeEditLedger(
  store: StoreWriter,
  id: string,
  { parent, drop, change, note }: Derivation,
): Promise<Dataset['rows']> {
  let next =
    (store.one<{ last: number | null }>('SELECT max(entry) AS last FROM ledger WHERE dataset_id = ?', [id])!.last ??
      -1) + 1

  function replaceEntries(row: OldRow, kind: Kind): void {
    store.run("DELETE FROM ledger WHERE dataset_id = ? AND line = ? AND fate IN ('accepted', 'altered')", [
      id,
      row.line,
    ])
    const before = row.said === null ? '' : ` (before: ${row.said})`
    store.run('INSERT INTO ledger (dataset_id, entry, line, fate, raw, rule, message) VALUES (?, ?, ?, ?, ?, ?, ?)', [
      id,
      next++,
      row.line,
      kind.fate,
      row.raw,
      kind.rule,
      `${kind.describe(row)}: ${note}${before}`,
    ])
  }

  /** How many of the rows were altered when they were imported. */
  async function replaceAll(rows: readonly number[], kind: Kind): Promise<number> {
    let altered = 0
    for (let from = 0; from < rows.length; from += SLICE_ROWS) {
      store.write(() => {
        for (const row of oldRows(store, parent.id, rows.slice(from, from + SLICE_ROWS))) {
          altered += row.isAltered
          replaceEntries(row, kind)
        }
      })
      await nextTurn()
    }
    return altered
  }

  const droppedAltered = await replaceAll(drop, { fate: 'rejected', rule: 'edit.dropped', describe: () => 'dropped' })
  const changedAltered = await replaceAll([...change.keys()], {
    fate: 'altered',
    rule: 'edit.valueChanged',
    describe: row => `was ${asText(row)}, is ${asText(change.get(row.row)!)}`,
  })
  const { read, accepted, altered, merged, rejected } = parent.rows
  const newlyAltered = change.size - changedAltered
  return {
    read,
    accepted: accepted - (drop.length - droppedAltered) - newlyAltered,
    altered: altered - droppedAltered + newlyAltered,
    merged,
    rejected: rejected + drop.length,
  }
}

function oldRows(store: StoreWriter, id: string, rows: readonly number[]): OldRow[] {
  const said = `FROM ledger l WHERE l.dataset_id = r.dataset_id AND l.line = r.line AND l.fate IN ('accepted', 'altered')`
  return store.all<OldRow>(
    `SELECT row_index AS row, line, raw_value AS raw, p_x AS pX, relation,
       EXISTS (SELECT 1 ${said} AND l.fate = 'altered') AS isAltered,
       (SELECT group_concat(l.message, '; ') ${said}) AS said
     FROM dataset_rows r
     WHERE dataset_id = ? AND row_index IN (SELECT value FROM json_each(?)) ORDER BY row_index`,
    [id, JSON.stringify(rows)],
  )
}

/** The bound of a concentration, turned round into that of pX. */
const OF_PX: Readonly<Record<Relation, string>> = { '=': '', '~': '~', '<': '>', '<=': '≥', '>': '<', '>=': '≤' }

function asText({ pX, relation }: Pick<Affinity, 'pX' | 'relation'>): string {
  return `pX ${OF_PX[relation]}${pX.toFixed(3)}`
}
