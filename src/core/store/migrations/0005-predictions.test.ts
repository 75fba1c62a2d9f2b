import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { MIGRATIONS } from './index.ts'

const NUMBER = MIGRATIONS.findIndex(({ name }) => name === 'predictions') + 1

it('keeps the tables and rows that were there, with nothing known of their models and files', () => {
  const database = new Database(':memory:')
  for (const { sql } of MIGRATIONS.slice(0, NUMBER - 1)) database.exec(sql)
  database.pragma('foreign_keys = OFF')
  database.exec(`
    INSERT INTO prediction_results (id, job_id, model_id, file_name, header)
      VALUES ('prd_1', 'job_1', 'mdl_1', 'old.csv', '["smiles"]');
    INSERT INTO predictions (result_id, line, smiles, cells, prediction, lower, upper, domain_distance, error)
      VALUES ('prd_1', 2, 'CCO', '["CCO"]', 6.5, 6, 7, 0.25, NULL), ('prd_1', 3, 'x', '["x"]', NULL, NULL, NULL, NULL, 'no');
  `)
  const all = (table: string) => database.prepare(`SELECT * FROM ${table}`).all() as object[]
  const before = { results: all('prediction_results'), rows: all('predictions') }
  database.exec(MIGRATIONS[NUMBER - 1]!.sql)
  expect(all('prediction_results')).toEqual(before.results.map(row => ({ ...row, models: '[]', source: null })))
  expect(all('predictions')).toEqual(before.rows.map(row => ({ ...row, error_code: null })))
  const insert = database.prepare('INSERT INTO prediction_values (result_id, model_index, line) VALUES (?, ?, ?)')
  insert.run('prd_1', 1, 2)
  expect(() => insert.run('prd_1', 1, 2)).toThrow(/UNIQUE/)
  expect(() => insert.run('prd_1', 0, 2)).toThrow(/CHECK/)
  database.close()
})
