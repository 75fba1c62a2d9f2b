import { implement } from '@orpc/server'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { App } from '../core/create-app.ts'
import { createEventBus } from '../core/system/event-bus.ts'
import { contract } from '../shared/contract/index.ts'
import type { Job, JobState } from '../shared/contract/jobs.ts'
import { fakeElectron, resetElectron } from './electron.fixture.ts'

vi.mock('electron', async () => (await import('./electron.fixture.ts')).fakeElectron)
const { askToLeave, question } = await import('./leaving.ts')
const { keepAwakeWhileBusy } = await import('./keep-awake.ts')

beforeEach(resetElectron)

function job(id: number, kind: Job['kind'], state: JobState): Job {
  return {
    id: `job_${String(id).padStart(12, '0')}`,
    number: id,
    kind,
    name: `${kind} #${id}`,
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
  }
}

/** An application whose jobs obey a little later, as processes do. */
function createBusyApp(jobs: Job[]) {
  const events = createEventBus()
  const asked: string[] = []
  const change = (id: string, to: JobState) => {
    const found = jobs.find(item => item.id === id)!
    found.state = to
    events.publish({ type: 'job.changed', job: { ...found } })
    return { ...found }
  }
  const procedures = implement(contract)
  const obey = (verb: 'pause' | 'cancel', via: JobState, to: JobState) =>
    procedures.jobs[verb].handler(({ input }) => {
      asked.push(`${verb} ${input.id}`)
      setTimeout(() => change(input.id, to), 20)
      return change(input.id, via)
    })
  const app = {
    router: { jobs: { pause: obey('pause', 'pausing', 'paused'), cancel: obey('cancel', 'cancelling', 'cancelled') } },
    events,
    activeJobs: () => jobs.filter(({ state }) => ['preparing', 'running', 'pausing', 'cancelling'].includes(state)),
    holdQueue: vi.fn(),
    cancelAll: vi.fn(async () => {
      for (const { id } of jobs) change(id, 'cancelled')
    }),
  }
  return { app: app as unknown as App, asked, change, events }
}

/** The user clicks the button with this label. */
function willClick(label: string | RegExp): void {
  fakeElectron.dialog.showMessageBox.mockImplementation(async ({ buttons }: { buttons: string[] }) => ({
    response: buttons.findIndex(button => (typeof label === 'string' ? button === label : label.test(button))),
  }))
}

describe('closing the window', () => {
  it('asks nothing where nothing runs', async () => {
    const { app } = createBusyApp([job(1, 'train', 'queued'), job(2, 'train', 'paused')])
    expect(await askToLeave(app, null)).toBe('leave')
    expect(fakeElectron.dialog.showMessageBox).not.toHaveBeenCalled()
  })

  it('keeps running in the tray, touching nothing', async () => {
    const { app, asked } = createBusyApp([job(1, 'train', 'running')])
    willClick('Keep running in the tray')
    expect(await askToLeave(app, null)).toBe('tray')
    expect(asked).toEqual([])
  })

  it.each(['Stay', 'no such button: closed with Escape'])('stays: %s', async label => {
    const { app, asked } = createBusyApp([job(1, 'train', 'running')])
    willClick(label)
    expect(await askToLeave(app, null)).toBe('stay')
    expect(asked).toEqual([])
  })

  it('pauses runs, cancels the rest, and leaves when all have stopped', async () => {
    const jobs = [job(1, 'train', 'running'), job(2, 'import', 'running'), job(3, 'train', 'pausing')]
    const { app, asked, change } = createBusyApp(jobs)
    willClick('Pause and quit')
    setTimeout(() => change('job_000000000003', 'paused'), 40)
    expect(await askToLeave(app, null)).toBe('leave')
    expect(asked).toEqual(['pause job_000000000001', 'cancel job_000000000002'])
    expect(jobs.map(({ state }) => state)).toEqual(['paused', 'cancelled', 'paused'])
    // Nothing that waits may begin in a place that became free.
    expect(vi.mocked(app.holdQueue).mock.calls).toEqual([[true]])
  })

  it('leaves a run that still prepares to the closing, which it survives', async () => {
    const jobs = [job(1, 'train', 'running'), job(2, 'train', 'preparing')]
    const { app, asked } = createBusyApp(jobs)
    expect(question(jobs).options.detail).not.toContain('cancelled')
    willClick('Pause and quit')
    expect(await askToLeave(app, null)).toBe('leave')
    expect(asked).toEqual(['pause job_000000000001'])
    expect(jobs[1]!.state).toBe('preparing')
  })

  it('cancels all and leaves when the processes are gone', async () => {
    const { app } = createBusyApp([job(1, 'train', 'running'), job(2, 'predict', 'running')])
    willClick('Cancel all and quit')
    expect(await askToLeave(app, null)).toBe('leave')
    expect(app.cancelAll).toHaveBeenCalledTimes(1)
  })

  it('offers no pause where nothing can be paused, and says what is lost', () => {
    const { choices, options } = question([job(1, 'import', 'running')])
    expect(choices).toEqual(['tray', 'cancel', 'stay'])
    expect(options.cancelId).toBe(2)
    expect(options.message).toBe('import #1 is running.')
    expect(options.detail).toBe('What a cancelled job has done so far is lost.')
    expect(question([job(1, 'train', 'running'), job(2, 'import', 'running')]).options.detail).toContain(
      'are cancelled',
    )
  })
})

it('the machine stays awake exactly while a job runs', async () => {
  const jobs = [job(1, 'train', 'queued')]
  const { app, change, events } = createBusyApp(jobs)
  const done = keepAwakeWhileBusy(app)
  const settle = () => new Promise(resolve => setTimeout(resolve, 5))
  await settle()
  expect(fakeElectron.powerSaveBlocker.start).not.toHaveBeenCalled()
  change(jobs[0]!.id, 'running')
  await settle()
  change(jobs[0]!.id, 'running')
  await settle()
  expect(fakeElectron.powerSaveBlocker.start.mock.calls).toEqual([['prevent-app-suspension']])
  change(jobs[0]!.id, 'completed')
  await settle()
  expect(fakeElectron.powerSaveBlocker.stop.mock.calls).toEqual([[7]])
  change(jobs[0]!.id, 'running')
  await settle()
  events.close()
  await done
  expect(fakeElectron.powerSaveBlocker.stop).toHaveBeenCalledTimes(2)
})
