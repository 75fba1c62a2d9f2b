import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { modelRegistry } from './0009-model-registry.ts'
import { MIGRATIONS } from './index.ts'

it('makes every model that is there the current version of its own, and keeps what refers to it', async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), 'bindery-registry-'))
  const before = await openStore(workspace, MIGRATIONS.slice(0, modelRegistry.version - 1))
  before.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
     VALUES ('ds_aaaaaaaaaaaa', 'old', 'importing', 'table', 'Ki', 'x.csv', 10, 5)`,
  )
  const models = [
    ['mdl_aaaaaaaaaaaa', 'Thrombin', 'job_aaaaaaaaaaaa', 'ds_aaaaaaaaaaaa', 'auto', 'Ki', null, 0, 0.6, 100, 7],
    ['mdl_bbbbbbbbbbbb', 'Thrombin', 'job_bbbbbbbbbbbb', 'ds_aaaaaaaaaaaa', 'dmpnn', 'Ki', 'FIIa', 1, null, 50, 9],
  ]
  for (const model of models) {
    before.run(
      `INSERT INTO models (id, name, job_id, dataset_id, recipe, endpoint, target, simulated, test_rmse, size_bytes, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      model as (string | number | null)[],
    )
  }
  before.run(
    `INSERT INTO jobs (id, number, kind, name, state, model_id, request, created_at)
     VALUES ('job_cccccccccccc', 1, 'predict', 'x.csv', 'completed', 'mdl_aaaaaaaaaaaa', '{}', 8)`,
  )
  before.run(
    `INSERT INTO prediction_results (id, job_id, model_id, file_name, header)
     VALUES ('prd_aaaaaaaaaaaa', 'job_cccccccccccc', 'mdl_aaaaaaaaaaaa', 'x.csv', '[]')`,
  )
  const [was, jobs, results] = ['models', 'jobs', 'prediction_results'].map(table =>
    before.all<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY id`),
  )
  before.close()
  const after = await openStore(workspace, MIGRATIONS.slice(0, modelRegistry.version))
  const added = { version: 1, is_current: 1, state: 'active', origin: 'trained', licence: '', note: '' }
  expect(after.all('SELECT * FROM models ORDER BY id')).toEqual(
    was!.map(row => ({ ...row, ...added, family_id: null, fingerprint: null, verification: null, trashed_at: null })),
  )
  expect(after.all('SELECT * FROM prediction_results')).toEqual(results)
  const keys = Object.keys(jobs![0]!).join(', ')
  expect(after.all(`SELECT ${keys} FROM jobs`)).toEqual(jobs)
  expect(after.all('SELECT model_id, at, action FROM model_log ORDER BY model_id')).toEqual([
    { model_id: 'mdl_aaaaaaaaaaaa', at: 7, action: 'trained' },
    { model_id: 'mdl_bbbbbbbbbbbb', at: 9, action: 'trained' },
  ])
  after.run("DELETE FROM models WHERE id = 'mdl_aaaaaaaaaaaa'")
  expect(after.all('SELECT * FROM prediction_results')).toEqual([])
  expect(after.all('PRAGMA foreign_key_check')).toEqual([])
  after.close()
  rmSync(workspace, { recursive: true })
})
