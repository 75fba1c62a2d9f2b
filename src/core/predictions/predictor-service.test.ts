import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { forkFile } from '../../node/node-fork.ts'
import { createPredictor, type PredictorOptions, type PredictorService } from './predictor-service.ts'

const fixture = path.join(import.meta.dirname, 'fixtures', 'predictor-like.ts')
const folder = mkdtempSync(path.join(tmpdir(), 'bindery-predictor-'))
const opened: PredictorService[] = []
let forks: number[] = []

function open(options: Partial<PredictorOptions> = {}, args: string[] = []): PredictorService {
  forks = []
  const predictor = createPredictor({
    log: silentLog(),
    backOff: { firstMs: 20, mostMs: 100 },
    fork: () => {
      forks.push(performance.now())
      return forkFile(fixture, args)
    },
    ...options,
  })
  opened.push(predictor)
  return predictor
}

const ask = async (predictor: PredictorService, modelFolder: string, options = {}, length = 4) => {
  const records = { lengths: Uint32Array.of(length), bytes: new Uint8Array(length) }
  const { values } = await predictor.predict({ modelFolder, records, nearest: 3 }, options)
  return { length: values[0]!, pid: values[1]! }
}

afterAll(async () => {
  await Promise.all(opened.map(predictor => predictor.close()))
  rmSync(folder, { recursive: true })
})

describe('predictor service', () => {
  it('starts when first needed and answers each its own', async () => {
    const predictor = open()
    expect(forks).toHaveLength(0)
    const answers = await Promise.all([4, 8, 12, 16].map(length => ask(predictor, 'ok', {}, length)))
    expect(answers.map(({ length }) => length)).toEqual([4, 8, 12, 16])
    expect(forks).toHaveLength(1)
  })

  it('passes an expected failure on without a restart', async () => {
    const predictor = open()
    await expect(ask(predictor, 'fail')).rejects.toMatchObject({ code: 'ERR_7001', message: 'no such model' })
    await ask(predictor, 'ok')
    expect(forks).toHaveLength(1)
  })

  it('asks once more after a crash', async () => {
    const predictor = open()
    expect(await ask(predictor, `crash-once:${path.join(folder, 'crashed')}`)).toMatchObject({ length: 4 })
    expect(forks).toHaveLength(2)
  })

  it('gives up after a second crash, and serves the next', async () => {
    const predictor = open()
    const [crashed, next] = await Promise.allSettled([ask(predictor, 'crash'), ask(predictor, 'ok')])
    expect(crashed).toMatchObject({ status: 'rejected', reason: { code: 'ERR_9001' } })
    expect(next).toMatchObject({ status: 'fulfilled' })
    expect(forks).toHaveLength(3)
  })

  it('blames the question in hand for a crash, not the one behind it', async () => {
    const predictor = open()
    const asked = [ask(predictor, 'crash'), ask(predictor, 'ok', {}, 8), ask(predictor, 'crash'), ask(predictor, 'ok')]
    const ends = await Promise.allSettled(asked)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(forks).toHaveLength(5)
    expect(predictor.status()).toMatchObject({ restarts: 4 })
  })

  it('answers single questions before those of a table', async () => {
    const predictor = open()
    await ask(predictor, 'ok')
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    const bulk = [1, 2, 3, 4].map(i => ask(predictor, 'slow', { bulk: true }).then(note(`table ${i}`)))
    const single = ask(predictor, 'ok').then(note('single'))
    await Promise.all([...bulk, single])
    // Two were on their way already.
    expect(order).toEqual(['table 1', 'table 2', 'single', 'table 3', 'table 4'])
  })

  it('hears the heartbeat and what it says of the models held', async () => {
    const predictor = open()
    expect(predictor.status()).toEqual({ state: 'idle', pid: null, restarts: 0, stats: null, nextStartAt: null })
    const { pid } = await ask(predictor, 'ok')
    while (predictor.status().stats === null) await sleep(10)
    expect(predictor.status()).toMatchObject({ state: 'running', pid, stats: { hits: 5, misses: 1 } })
  })

  it('ends a process without a heartbeat, and waits before it starts the next', async () => {
    const predictor = open({ silenceMs: 200, timeouts: { termMs: 0, killMs: 50 } }, ['mute'])
    const { pid } = await ask(predictor, 'ok')
    while (predictor.status().restarts === 0) await sleep(10)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const next = await ask(predictor, 'ok')
    expect(next.pid).not.toBe(pid)
  })

  it('loads a model before it is asked, and says where it cannot', async () => {
    const predictor = open()
    await predictor.load('ok')
    await expect(predictor.load('fail')).rejects.toMatchObject({ code: 'ERR_7001' })
    expect(forks).toHaveLength(1)
  })

  it('waits longer after each crash in a row, up to a limit', async () => {
    const predictor = open({ backOff: { firstMs: 100, mostMs: 400 } }, ['never-ready'])
    for (let i = 0; i < 3; i++) {
      await expect(ask(predictor, 'ok')).rejects.toMatchObject({ code: 'ERR_9001' })
    }
    const gaps = forks.slice(1).map((at, i) => at - forks[i]!)
    expect(gaps).toHaveLength(5)
    for (const [i, least] of [100, 200, 400, 400, 400].entries()) expect(gaps[i]!).toBeGreaterThanOrEqual(least - 1)
  })

  it('ends a process that does not answer in time', async () => {
    const predictor = open({ deadlineMs: 150, timeouts: { termMs: 0, killMs: 50 } })
    await ask(predictor, 'ok', { deadlineMs: 10_000 })
    await expect(ask(predictor, 'hang')).rejects.toMatchObject({ code: 'ERR_9002' })
    await ask(predictor, 'ok', { deadlineMs: 10_000 })
    expect(forks).toHaveLength(2)
  })

  it('stops waiting when asked to, while the others go on', async () => {
    const predictor = open()
    const abort = new AbortController()
    const stopped = ask(predictor, 'ok', { signal: abort.signal })
    const other = ask(predictor, 'ok')
    abort.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'ERR_4004' })
    await other
    await expect(ask(predictor, 'ok', { signal: abort.signal })).rejects.toMatchObject({ code: 'ERR_4004' })
  })

  it('closes with the process gone, and takes nothing more', async () => {
    const predictor = open()
    const { pid } = await ask(predictor, 'ok')
    const hanging = ask(predictor, 'hang')
    hanging.catch(() => undefined)
    await sleep(50)
    await predictor.close()
    await expect(hanging).rejects.toMatchObject({ code: expect.stringMatching(/ERR_4004/) })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    await expect(ask(predictor, 'ok')).rejects.toMatchObject({ code: 'ERR_4001' })
  })
})
