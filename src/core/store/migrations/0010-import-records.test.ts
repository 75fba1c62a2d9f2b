import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { importRecords } from './0010-import-records.ts'
import { MIGRATIONS } from './index.ts'

it('keeps the data sets that were there, without a header or rejected records', async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-records-'))
  const before = await openStore(workspace, MIGRATIONS.slice(0, importRecords.version - 1))
  before.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, rows_read, rows_accepted, rows_rejected, created_at)
     VALUES ('ds_aaaaaaaaaaaa', 'old', 'ready', 'table', 'Ki', 'x.csv', 10, 2, 1, 1, 5)`,
  )
  const was = before.all<object>('SELECT * FROM datasets')
  before.close()
  const after = await openStore(workspace, MIGRATIONS.slice(0, importRecords.version))
  expect(after.all('SELECT * FROM datasets')).toEqual(was.map(row => ({ ...row, header: null })))
  after.run("INSERT INTO rejected_records VALUES ('ds_aaaaaaaaaaaa', 3, '[]')")
  after.run('DELETE FROM datasets')
  expect(after.all('SELECT * FROM rejected_records')).toEqual([])
  after.close()
  rmSync(workspace, { recursive: true })
})
