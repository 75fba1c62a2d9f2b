import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { datasetVersions } from './0003-dataset-versions.ts'
import { MIGRATIONS } from './index.ts'

it('makes every data set that is there the first version of its own, and keeps the rest', async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-versions-'))
  const before = await openStore(workspace, MIGRATIONS.slice(0, datasetVersions.version - 1))
  const old = ['ds_aaaaaaaaaaaa', 'old', 'ready', 'table', 'Ki', 'x.csv', 10, 2, 1, 1, 5]
  before.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, rows_read, rows_accepted, rows_rejected, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    old,
  )
  const was = before.one<object>('SELECT * FROM datasets')
  before.close()
  const after = await openStore(workspace, MIGRATIONS.slice(0, datasetVersions.version))
  expect(after.all('SELECT * FROM datasets')).toEqual([
    { ...was, family_id: null, version: 1, parent_id: null, source_id: null, change: null, trashed_at: null },
  ])
  expect(after.all('PRAGMA foreign_key_check')).toEqual([])
  after.close()
  rmSync(workspace, { recursive: true })
})
