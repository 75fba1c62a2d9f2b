import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { presets } from './0006-presets.ts'
import { MIGRATIONS } from './index.ts'

it('leaves what was there and keeps names apart from their capitals only', () => {
  const database = new Database(':memory:')
  for (const { version, sql } of MIGRATIONS) if (version < presets.version) database.exec(sql)
  database.exec("INSERT INTO settings (name, value) VALUES ('language', '\"en\"')")
  database.exec(presets.sql)
  expect(database.prepare('SELECT * FROM settings').all()).toEqual([{ name: 'language', value: '"en"' }])
  expect(database.prepare('SELECT * FROM presets').all()).toEqual([])
  const insert = database.prepare("INSERT INTO presets VALUES (?, 'dmpnn', 'production', '{}', 1, 1)")
  insert.run('Thrombin')
  expect(() => insert.run('thrombin')).toThrow(/UNIQUE constraint/)
  expect(() => insert.run('')).toThrow(/CHECK constraint/)
  database.close()
})
