/** Order, retries, pre-checks and limits, on a real store, with work that ends when the test says so. */
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createSteppedJobs, type SteppedJobs, type SteppedOptions } from './fixtures/stepped-jobs.ts'
import type { FreeResources } from './pre-checks.ts'
import { canMove, isSettled } from './transitions.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-queue-'))
let workspace: string
let store: Store
let now: SteppedJobs

function open(options: Omit<SteppedOptions, 'workspace'> = {}): SteppedJobs {
  now = createSteppedJobs(store, { workspace, ...options })
  return now
}

beforeEach(async () => {
  workspace = mkdtempSync(path.join(folder, 'w-'))
  store = await openStore(workspace)
})
afterEach(async () => {
  await now.jobs.close()
  await nextTurn()
  store.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const crash = (): AppError => new AppError('ERR_9001', 'the trainer ended by signal SIGKILL')
const waiting = (): string[] => now.jobs.queue().flatMap(lane => lane.waiting.map(({ id }) => id))

describe('order', () => {
  it('is by priority, then by turn, and a change counts at once', async () => {
    const { jobs, submit, turns, state } = open()
    const [first, low, normal, high] = [
      submit('train'),
      submit('train', { priority: 'low' }),
      submit('train'),
      submit('train', { priority: 'high' }),
    ]
    expect(waiting()).toEqual([high, first, normal, low])
    jobs.setPriority(low!, 'high')
    expect(waiting()).toEqual([low, high, first, normal])
    await jobs.start()
    expect(state(low!)).toBe('running')
    now.work(low!).finish({ state: 'completed' })
    await turns()
    expect(state(high!)).toBe('running')
    expect(() => jobs.setPriority(low!, 'low')).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
  })

  it('is what it was dragged to, whatever the priorities, and other lanes stay as they are', () => {
    const { jobs, submit } = open()
    const priority = fc.constantFrom('low', 'normal', 'high' as const)
    fc.assert(
      fc.property(fc.array(priority, { minLength: 2, maxLength: 6 }), fc.nat(), fc.nat(), (priorities, from, to) => {
        store.run('DELETE FROM jobs')
        const other = [submit('import'), submit('import', { priority: 'high' })]
        for (const each of priorities) submit('train', { priority: each })
        const lane = (name: string): string[] =>
          jobs
            .queue()
            .find(each => each.lane === name)!
            .waiting.map(({ id }) => id)
        const before = lane('gpu')
        const id = before[from % before.length]!
        const rest = before.filter(each => each !== id)
        const at = to % (rest.length + 1)
        jobs.moveInQueue(id, rest[at] ?? null)
        expect(lane('gpu')).toEqual([...rest.slice(0, at), id, ...rest.slice(at)])
        expect(lane('io')).toEqual([other[1], other[0]])
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('refuses to move what does not wait, and to where another lane waits', () => {
    const { jobs, submit } = open()
    const [train, imported] = [submit('train'), submit('import')]
    expect(() => jobs.moveInQueue(train, imported)).toThrow(expect.objectContaining({ code: 'ERR_2001' }))
    jobs.cancel(train)
    expect(() => jobs.moveInQueue(train, null)).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
  })

  it('says when each will begin and end, by what the last ones of its kind took', async () => {
    const { jobs, submit, turns } = open()
    await jobs.start()
    const done = submit('predict')
    await turns()
    now.work(done).finish({ state: 'completed' })
    await turns()
    store.run('UPDATE job_attempts SET started_at = 1000, ended_at = 61000')
    const ids = [submit('predict'), submit('predict'), submit('predict'), submit('predict'), submit('predict')]
    const train = submit('train')
    const second = submit('train')
    await turns()
    const at = Date.now()
    const [gpu, cpu] = jobs.queue()
    expect(cpu!.running.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const inSeconds = cpu!.waiting.map(({ startsAt, endsAt }) =>
      [startsAt!, endsAt!].map(time => Math.round((time - at) / 1000)),
    )
    expect(inSeconds).toEqual([
      [60, 120],
      [60, 120],
      [120, 180],
    ])
    expect(gpu).toMatchObject({
      running: [{ id: train, endsAt: null }],
      waiting: [{ id: second, position: 1, startsAt: null, endsAt: null }],
    })
  })
})

describe('retries', () => {
  it('begins a crashed job again by itself, later each time, at most as often as it may', async () => {
    const { jobs, submit, state } = open({ retry: { baseMs: 20, random: () => 0.999 } })
    await jobs.start()
    const id = submit('train', { retries: 2 })
    await now.turns()
    for (const [n, delayMs] of [20, 40].entries()) {
      now.work(id).fail(crash())
      await now.turns()
      const { job } = jobs.get(id)
      expect(job).toMatchObject({ state: 'queued', attempts: n + 1, retriesLeft: 1 - n, error: null })
      expect(job.retryAt! - Date.now()).toBeLessThanOrEqual(delayMs)
      await expect.poll(() => state(id)).toBe('running')
    }
    now.work(id).fail(crash())
    expect(await jobs.settled(id)).toBe('failed')
    const { attempts, job } = jobs.get(id)
    expect(job).toMatchObject({ reason: 'crash', attempts: 3, retriesLeft: 0 })
    expect(attempts.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'failed'],
    ])
    expect(attempts.every(({ error, endedAt }) => error?.code === 'ERR_9001' && endedAt !== null)).toBe(true)
  })

  it('lets others pass while it waits for its next attempt, and keeps its turn', async () => {
    const { jobs, submit, state, turns } = open({ retry: { baseMs: 3_600_000 } })
    await jobs.start()
    const [first, second, third] = [submit('train'), submit('train'), submit('train')]
    await turns()
    now.work(first).fail(crash())
    await turns()
    expect([first, second, third].map(state)).toEqual(['queued', 'running', 'queued'])
    expect(waiting()).toEqual([first, third])
    expect(jobs.retry(first)).toMatchObject({ state: 'queued', retryAt: null })
    now.work(second).finish({ state: 'completed' })
    await turns()
    expect([first, third].map(state)).toEqual(['running', 'queued'])
  })

  it('never follows a bad request, a bug, or a stop of the user', async () => {
    const { jobs, submit, state, turns } = open({ retry: { baseMs: 100 } })
    await jobs.start()
    const failing = async (error: unknown): Promise<string> => {
      const id = submit('train')
      await turns()
      now.work(id).fail(error)
      return jobs.settled(id)
    }
    expect(await failing(new AppError('ERR_6004', 'NaN'))).toBe('failed')
    expect(await failing(new AppError('ERR_9003', 'too much memory'))).toBe('failed')
    expect(await failing(new TypeError('a bug'))).toBe('failed')

    const id = submit('train')
    await turns()
    jobs.pause(id)
    now.work(id).fail(crash())
    expect(['failed', 'paused']).toContain(await jobs.settled(id))
    const cancelled = submit('train')
    await turns()
    now.work(cancelled).fail(crash())
    await turns()
    jobs.cancel(cancelled)
    expect(await jobs.settled(cancelled)).toBe('cancelled')
    await sleep(150)
    expect(state(cancelled)).toBe('cancelled')
    expect(now.begun.filter(({ job }) => job.id === cancelled)).toHaveLength(1)
  })

  it('tells the executor whether another attempt follows', async () => {
    const { jobs, submit, turns } = open()
    await jobs.start()
    const id = submit('train', { retries: 1 })
    await turns()
    const { control } = now.work(id)
    expect([control.willRetry(crash()), control.willRetry(new AppError('ERR_2001', 'no'))]).toEqual([true, false])
    jobs.cancel(id)
    expect(control.willRetry(crash())).toBe(false)
  })

  it('has all of them again when the user begins it again', async () => {
    const { jobs, submit, turns } = open({ retry: { baseMs: 1 } })
    await jobs.start()
    const id = submit('train', { retries: 0 })
    await turns()
    now.work(id).fail(crash())
    expect(await jobs.settled(id)).toBe('failed')
    store.run('UPDATE jobs SET retries = 2')
    expect(jobs.retry(id)).toMatchObject({ state: 'queued', retriesLeft: 2 })
    await turns()
    expect(() => jobs.retry(id)).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
  })
})

describe('checks before the start', () => {
  const needs = async () => ({ memoryBytes: 500, gpuMemoryBytes: 300, diskBytes: 100 })
  let free: FreeResources

  beforeEach(() => {
    free = { memoryBytes: 400, gpuMemoryBytes: null, diskBytes: 1_000 }
  })
  const openChecked = (): SteppedJobs => open({ free: async () => free, lookAgainMs: 30, extra: { train: { needs } } })

  it('let a job wait and say what for, until it fits', async () => {
    const { jobs, submit, state, turns } = openChecked()
    await jobs.start()
    const [train, imported] = [submit('train'), submit('import')]
    await turns()
    expect(jobs.get(train).job).toMatchObject({
      state: 'queued',
      waitsFor: [{ what: 'memory', neededBytes: 500, freeBytes: 400 }],
    })
    expect(state(imported)).toBe('running')
    free = { memoryBytes: 600, gpuMemoryBytes: 200, diskBytes: 50 }
    await expect.poll(() => jobs.get(train).job.waitsFor.map(({ what }) => what)).toEqual(['gpuMemory', 'disk'])
    free = { memoryBytes: 600, gpuMemoryBytes: 300, diskBytes: null }
    await expect.poll(() => state(train)).toBe('running')
    expect(jobs.get(train).job.waitsFor).toEqual([])
    const warnings = jobs.runLog.after(train, -1, 10).map(line => line.message)
    expect(warnings).toEqual(['needs about 1 MiB of memory, 1 MiB are free; it waits'])
  })

  it('are overruled by the user, with a warning in the log', async () => {
    const { jobs, submit, state, turns } = openChecked()
    await jobs.start()
    const [id, asked] = [submit('train'), submit('train', { startAnyway: true })]
    await turns()
    expect([id, asked].map(state)).toEqual(['queued', 'running'])
    jobs.startAnyway(id)
    now.work(asked).finish({ state: 'completed' })
    await expect.poll(() => state(id)).toBe('running')
    expect(jobs.runLog.after(id, -1, 10).at(-1)?.message).toMatch(/starts all the same, as asked/)
    expect(() => jobs.startAnyway(id)).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
  })

  it('do not start what was cancelled while they looked', async () => {
    const { promise, resolve } = Promise.withResolvers<FreeResources>()
    const { jobs, submit, turns } = open({ free: () => promise, extra: { train: { needs } } })
    await jobs.start()
    const id = submit('train')
    await turns()
    jobs.cancel(id)
    resolve({ memoryBytes: null, gpuMemoryBytes: null, diskBytes: null })
    expect(await jobs.settled(id)).toBe('cancelled')
    await turns()
    expect(now.begun).toEqual([])
  })

  it('do not hold a job up when they fail', async () => {
    const free = async (): Promise<FreeResources> => {
      throw new Error('no such driver')
    }
    const { jobs, submit, state } = open({ free, extra: { train: { needs } } })
    await jobs.start()
    const id = submit('train')
    await expect.poll(() => state(id)).toBe('running')
  })
})

describe('limits', () => {
  it('stop a job that takes too long, which fails for that reason and keeps what it has', async () => {
    const { jobs, submit } = open()
    await jobs.start()
    const id = submit('train', { wallTimeMs: 1_000 })
    store.run('UPDATE jobs SET wall_time_ms = 30')
    await now.turns()
    now.work(id).control.setHasCheckpoint(true)
    expect(await jobs.settled(id)).toBe('failed')
    expect(jobs.get(id).job).toMatchObject({
      reason: 'timeout',
      error: { code: 'ERR_5003' },
      hasCheckpoint: true,
      attempts: 1,
    })
    expect(now.work(id).control.signal.reason).toBe('timeout')
    expect(jobs.resume(id).state).toBe('queued')
  })
})

describe('care', () => {
  it('counts on after a removal', async () => {
    const { jobs, submit } = open()
    const [first, second] = [submit('train'), submit('train')]
    jobs.cancel(second)
    await jobs.settled(second)
    await jobs.remove(second)
    expect([jobs.get(first).job.number, jobs.get(submit('train')).job.number]).toEqual([1, 3])
  })

  it('names, tags, notes, pins and archives', async () => {
    const { jobs, submit } = open()
    const id = submit('train')
    expect(
      jobs.update(id, { tags: ['baseline', 'paper', 'baseline'], notes: 'look again', name: 'the first' }),
    ).toMatchObject({ tags: ['baseline', 'paper'], notes: 'look again', name: 'the first', pinned: false })
    expect(() => jobs.update(id, { archived: true })).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
    jobs.cancel(id)
    await jobs.settled(id)
    expect(jobs.update(id, { archived: true, pinned: true })).toMatchObject({
      archivedAt: expect.any(Number),
      pinned: true,
      notes: 'look again',
    })
    await expect(jobs.trash(id)).rejects.toMatchObject({ code: 'ERR_4001' })
    await expect(jobs.remove(id)).rejects.toMatchObject({ code: 'ERR_4001' })
    expect(jobs.update(id, { archived: false, pinned: false }).archivedAt).toBeNull()
  })

  it('puts into the trash, back, and away for good, with the bytes of each', async () => {
    const { jobs, submit } = open()
    const [kept, trashed] = [submit('train'), submit('train')]
    await expect(jobs.trash(trashed)).rejects.toMatchObject({ code: 'ERR_4001' })
    for (const id of [kept, trashed]) {
      jobs.cancel(id)
      await jobs.settled(id)
      await mkdir(path.join(workspace, 'runs', id), { recursive: true })
      await writeFile(path.join(workspace, 'runs', id, 'checkpoint-00000001.bin'), Buffer.alloc(1_000))
      await writeFile(path.join(workspace, 'runs', id, 'metrics.jsonl'), Buffer.alloc(234))
    }
    expect(await jobs.trash(trashed)).toEqual({ bytes: 1_234, checkpointBytes: 1_000 })
    expect(jobs.list().map(({ id }) => id)).toEqual([kept])
    expect(jobs.list('train', true).map(({ id }) => id)).toEqual([trashed])
    expect(() => jobs.retry(trashed)).toThrow(expect.objectContaining({ code: 'ERR_4001' }))
    jobs.restore(trashed)
    expect(jobs.list()).toHaveLength(2)
    await jobs.trash(trashed)
    expect(await jobs.emptyTrash()).toEqual({ removed: 1, freedBytes: 1_234 })
    expect(jobs.list('train', true)).toEqual([])
    expect(jobs.list().map(({ id }) => id)).toEqual([kept])
  })
})

/** What people, processes and the machine may do to the queue, in any order. */
type Event = { what: string; which: number }
const EVENTS = ['submit', 'finish', 'crash', 'nan', 'cancel', 'pause', 'resume', 'retry', 'move', 'priority', 'restart']

describe('any order of events', () => {
  it('leaves every job in order and ends every one', async () => {
    const event: fc.Arbitrary<Event> = fc.record({ what: fc.constantFrom(...EVENTS), which: fc.nat(20) })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async events => {
        store.run('DELETE FROM jobs')
        open({ retry: { baseMs: 0, random: () => 0 } })
        await now.jobs.start()
        for (const each of events) {
          await happen(each)
          await now.turns()
          checkOrder()
        }
        await now.jobs.cancelAll()
        for (const job of now.jobs.list()) if (job.state === 'paused') now.jobs.cancel(job.id)
        for (const job of now.jobs.list()) expect(isSettled(await now.jobs.settled(job.id))).toBe(true)
        checkOrder()
        await now.jobs.close()
      }),
      { numRuns: 60, seed: 42 },
    )
  }, 60_000)

  async function happen({ what, which }: Event): Promise<void> {
    const { jobs } = now
    const all = jobs.list()
    const id = all[which % Math.max(1, all.length)]?.id
    if (what === 'submit' || id === undefined) {
      now.submit(which % 3 === 0 ? 'import' : 'train', { retries: which % 4 })
      return
    }
    const running = all.filter(job => job.state === 'running' || job.state === 'pausing')
    const work = running.length === 0 ? undefined : now.work(running[which % running.length]!.id)
    if (what === 'finish') work?.finish({ state: 'completed' })
    else if (what === 'crash') work?.fail(crash())
    else if (what === 'nan') work?.fail(new AppError('ERR_6004', 'NaN'))
    else if (what === 'restart') {
      await jobs.close()
      open({ retry: { baseMs: 0, random: () => 0 } })
      await now.jobs.start()
    } else ask(what, id, all[(which + 1) % all.length]!.id)
  }

  /** What the state does not allow is refused, and nothing changes. */
  function ask(what: string, id: string, other: string): void {
    const { jobs } = now
    const before = jobs.get(id)
    try {
      if (what === 'cancel') jobs.cancel(id)
      else if (what === 'pause') jobs.pause(id)
      else if (what === 'resume') jobs.resume(id)
      else if (what === 'retry') jobs.retry(id)
      else if (what === 'move') jobs.moveInQueue(id, other)
      else jobs.setPriority(id, 'high')
    } catch (error) {
      expect(['ERR_4001', 'ERR_2001']).toContain((error as AppError).code)
      expect(jobs.get(id)).toEqual(before)
    }
  }

  function checkOrder(): void {
    const { jobs } = now
    const active = { train: 0, import: 0, predict: 0 }
    for (const { id } of jobs.list()) {
      const { job, transitions, attempts } = jobs.get(id)
      expect(transitions.at(-1)!.to).toBe(job.state)
      for (const [i, { from, to }] of transitions.entries()) {
        expect(from).toBe(transitions[i - 1]?.to ?? null)
        expect(canMove(from, to), `${from} > ${to}`).toBe(true)
      }
      expect(attempts).toHaveLength(transitions.filter(({ to }) => to === 'preparing').length)
      const isOpen = ['preparing', 'running', 'pausing', 'cancelling'].includes(job.state)
      if (isOpen) active[job.kind]++
      expect(attempts.filter(({ endedAt }) => endedAt === null).length).toBeLessThanOrEqual(isOpen ? 1 : 0)
      expect(job.endedAt !== null).toBe(isSettled(job.state) && job.state !== 'paused')
    }
    expect(active.train).toBeLessThanOrEqual(1)
    expect(active.import).toBeLessThanOrEqual(2)
  }
})
