import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { forkFile } from '../../node/node-fork.ts'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { startWatchdog } from './heartbeat-watchdog.ts'
import { startTrainerRun, type TrainerRun, type TrainerRunOptions } from './trainer-run.ts'

const fixture = path.join(import.meta.dirname, 'fixtures', 'trainer-like.ts')

interface Seen {
  run: TrainerRun
  started: Promise<void>
  progress: JobProgress[]
  checkpoints: string[]
  log: string[]
  spawned: number[]
}

function start(mode: string, options: Partial<TrainerRunOptions> = {}): Seen {
  const { promise: started, resolve: onStarted } = Promise.withResolvers<void>()
  const seen = {
    started,
    progress: [] as JobProgress[],
    checkpoints: [] as string[],
    log: [] as string[],
    spawned: [] as number[],
  }
  const run = startTrainerRun({
    child: forkFile(fixture, [mode]),
    runFolder: '/nowhere',
    onProgress: progress => seen.progress.push(progress),
    onCheckpoint: file => seen.checkpoints.push(file),
    onSpawned: pid => void seen.spawned.push(pid),
    onStarted,
    log: (level, message) => seen.log.push(`${level}: ${message}`),
    ...options,
  })
  return { ...seen, run }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.concurrent('a trainer that', () => {
  it('finishes its run', async () => {
    const { run, progress, checkpoints, spawned } = start('success')
    expect(await run.outcome).toMatchObject({ state: 'completed', result: { epochs: 1 } })
    expect(progress.map(p => p.done)).toEqual([1])
    expect(checkpoints).toEqual(['checkpoint-1.bin'])
    expect(spawned).toEqual([run.pid])
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('reports a failure, with its reason', async () => {
    const { run } = start('fail')
    expect(await run.outcome).toMatchObject({ state: 'failed', reason: 'nan', error: { code: 'ERR_6004' } })
  })

  it('halts, with its reason', async () => {
    const { run } = start('halt')
    expect(await run.outcome).toMatchObject({ state: 'halted', reason: 'nan', error: { code: 'ERR_6004' } })
  })

  it('throws', async () => {
    const outcome = await start('throw').run.outcome
    expect(outcome).toMatchObject({
      state: 'failed',
      reason: 'crash',
      error: {
        code: 'ERR_9001',
        message: 'the trainer ended with code 1 without a result: Error: a bug in the trainer',
      },
    })
  })

  it('exits in order without a result', async () => {
    expect(await start('exit-0').run.outcome).toMatchObject({
      state: 'failed',
      reason: 'crash',
      error: { code: 'ERR_9001', message: 'the trainer ended with code 0 without a result' },
    })
  })

  it('exits before it is ready', async () => {
    const { run, spawned } = start('exit-before-ready')
    expect(await run.outcome).toMatchObject({ state: 'failed', error: { code: 'ERR_9001', details: { code: 3 } } })
    expect(spawned).toEqual([run.pid])
  })

  it('aborts', async () => {
    expect(await start('abort').run.outcome).toMatchObject({
      state: 'failed',
      reason: 'crash',
      error: { details: { signal: 'SIGABRT' } },
    })
  })

  it('runs out of memory', async () => {
    expect(await start('out-of-memory').run.outcome).toMatchObject({ state: 'failed', reason: 'oom' })
  })

  it('is killed from outside', async () => {
    const { run, started } = start('run')
    await started
    process.kill(run.pid!, 'SIGKILL')
    expect(await run.outcome).toMatchObject({
      state: 'failed',
      reason: 'crash',
      error: { code: 'ERR_9001', message: 'the trainer ended by signal SIGKILL without a result' },
    })
  })

  it('crashes only after its result keeps the result, and the crash is logged', async () => {
    const { run, log } = start('completed-then-crash')
    expect(await run.outcome).toMatchObject({ state: 'completed' })
    expect(log).toContain('warn: after "completed" the trainer ended by signal SIGABRT')
  })

  it('never becomes ready', async () => {
    const { run } = start('never-ready', { timeouts: { readyMs: 400, termMs: 50, killMs: 100 } })
    expect(await run.outcome).toMatchObject({ state: 'failed', reason: 'timeout', error: { code: 'ERR_9002' } })
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('blocks its main thread', async () => {
    const { run } = start('block', { watchdog: { beatMs: 50 }, timeouts: { termMs: 50, killMs: 100 } })
    expect(await run.outcome).toMatchObject({ state: 'failed', reason: 'timeout' })
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('beats no more', async () => {
    const { run } = start('silent', { watchdog: { beatMs: 50 } })
    expect(await run.outcome).toMatchObject({ state: 'failed', reason: 'timeout' })
  })

  it('beats but stands still is noticed, not killed', async () => {
    const { run, log, started } = start('still', { watchdog: { beatMs: 20, misses: 50, stillBeats: 5 } })
    await started
    await sleep(400)
    expect(log.filter(line => line.includes('no step has been completed'))).toEqual([
      'warn: no step has been completed for 100 ms, since step 0',
    ])
    run.stop('cancel')
    expect(await run.outcome).toEqual({ state: 'stopped', hasCheckpoint: true })
  })

  it('breaks the protocol is ended, and nothing it said is kept', async () => {
    const { run, progress } = start('nonsense')
    const outcome = await run.outcome
    expect(outcome).toMatchObject({ state: 'failed', reason: 'crash', error: { code: 'ERR_9001' } })
    expect(JSON.stringify(outcome)).toContain('progress.stage')
    expect(progress).toEqual([])
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('is cancelled', async () => {
    const { run, log, started } = start('run')
    await started
    const begin = performance.now()
    run.stop('cancel')
    expect(await run.outcome).toEqual({ state: 'stopped', hasCheckpoint: true })
    expect(performance.now() - begin).toBeLessThan(8_000)
    expect(log).toContain('info: the trainer acknowledged cancel')
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('ignores cancel and SIGTERM', async () => {
    const { run, log, started } = start('ignore-cancel', { timeouts: { termMs: 150, killMs: 450 } })
    await started
    const begin = performance.now()
    run.stop('cancel')
    expect(await run.outcome).toEqual({ state: 'stopped', hasCheckpoint: false })
    expect(performance.now() - begin).toBeGreaterThanOrEqual(440)
    expect(log).toContain('info: SIGTERM ignored')
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('is cancelled while it starts', async () => {
    const { run } = start('slow-start')
    await sleep(300)
    const begin = performance.now()
    run.stop('cancel')
    expect(await run.outcome).toEqual({ state: 'stopped', hasCheckpoint: false })
    expect(performance.now() - begin).toBeLessThan(8_000)
    expect(isAlive(run.pid!)).toBe(false)
  })

  it('writes output split inside characters', async () => {
    const { run, log } = start('utf8')
    expect(await run.outcome).toMatchObject({ state: 'completed' })
    expect(log).toEqual(['info: Ångström 𝄞 µM', 'info: zweite Zeile ohne Ende Å'])
  })
})

describe('watchdog', () => {
  it('forgives one long pause of the host itself', async () => {
    let silent = false
    const watchdog = startWatchdog({
      beatMs: 40,
      misses: 3,
      stillBeats: 100,
      onSilent: () => {
        silent = true
      },
      onStill: () => {},
    })
    watchdog.beat(1)
    // What sleep of the machine and a busy event loop have in common: time passes, ticks do not.
    const until = performance.now() + 400
    while (performance.now() < until);
    await sleep(10)
    watchdog.beat(2)
    await sleep(60)
    expect(silent).toBe(false)
    await sleep(250)
    expect(silent).toBe(true)
    watchdog.stop()
  })
})

it('a stop that comes after the end sets no clock, which would hold the process up', async () => {
  const { run } = start('success')
  await run.outcome
  const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  run.stop('cancel')
  expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length).toBe(before)
})
