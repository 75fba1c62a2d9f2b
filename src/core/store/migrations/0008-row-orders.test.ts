import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { MIGRATIONS } from './index.ts'

const NUMBER = MIGRATIONS.findIndex(({ name }) => name === 'row-orders') + 1

it('keeps the rows that were there', () => {
  const database = new Database(':memory:')
  for (const { sql } of MIGRATIONS.slice(0, NUMBER - 1)) database.exec(sql)
  database.pragma('foreign_keys = OFF')
  database.exec(`INSERT INTO dataset_rows (dataset_id, row_index, line, external_id, smiles, structure_key, p_x, relation, raw_value)
    VALUES ('ds_1', 0, 2, 'b', 'CCO', 'k1', 6, '=', '6'), ('ds_1', 1, 3, NULL, 'CCN', 'k2', 5, '<', '5')`)
  const before = database.prepare('SELECT * FROM dataset_rows').all()
  database.exec(MIGRATIONS[NUMBER - 1]!.sql)
  expect(database.prepare('SELECT * FROM dataset_rows').all()).toEqual(before)
  database.close()
})
