import { describe, expect, it } from 'vitest'
import type { Job, JobState } from '../../shared/contract/jobs.ts'
import { applyEvent, byId, canCancel, canPause, canResume, EMPTY_DATA, isActive, newestFirst } from './app-state.ts'

function job(id: string, state: JobState, extra: Partial<Job> = {}): Job {
  return {
    id,
    number: 1,
    kind: 'train',
    name: 'run',
    state,
    reason: null,
    datasetId: null,
    modelId: null,
    train: null,
    result: null,
    progress: null,
    error: null,
    hasCheckpoint: false,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    priority: 'normal',
    waitsFor: [],
    attempts: 0,
    retriesLeft: 0,
    retryAt: null,
    limits: { wallTimeMs: null, silenceMs: null },
    stalledSince: null,
    peaks: null,
    tags: [],
    notes: '',
    pinned: false,
    archivedAt: null,
    trashedAt: null,
    ...extra,
  }
}

describe('applyEvent', () => {
  it('puts in, replaces and takes out, and leaves the state it was given alone', () => {
    const one = applyEvent(EMPTY_DATA, { type: 'job.changed', job: job('job_a', 'queued') })
    const two = applyEvent(one, { type: 'job.changed', job: job('job_a', 'running') })
    const three = applyEvent(two, { type: 'job.removed', id: 'job_a' })
    expect(one.jobs.job_a?.state).toBe('queued')
    expect(two.jobs.job_a?.state).toBe('running')
    expect(three.jobs).toEqual({})
    expect(EMPTY_DATA.jobs).toEqual({})
  })

  it('keeps what it does not concern as the same object, so that nothing else is drawn again', () => {
    const resources = {
      cpuPercent: 5,
      memoryUsedBytes: 1,
      memoryTotalBytes: 2,
      diskFreeBytes: null,
      gpuPercent: null,
      gpus: null,
      gpuProblem: null,
    }
    const next = applyEvent(EMPTY_DATA, { type: 'resources.read', resources })
    expect(next.resources).toBe(resources)
    expect(next.jobs).toBe(EMPTY_DATA.jobs)
    expect(applyEvent(EMPTY_DATA, { type: 'model.removed', id: 'mdl_x' }).models).toBe(EMPTY_DATA.models)
  })
})

describe('what may be done with a job', () => {
  const states = (test: (job: Job) => boolean, extra: Partial<Job> = {}): JobState[] =>
    (
      [
        'draft',
        'queued',
        'preparing',
        'running',
        'pausing',
        'paused',
        'cancelling',
        'completed',
        'failed',
        'cancelled',
        'interrupted',
      ] as const
    ).filter(state => test(job('job_a', state, extra)))

  it('cancel: while it waits, works or is paused, once', () => {
    expect(states(canCancel)).toEqual(['queued', 'preparing', 'running', 'pausing', 'paused'])
  })

  it('pause: a running training run, nothing else', () => {
    expect(states(canPause)).toEqual(['running'])
    expect(states(canPause, { kind: 'import' })).toEqual([])
  })

  it('resume: paused and interrupted runs, or those that ended early with a checkpoint', () => {
    expect(states(canResume)).toEqual(['paused', 'interrupted'])
    expect(states(canResume, { kind: 'import', hasCheckpoint: true })).toEqual([])
    expect(states(canResume, { hasCheckpoint: true })).toEqual(['paused', 'failed', 'cancelled', 'interrupted'])
  })

  it('active is what has a process', () => {
    expect(states(isActive)).toEqual(['preparing', 'running', 'pausing', 'cancelling'])
  })
})

it('newestFirst orders by creation', () => {
  const jobs = byId([job('job_a', 'queued', { createdAt: 1 }), job('job_b', 'queued', { createdAt: 2 })])
  expect(newestFirst(jobs).map(item => item.id)).toEqual(['job_b', 'job_a'])
})
