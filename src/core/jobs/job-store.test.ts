import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JobState, jobSchema, jobStateSchema } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { toJob } from './job-rows.ts'
import { createJobStore } from './job-store.ts'
import { canMove } from './transitions.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-job-store-'))
let store: Store
beforeAll(async () => {
  store = await openStore(folder)
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const submitted = { kind: 'train', name: 'a run', datasetId: null, request: { asked: true } } as const

/** Written down a second time from the specification, by hand, so that a slip in the table shows. */
const PATHS: readonly string[] = [
  'draft > queued > preparing > running > completed',
  'draft > cancelling > cancelled',
  'queued > preparing > failed',
  'queued > preparing > interrupted',
  'preparing > running > failed',
  'running > interrupted',
  'running > pausing > paused > queued',
  'queued > cancelling > cancelled',
  'preparing > cancelling',
  'running > cancelling',
  'pausing > cancelling',
  'paused > cancelling',
  'pausing > completed',
  'pausing > failed',
  'pausing > interrupted',
  // Resume, by the user only.
  'failed > queued',
  'cancelled > queued',
  'interrupted > queued',
]

describe('transition table', () => {
  it('has the specified moves and no others', () => {
    const expected = new Set<string>()
    for (const line of PATHS) {
      const states = line.split(' > ')
      for (let i = 1; i < states.length; i++) expected.add(`${states[i - 1]} > ${states[i]}`)
    }
    const actual = jobStateSchema.options.flatMap(from =>
      jobStateSchema.options.filter(to => canMove(from, to)).map(to => `${from} > ${to}`),
    )
    expect(actual.sort()).toEqual([...expected].sort())
  })

  it('reaches an end from every state', () => {
    const reaches = (from: JobState, seen = new Set<JobState>()): boolean =>
      ['completed', 'failed', 'cancelled', 'interrupted'].includes(from) ||
      jobStateSchema.options.some(to => canMove(from, to) && !seen.has(to) && reaches(to, new Set([...seen, from])))
    expect(jobStateSchema.options.filter(state => !reaches(state))).toEqual([])
  })
})

describe('job store', () => {
  it('stores what was asked and reads it back in the shape of the contract', () => {
    const jobs = createJobStore(store, () => 1_700_000_000_000)
    const row = jobs.insert({ ...submitted, kind: 'import', name: 'assay.csv' })
    expect(row).toMatchObject({ kind: 'import', state: 'queued', request: { asked: true }, train: null, pid: null })
    expect(jobSchema.parse(toJob(row))).toEqual(toJob(row))
    expect(jobs.insert({ ...submitted, kind: 'import' }).number).toBe(row.number + 1)
    expect(jobs.transitions(row.id)).toEqual([
      { from: null, to: 'queued', at: 1_700_000_000_000, actor: 'user', cause: 'submitted' },
    ])
  })

  it('inserts nothing when what belongs to the job cannot be written', () => {
    const jobs = createJobStore(store)
    const before = jobs.list().length
    const prepare = (): void => {
      throw new Error('disk full')
    }
    expect(() => jobs.insert({ ...submitted, prepare })).toThrow('disk full')
    expect(() => jobs.insert({ ...submitted, datasetId: 'ds_000000000000' })).toThrow('FOREIGN KEY')
    expect(jobs.list().length).toBe(before)
  })

  it('keeps state and record together under any order of requests', () => {
    const jobs = createJobStore(store)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...jobStateSchema.options), { maxLength: 30 }), requests => {
        const { id } = jobs.insert(submitted)
        const expected: [JobState | null, JobState][] = [[null, 'queued']]
        for (const to of requests) {
          const from = expected.at(-1)![1]
          const before = jobs.get(id)
          if (canMove(from, to)) {
            expect(jobs.move(id, { to, actor: 'host', cause: 'test' }).state).toBe(to)
            expected.push([from, to])
          } else {
            expect(() => jobs.move(id, { to, actor: 'host', cause: 'test' })).toThrow(AppError)
            expect(jobs.get(id)).toEqual(before)
          }
        }
        expect(jobs.transitions(id).map(t => [t.from, t.to])).toEqual(expected)
        const ended = ['completed', 'failed', 'cancelled', 'interrupted'].includes(jobs.get(id).state)
        expect(jobs.get(id).endedAt !== null).toBe(ended)
      }),
      { numRuns: 150, seed: 42 },
    )
  })

  it('queues in the order of being queued, a resumed job at the end', () => {
    store.run('DELETE FROM jobs')
    let clock = 0
    const jobs = createJobStore(store, () => ++clock)
    const [first, second, third] = [jobs.insert(submitted), jobs.insert(submitted), jobs.insert(submitted)]
    for (const to of ['preparing', 'running', 'interrupted', 'queued'] as const) {
      jobs.move(first.id, { to, actor: 'host', cause: 'test' })
    }
    expect(jobs.queued().map(job => job.id)).toEqual([second.id, third.id, first.id])
  })

  it('names an unknown job', () => {
    expect(() => createJobStore(store).get('job_000000000000')).toThrow(expect.objectContaining({ code: 'ERR_3002' }))
  })
})
