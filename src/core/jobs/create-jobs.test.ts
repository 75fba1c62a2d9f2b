import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { AppError } from '../../shared/errors.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createEventBus } from '../system/event-bus.ts'
import { createJobs, type Jobs } from './create-jobs.ts'
import type { JobControl, JobExecutor, JobKind, JobOutcome, JobRow, Lane } from './executor.ts'
import { insertMetricRows } from './metrics-store.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-jobs-'))
let store: Store
let jobs: Jobs
let begun: Work[]

/** Work whose end the test decides. */
interface Work {
  job: JobRow
  control: JobControl
  finish(outcome: JobOutcome): void
  fail(error: unknown): void
}
const LANES: Record<JobKind, Lane> = { train: 'gpu', predict: 'cpu', import: 'io' }

function executor(kind: JobKind, extra: Partial<JobExecutor> = {}): JobExecutor {
  return {
    kind,
    lane: LANES[kind],
    run: (job, control) =>
      new Promise((finish, fail) => {
        begun.push({ job, control, finish, fail })
        control.enter('running')
        control.signal.addEventListener('abort', () => finish({ state: 'stopped' }))
      }),
    ...extra,
  }
}

function open(...executors: JobExecutor[]): Jobs {
  const opened = createJobs({ store, events: createEventBus(), log: silentLog(), deps: { workspace: folder } })
  const kinds = executors.map(({ kind }) => kind)
  for (const one of executors) opened.addExecutor(one)
  for (const kind of ['train', 'predict', 'import'] as const) {
    if (!kinds.includes(kind)) opened.addExecutor(executor(kind))
  }
  return opened
}

/** Without retries of its own, which have a test file of their own. */
const submit = (kind: JobKind, name = kind): string =>
  jobs.submit({ kind, name, datasetId: null, request: {}, queue: { retries: 0 } }).id
