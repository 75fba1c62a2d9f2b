import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { MIGRATIONS } from './index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-migration-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('keeps old jobs with their turn, their attempts and their numbers', async () => {
  const before = await openStore(folder, MIGRATIONS.slice(0, 6))
  const insert = (id: string, number: number, state: string): void =>
    void before.run(
      `INSERT INTO jobs (id, number, kind, name, state, request, created_at) VALUES (?, ?, 'train', 'a run', ?, '{}', 1)`,
      [id, number, state],
    )
  const move = (id: string, sequence: number, to: string, at: number): void =>
    void before.run(
      `INSERT INTO job_transitions (job_id, sequence, from_state, to_state, at, actor, cause) VALUES (?, ?, NULL, ?, ?, 'host', '')`,
      [id, sequence, to, at],
    )
  insert('ended', 3, 'completed')
  for (const [i, to] of ['queued', 'preparing', 'running', 'paused', 'queued', 'preparing', 'completed'].entries()) {
    move('ended', i + 1, to, 10 * (i + 1))
  }
  // Queued first, then paused and queued again: it stands behind the other.
  insert('resumed', 4, 'queued')
  for (const [i, to] of ['queued', 'preparing', 'running', 'paused', 'queued'].entries()) {
    move('resumed', i + 1, to, 100 + i)
  }
  insert('waiting', 7, 'queued')
  move('waiting', 1, 'queued', 103)
  insert('running', 8, 'running')
  move('running', 1, 'queued', 1)
  move('running', 2, 'preparing', 2)
  before.close()

  const after = await openStore(folder, MIGRATIONS.slice(0, 7))
  expect(after.all("SELECT id FROM jobs WHERE state = 'queued' ORDER BY queue_rank")).toEqual([
    { id: 'waiting' },
    { id: 'resumed' },
  ])
  expect(
    after.all('SELECT job_id, attempt, started_at, ended_at, state FROM job_attempts ORDER BY job_id, attempt'),
  ).toEqual([
    { job_id: 'ended', attempt: 1, started_at: 20, ended_at: 40, state: 'paused' },
    { job_id: 'ended', attempt: 2, started_at: 60, ended_at: 70, state: 'completed' },
    { job_id: 'resumed', attempt: 1, started_at: 101, ended_at: 103, state: 'paused' },
    { job_id: 'running', attempt: 1, started_at: 2, ended_at: null, state: null },
  ])
  expect(after.all('SELECT kind, last FROM job_numbers')).toEqual([{ kind: 'train', last: 8 }])
  expect(after.one("SELECT priority, retries, tags, notes, pinned, trashed_at FROM jobs WHERE id = 'ended'")).toEqual({
    priority: 0,
    retries: 0,
    tags: '[]',
    notes: '',
    pinned: 0,
    trashed_at: null,
  })
  after.close()
})
