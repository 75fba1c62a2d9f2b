import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store/open-store.ts'
import { pageSql, type RowQuery, rowConditions, selectRows } from './row-query.ts'

const ROWS = 100_000
const folder = mkdtempSync(path.join(tmpdir(), 'bindery-row-query-'))
let store: Store
beforeAll(async () => {
  store = await openStore(folder)
  store.write(() => {
    store.run(
      `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
       VALUES ('ds_1', 'x', 'importing', 'table', 'Ki', 'x.csv', 1, 0)`,
    )
    // Values that the sorts part in many ways, with ties and gaps.
    store.run(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
       INSERT INTO dataset_rows (dataset_id, row_index, line, external_id, smiles, structure_key, scaffold, p_x, relation, raw_value, split)
       SELECT 'ds_1', i, i + 2, CASE WHEN i % 10 = 9 THEN NULL ELSE 'M' || (i * 7919 % ${ROWS}) END, 'C' || i, 'k' || i,
         CASE i % 5 WHEN 0 THEN '' WHEN 1 THEN NULL ELSE 's' || (i % 97) END, 4 + (i * 31 % 500) / 100.0,
         CASE i % 4 WHEN 0 THEN '>' ELSE '=' END, 'raw', CASE i % 3 WHEN 0 THEN 'train' WHEN 1 THEN 'test' END
       FROM n`,
    )
  })
}, 60_000)
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const query = (changes: Partial<RowQuery> = {}): RowQuery => ({
  id: 'ds_1',
  offset: 0,
  limit: 200,
  sort: 'index',
  descending: false,
  ...changes,
})

describe('a page of 100,000 rows', () => {
  it.each(['index', 'pX', 'id', 'scaffold'] as const)('is found by an index that holds the order of %s', sort => {
    for (const descending of [false, true]) {
      const { where, parameters } = rowConditions(query({ sort, descending }))
      const plan = store
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${pageSql(query({ sort, descending }), where)}`, [
          ...parameters,
          200,
          90_000,
        ])
        .map(({ detail }) => detail)
      expect(plan).toEqual([expect.stringMatching(/^SEARCH dataset_rows USING .*(INDEX|PRIMARY KEY)/)])
    }
  })

  it('continues the one before it, in every order', () => {
    for (const sort of ['index', 'id', 'pX', 'smiles', 'relation', 'split', 'scaffold', 'date'] as const) {
      const whole = selectRows(store, query({ sort, descending: true, offset: 49_900, limit: 200 })).rows
      const halves = [0, 100].flatMap(
        more => selectRows(store, query({ sort, descending: true, offset: 49_900 + more, limit: 100 })).rows,
      )
      expect(halves.map(row => row.index)).toEqual(whole.map(row => row.index))
    }
  })
})

describe('filters', () => {
  const total = (changes: Partial<RowQuery>): number => selectRows(store, query({ limit: 1, ...changes })).total
  const count = (is: (i: number) => boolean): number => Array.from({ length: ROWS }, (_, i) => i).filter(is).length
  const pX = (i: number): number => 4 + ((i * 31) % 500) / 100

  it('hold all at once', () => {
    expect(total({})).toBe(ROWS)
    expect(total({ minPX: 6, maxPX: 7 })).toBe(count(i => pX(i) >= 6 && pX(i) <= 7))
    expect(total({ relations: ['>', '<'] })).toBe(ROWS / 4)
    expect(total({ splits: ['test', null] })).toBe(count(i => i % 3 > 0))
    expect(total({ scaffold: '' })).toBe(ROWS / 5)
    expect(total({ scaffold: 's3', relations: ['='], minPX: 5 })).toBe(
      count(i => i % 5 > 1 && i % 97 === 3 && i % 4 > 0 && pX(i) >= 5),
    )
    expect(total({ search: 'M999' })).toBe(count(i => i % 10 !== 9 && `M${(i * 7919) % ROWS}`.includes('M999')))
  })

  it('keep what a search has found, in its order where that is asked for', () => {
    const found = Int32Array.of(70_000, 5, 40_000, 12)
    const rows = (changes: Partial<RowQuery>): number[] =>
      selectRows(store, query({ found, ...changes })).rows.map(row => row.index)
    expect(rows({})).toEqual([5, 12, 40_000, 70_000])
    expect(rows({ sort: 'similarity', descending: true })).toEqual([70_000, 5, 40_000, 12])
    expect(rows({ sort: 'similarity' })).toEqual([12, 40_000, 5, 70_000])
    expect(rows({ sort: 'similarity', descending: true, relations: ['='], offset: 0, limit: 1 })).toEqual([5])
    expect(selectRows(store, query({ found: new Int32Array(), sort: 'similarity' }))).toEqual({ total: 0, rows: [] })
  })
})
