import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Model } from '../../shared/contract/models.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { checkUnused } from './model-users.ts'

const [FIRST, SECOND, STANDIN, RETRIED, IDLE] = ['a', 'b', 'c', 'd', 'e'].map(letter => `mdl_${letter.repeat(12)}`)
let workspace: string
let store: Store

beforeAll(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-users-'))
  store = await openStore(workspace)
  for (const id of [FIRST, SECOND, STANDIN, RETRIED, IDLE]) {
    store.run(
      `INSERT INTO models (id, name, recipe, endpoint, simulated, size_bytes, created_at) VALUES (?, ?, 'dmpnn', 'Ki', 0, 1, 1)`,
      [id!, id!],
    )
  }
  const jobs = [
    [
      'job_000000000001',
      1,
      'queued',
      FIRST,
      { modelId: FIRST, also: [SECOND], fallback: [STANDIN], resultId: 'prd_1' },
    ],
    ['job_000000000002', 2, 'completed', IDLE, { modelId: IDLE, also: [IDLE], fallback: [IDLE], resultId: 'prd_2' }],
    ['job_000000000003', 3, 'running', FIRST, { retryOf: 'prd_2' }],
  ] as const
  for (const [id, number, state, model, request] of jobs) {
    store.run(
      `INSERT INTO jobs (id, number, kind, name, state, model_id, request, created_at) VALUES (?, ?, 'predict', 'x.csv', ?, ?, ?, ?)`,
      [id, number, state, model!, JSON.stringify(request), number],
    )
  }
  store.run(
    `INSERT INTO prediction_results (id, job_id, model_id, file_name, header, models) VALUES ('prd_2', 'job_000000000002', ?, 'x.csv', '[]', ?)`,
    [FIRST!, JSON.stringify([{ modelId: FIRST }, { modelId: RETRIED }])],
  )
})
afterAll(() => {
  store.close()
  rmSync(workspace, { recursive: true })
})

function usersOf(id: string | undefined): unknown {
  try {
    checkUnused(store, { id, name: id } as Model, [])
    return []
  } catch (error) {
    return (error as { details: { usedBy: string[] } }).details.usedBy
  }
}

it('names predictions that wait or run with a model, beside another, with it standing in, or trying again', () => {
  const [waiting, again] = ['the prediction "x.csv" (#1)', 'the prediction "x.csv" (#3)']
  expect(usersOf(FIRST)).toEqual([waiting, again])
  expect(usersOf(SECOND)).toEqual([waiting])
  expect(usersOf(STANDIN)).toEqual([waiting])
  expect(usersOf(RETRIED)).toEqual([again])
  expect(usersOf(IDLE)).toEqual([])
})
