import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { initial } from './0001-initial.ts'
import { dates } from './0002-dates.ts'

it('keeps the rows that were there, without a date', () => {
  const database = new Database(':memory:')
  database.exec(initial.sql)
  database.exec(`
    INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
      VALUES ('ds_1', 'Old', 'importing', 'table', 'Ki', 'old.csv', 10, 1);
    INSERT INTO dataset_rows (dataset_id, row_index, line, external_id, smiles, structure_key, scaffold, p_x, relation, raw_value,
        unit, uncertainty, split)
      VALUES ('ds_1', 0, 2, 'a', 'CCO', 'K1', '', 6.5, '=', '316', 'nM', 0.1, 'train'),
             ('ds_1', 1, 3, NULL, 'CCN', 'K2', NULL, 5, '>', '10000', 'nM', NULL, NULL);
  `)
  const rows = () => database.prepare('SELECT * FROM dataset_rows ORDER BY row_index').all() as object[]
  const before = rows()
  database.exec(dates.sql)
  expect(rows()).toEqual(before.map(row => ({ ...row, date: null })))
  const set = database.prepare('UPDATE dataset_rows SET date = ? WHERE row_index = 0')
  set.run('2019-03')
  expect(() => set.run('March')).toThrow(/CHECK constraint/)
  database.close()
})