/** What was put off to the next turn of the event loop is done. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await nextTurn()
}
const state = (id: string): string => jobs.get(id).job.state
const path_ = (id: string): string =>
  jobs
    .get(id)
    .transitions.map(t => t.to)
    .join(' > ')
const work = (id: string): Work => begun.findLast(({ job }) => job.id === id)!

beforeEach(async () => {
  store?.close()
  store = await openStore(mkdtempSync(path.join(folder, 'w-')))
  begun = []
  jobs = open()
})
afterEach(async () => {
  await jobs.close()
  // A start that was put off to the next turn still looks at the store.
  await nextTurn()
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

describe('the queue', () => {
  it('starts nothing while it is held', async () => {
    await jobs.start()
    const ids = [submit('train'), submit('train')]
    await turns()
    jobs.holdQueue(true)
    work(ids[0]!).finish({ state: 'completed' })
    await turns()
    expect(ids.map(state)).toEqual(['completed', 'queued'])
    jobs.holdQueue(false)
    await turns()
    expect(ids.map(state)).toEqual(['completed', 'running'])
  })

  it('does not resume a job that is being removed', async () => {
    const { promise: discarded, resolve: discard } = Promise.withResolvers<void>()
    jobs = open(executor('train', { discard: () => discarded }))
    await jobs.start()
    const id = submit('train')
    await turns()
    work(id).control.setHasCheckpoint(true)
    work(id).finish({ state: 'stopped' })
    await turns()
    expect(state(id)).toBe('interrupted')
    const removal = jobs.remove(id)
    expect(() => jobs.resume(id)).toThrow(/is being removed/)
    await expect(jobs.remove(id)).rejects.toMatchObject({ code: 'ERR_4001' })
    discard()
    await removal
    expect(jobs.list()).toEqual([])
  })

  it('ends a job whose last progress cannot be written', async () => {
    await jobs.start()
    const id = submit('train')
    await turns()
    const stage = { stage: 'training', total: 2, etaMs: null, epoch: null, epochs: null } as const
    work(id).control.progress({ ...stage, done: 1 })
    // Waits for its turn: JSON has no such number.
    work(id).control.progress({ ...stage, done: 2n as unknown as number })
    work(id).finish({ state: 'completed' })
    await turns()
    expect(state(id)).toBe('failed')
    expect(jobs.get(id).job.error).toMatchObject({ code: 'ERR_1001' })
  })

  it('starts nothing before it is started', async () => {
    const id = submit('train')
    await turns()
    expect(state(id)).toBe('queued')
    await jobs.start()
    expect(state(id)).toBe('running')
  })

  it('runs one training, two predictions and two imports at a time, in order', async () => {
    await jobs.start()
    const ids = (['train', 'predict', 'import'] as const).map(kind => [submit(kind), submit(kind), submit(kind)])
    await turns()
    expect(ids.map(of => of.map(state))).toEqual([
      ['running', 'queued', 'queued'],
      ['running', 'running', 'queued'],
      ['running', 'running', 'queued'],
    ])
    work(ids[0]![0]!).finish({ state: 'completed' })
    work(ids[1]![1]!).finish({ state: 'completed' })
    await turns()
    expect(ids.map(of => of.map(state))).toEqual([
      ['completed', 'running', 'queued'],
      ['running', 'completed', 'running'],
      ['running', 'running', 'queued'],
    ])
  })

  it('writes what a job made together with its end', async () => {
    await jobs.start()
    const id = submit('import')
    await turns()
    const insertSetting = (): void => void store.run("INSERT INTO settings (name, value) VALUES ('made', '1')")
    const made = (): unknown => store.one("SELECT value FROM settings WHERE name = 'made'")
    work(id).finish({
      state: 'completed',
      commit: () => {
        insertSetting()
        throw new AppError('ERR_5002', 'no space left')
      },
    })
    expect(await jobs.settled(id)).toBe('failed')
    expect(jobs.get(id).job.error?.code).toBe('ERR_5002')
    expect(made()).toBeUndefined()

    const second = submit('import')
    await turns()
    work(second).finish({ state: 'completed', commit: insertSetting })
    expect(await jobs.settled(second)).toBe('completed')
    expect(made()).toEqual({ value: '1' })
  })

  it('ends a job that throws as failed, with the reason of its error', async () => {
    await jobs.start()
    const [expected, bug] = [submit('import'), submit('import')]
    await turns()
    work(expected).fail(new AppError('ERR_2005', 'not a table'))
    work(bug).fail(new TypeError('undefined is not a function'))
    await Promise.all([jobs.settled(expected), jobs.settled(bug)])
    expect(jobs.get(expected).job).toMatchObject({ state: 'failed', reason: 'data', error: { message: 'not a table' } })
    expect(jobs.get(bug).job).toMatchObject({ state: 'failed', reason: 'crash', error: { code: 'ERR_1001' } })
    expect(jobs.get(bug).transitions.map(t => [t.from, t.to, t.actor])).toEqual([
      [null, 'queued', 'user'],
      ['queued', 'preparing', 'host'],
      ['preparing', 'running', 'host'],
      ['running', 'failed', 'child'],
    ])
  })

  it('writes progress at most four times a second, and its last', async () => {
    await jobs.start()
    const id = submit('import')
    await turns()
    for (let done = 1; done <= 100; done++) {
      work(id).control.progress({ stage: 'reading', done, total: 100, etaMs: null, epoch: null, epochs: null })
    }
    expect(jobs.get(id).job.progress?.done).toBe(1)
    await sleep(300)
    expect(jobs.get(id).job.progress?.done).toBe(100)
  })
})

describe('cancel', () => {
  it('becomes cancelled only when the work has ended', async () => {
    let end = (): void => {}
    jobs = open(
      executor('train', {
        run: (_job, control) =>
          new Promise(resolve => {
            control.enter('running')
            end = () => resolve({ state: 'stopped' })
          }),
      }),
    )
    await jobs.start()
    const id = submit('train')
    const next = submit('train')
    await turns()
    expect(jobs.cancel(id).state).toBe('cancelling')
    expect(jobs.cancel(id).state).toBe('cancelling')
    await turns()
    expect([state(id), state(next)]).toEqual(['cancelling', 'queued'])
    end()
    expect(await jobs.settled(id)).toBe('cancelled')
    expect(jobs.get(id).job).toMatchObject({ reason: 'user', error: null })
    expect(path_(id)).toBe('queued > preparing > running > cancelling > cancelled')
    expect(state(next)).toBe('running')
    end()
  })

  it('of a waiting job puts it in order and never runs it', async () => {
    const tidied: string[] = []
    jobs = open(executor('import', { cleanUp: async job => void tidied.push(job.id) }))
    const id = submit('import')
    expect(jobs.cancel(id).state).toBe('cancelling')
    expect(await jobs.settled(id)).toBe('cancelled')
    await jobs.start()
    expect(tidied).toEqual([id])
    expect(begun).toEqual([])
  })

  it('wins over a completion in the same moment, and what was made is put in order', async () => {
    const tidied: string[] = []
    let end = (): void => {}
    jobs = open(
      executor('import', {
        run: () =>
          new Promise(resolve => {
            end = () => resolve({ state: 'completed', commit: () => expect.unreachable() })
          }),
        cleanUp: async job => void tidied.push(job.id),
      }),
    )
    await jobs.start()
    const id = submit('import')
    await turns()
    jobs.cancel(id)
    end()
    expect(await jobs.settled(id)).toBe('cancelled')
    expect(tidied).toEqual([id])
  })

  it('is refused for a job that has ended', async () => {
    await jobs.start()
    const id = submit('import')
    await turns()
    work(id).finish({ state: 'completed' })
    await jobs.settled(id)
    expect(() => jobs.cancel(id)).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
  })
})

describe('pause and resume', () => {
  it('gives the place away and queues again at the end', async () => {
    await jobs.start()
    const [first, second] = [submit('train'), submit('train')]
    await turns()
    expect(jobs.pause(first).state).toBe('pausing')
    expect(await jobs.settled(first)).toBe('paused')
    expect(state(second)).toBe('running')
    jobs.resume(first)
    await turns()
    expect(state(first)).toBe('queued')
    work(second).finish({ state: 'completed' })
    await jobs.settled(second)
    work(first).finish({ state: 'completed' })
    await jobs.settled(first)
    expect(path_(first)).toBe(
      'queued > preparing > running > pausing > paused > queued > preparing > running > completed',
    )
  })

  it('is refused for imports, waiting runs and runs without a checkpoint', async () => {
    await jobs.start()
    const [imported, train, waiting] = [submit('import'), submit('train'), submit('train')]
    await turns()
    const refused = expect.objectContaining({ code: 'ERR_4001' })
    expect(() => jobs.pause(imported)).toThrow(refused)
    expect(() => jobs.pause(waiting)).toThrow(refused)
    work(train).fail(new AppError('ERR_6004', 'NaN'))
    await jobs.settled(train)
    expect(() => jobs.resume(train)).toThrow(refused)
    work(waiting).control.setHasCheckpoint(true)
    work(waiting).fail(new AppError('ERR_9001', 'crash'))
    await jobs.settled(waiting)
    expect(jobs.resume(waiting)).toMatchObject({ state: 'queued', hasCheckpoint: true, error: null, reason: null })
  })
})

describe('a run that halts', () => {
  const error = { code: 'ERR_6004', message: 'the loss became non-finite at step 12' } as const

  it('is paused with its reason, gives its place away and goes on when its user says so', async () => {
    await jobs.start()
    const [first, second] = [submit('train'), submit('train')]
    await turns()
    work(first).finish({ state: 'halted', reason: 'nan', error })
    expect(await jobs.settled(first)).toBe('paused')
    expect(jobs.get(first).job).toMatchObject({ state: 'paused', reason: 'nan', error })
    expect(jobs.get(first).transitions.slice(-2)).toMatchObject([
      { to: 'pausing', actor: 'child', cause: error.message },
      { to: 'paused', actor: 'child', cause: error.message },
    ])
    await turns()
    expect(state(second)).toBe('running')
    expect(jobs.resume(first)).toMatchObject({ state: 'queued', reason: null, error: null })
  })

  it('is cancelled where it was asked to cancel in the same moment', async () => {
    await jobs.start()
    const train = submit('train')
    await turns()
    const halted = work(train)
    halted.control.signal.addEventListener('abort', () => halted.finish({ state: 'halted', reason: 'nan', error }))
    jobs.cancel(train)
    expect(await jobs.settled(train)).toBe('cancelled')
  })
})

describe('closing and starting', () => {
  it('interrupts what runs, keeps what waits, and goes on with it next time', async () => {
    await jobs.start()
    const [first, second] = [submit('train'), submit('train')]
    await turns()
    await jobs.close()
    expect([state(first), state(second)]).toEqual(['interrupted', 'queued'])
    jobs = open()
    await jobs.start()
    expect([state(first), state(second)]).toEqual(['interrupted', 'running'])
    // It kept no checkpoint, but nobody wanted it to end.
    expect(jobs.resume(first).state).toBe('queued')
  })

  it('leaves what waits alone where it will not stay until it is done, and runs what is new', async () => {
    await jobs.start()
    const [first, second] = [submit('train'), submit('train')]
    await turns()
    await jobs.close()
    jobs = open()
    await jobs.start({ onlyNew: true })
    const own = submit('train')
    await turns()
    expect([state(first), state(second), state(own)]).toEqual(['interrupted', 'queued', 'running'])
    expect(jobs.cancel(second).state).toBe('cancelling')
    jobs.resume(first)
    work(own).finish({ state: 'completed' })
    await turns()
    expect([state(first), state(second), state(own)]).toEqual(['running', 'cancelled', 'completed'])
  })

  it('lets a cancel that the store does not take be, and ends the job on the next start', async () => {
    await jobs.start()
    const [first, second] = [submit('train'), submit('train')]
    await turns()
    store.run(
      "CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN NEW.state = 'cancelled' BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    // A rejection that nobody looks at would fail this test.
    expect(jobs.cancel(second).state).toBe('cancelling')
    await turns()
    expect(state(second)).toBe('cancelling')
    await jobs.close()
    store.run('DROP TRIGGER full')
    jobs = open()
    await jobs.start()
    expect([state(first), state(second)]).toEqual(['interrupted', 'cancelled'])
  })

  it('puts in order what a dead process left, waiting for its children', async () => {
    await jobs.start()
    const [train, importing, cancelling] = [submit('train'), submit('import'), submit('import')]
    await turns()
    // The child of the process that died: it takes a moment to notice.
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)', '/opt/bindery/out/main/trainer.js'])
    work(train).control.setPid(child.pid!)
    store.run("UPDATE jobs SET state = 'cancelling' WHERE id = ?", [cancelling])
    let childGone = false
    child.once('exit', () => {
      childGone = true
    })
    const order: string[] = []
    const cleanUp = async (job: JobRow): Promise<void> => {
      order.push(job.id)
      if (job.id === train) expect(childGone).toBe(true)
    }
    // As if the process had died: a second service on the same store, without closing the first.
    jobs = open(executor('train', { cleanUp }), executor('import', { cleanUp }))
    await jobs.start()
    expect(order.sort()).toEqual([cancelling, importing, train].sort())
    expect([state(train), state(importing), state(cancelling)]).toEqual(['interrupted', 'interrupted', 'cancelled'])
    expect(jobs.get(train).job.reason).toBe('crash')
    expect(jobs.row(train).pid).toBeNull()
  })

  it('ends a job even where putting it in order fails', async () => {
    await jobs.start()
    const id = submit('import')
    await turns()
    jobs = open(
      executor('import', {
        cleanUp: async () => {
          throw new Error('permission denied')
        },
      }),
    )
    await jobs.start()
    expect(state(id)).toBe('interrupted')
    expect(jobs.runLog.after(id, -1, 10)[0]?.message).toContain('permission denied')
  })

  it('cancels everything', async () => {
    await jobs.start()
    const ids = [submit('train'), submit('train'), submit('import'), submit('predict')]
    await turns()
    await jobs.cancelAll()
    expect(ids.map(state)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
    expect(jobs.active()).toEqual([])
  })
})

describe('removing', () => {
  it('takes an ended job with all that belongs to it', async () => {
    const discarded: string[] = []
    jobs = open(executor('train', { discard: async job => void discarded.push(job.id) }))
    await jobs.start()
    const id = submit('train')
    await turns()
    await expect(jobs.remove(id)).rejects.toMatchObject({ code: 'ERR_4001' })
    work(id).control.log('info', 'a line')
    store.write(() => insertMetricRows(store, id, [{ step: 1, name: 'loss', value: 1 }]))
    work(id).finish({ state: 'completed' })
    await jobs.settled(id)
    await jobs.remove(id)
    expect(discarded).toEqual([id])
    for (const table of ['job_log', 'metrics', 'job_transitions']) {
      expect(store.one(`SELECT COUNT(*) AS n FROM ${table} WHERE job_id = ?`, [id])).toEqual({ n: 0 })
    }
    expect(() => jobs.get(id)).toThrow(expect.objectContaining({ code: 'ERR_3002' }))
  })
})

describe('whatever is asked in whatever order', () => {
  const action = fc.record({
    what: fc.constantFrom('submit', 'cancel', 'pause', 'resume', 'complete', 'fail', 'checkpoint', 'wait'),
    kind: fc.constantFrom<JobKind>('train', 'import', 'predict'),
    which: fc.nat({ max: 5 }),
  })

  it('no lane holds too many, refusals change nothing, and in the end every job has ended', async () => {
    await jobs.start()
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async actions => {
        const ids: string[] = []
        for (const { what, kind, which } of actions) {
          const id = ids[which % Math.max(1, ids.length)]
          if (what === 'submit' || id === undefined) ids.push(submit(kind))
          else if (what === 'wait') await turns()
          else if (what === 'cancel' || what === 'pause' || what === 'resume') {
            const before = jobs.get(id)
            try {
              jobs[what](id)
            } catch (error) {
              expect(error).toMatchObject({ code: 'ERR_4001' })
              expect(jobs.get(id)).toEqual(before)
            }
          } else if (what === 'complete') work(id)?.finish({ state: 'completed' })
          else if (what === 'fail') work(id)?.fail(new AppError('ERR_9001', 'crash'))
          else work(id)?.control.setHasCheckpoint(true)
          const active = jobs.active()
          const inLane = (of: JobKind): number => active.filter(job => job.kind === of && job.startedAt !== null).length
          // One that was cancelled while it waited is active for a moment without a place.
          expect(inLane('train')).toBeLessThanOrEqual(1 + active.filter(job => job.state === 'cancelling').length)
        }
        await jobs.cancelAll()
        await turns()
        for (const id of ids) {
          expect(['completed', 'failed', 'cancelled', 'paused']).toContain(state(id))
          const { transitions } = jobs.get(id)
          for (const [i, t] of transitions.entries()) expect(t.from).toBe(transitions[i - 1]?.to ?? null)
        }
      }),
      { numRuns: 60, seed: 42 },
    )
  })
})
