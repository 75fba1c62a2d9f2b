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

const ask = (predictor: PredictorService, modelFolder: string, options = {}, length = 3) =>
  predictor.predict({ modelFolder, records: [new Uint8Array(length)], nearest: 3 }, options)

afterAll(async () => {
  await Promise.all(opened.map(predictor => predictor.close()))
  rmSync(folder, { recursive: true })
})

describe('predictor service', () => {
  it('starts when first needed and answers each its own', async () => {
    const predictor = open()
    expect(forks).toHaveLength(0)
    const answers = await Promise.all([1, 2, 3, 4].map(length => ask(predictor, 'ok', {}, length)))
    expect(answers.map(([value]) => value!.prediction)).toEqual([1, 2, 3, 4])
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
    const [value] = await ask(predictor, `crash-once:${path.join(folder, 'crashed')}`)
    expect(value!.prediction).toBe(3)
    expect(forks).toHaveLength(2)
  })

  it('gives up after a second crash, and serves the next', async () => {
    const predictor = open()
    const [crashed, next] = await Promise.allSettled([ask(predictor, 'crash'), ask(predictor, 'ok')])
    expect(crashed).toMatchObject({ status: 'rejected', reason: { code: 'ERR_9001' } })
    expect(next).toMatchObject({ status: 'fulfilled' })
    expect(forks).toHaveLength(3)
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
    const [value] = await ask(predictor, 'ok')
    const hanging = ask(predictor, 'hang')
    hanging.catch(() => undefined)
    await sleep(50)
    await predictor.close()
    await expect(hanging).rejects.toMatchObject({ code: expect.stringMatching(/ERR_4004/) })
    expect(() => process.kill(value!.lower, 0)).toThrow('ESRCH')
    await expect(ask(predictor, 'ok')).rejects.toMatchObject({ code: 'ERR_4001' })
  })
})
