import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLog, silentLog } from '../../node/log.ts'
import { logQuerySchema } from '../../shared/contract/logs.ts'
import { createSteppedJobs, type SteppedJobs } from '../jobs/fixtures/stepped-jobs.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { type StoreScans, startStoreThread } from '../store/store-reader.ts'
import { parseLogLine, readApplicationLog } from './application-log.ts'
import { createLogs, type LogsService } from './logs-service.ts'

let workspace: string
let store: Store
let scans: StoreScans
let stepped: SteppedJobs
let logs: LogsService
const opened: string[] = []

beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-logs-'))
  mkdirSync(path.join(workspace, 'logs'))
  store = await openStore(workspace)
  scans = startStoreThread(store.file, silentLog())
  stepped = createSteppedJobs(store, { workspace })
  logs = createLogs({ deps: { workspace, openFolder: async folder => void opened.push(folder) }, scans })
})
afterEach(async () => {
  await stepped.jobs.close()
  await scans.close()
  store.close()
  rmSync(workspace, { recursive: true })
})

const file = (number: number, text: string): void =>
  writeFileSync(path.join(workspace, 'logs', `bindery.${number}.log`), text)
const line = (second: number, level: number, msg: string): string =>
  `${JSON.stringify({ level, time: new Date(second * 1000).toISOString(), pid: 1, msg })}\n`
const read = (query: object) => logs.read(logQuerySchema.parse(query))

describe('readApplicationLog', () => {
  it('reads every line of all files, newest first, whatever lies on the border of a block', async () => {
    const total = 4_000
    const texts = Array.from({ length: total }, (_, i) => `${i} ${'µ'.repeat(i % 97)}`)
    const lines = texts.map((text, i) => line(i, 30, text))
    file(2, lines.slice(0, 1_500).join(''))
    file(10, lines.slice(1_500).join(''))
    writeFileSync(path.join(workspace, 'logs', 'other.log'), line(9, 30, 'not ours'))
    const seen: string[] = []
    for await (const { message } of readApplicationLog(path.join(workspace, 'logs'))) seen.push(message)
    expect(seen).toEqual(texts.toReversed())
  })

  it('shows what a crash cut short as it is, and one line longer than a block whole', async () => {
    const long = 'x'.repeat(300_000)
    file(1, `${line(1, 40, long)}{"level":50,"time":"20`)
    const seen = []
    for await (const each of readApplicationLog(path.join(workspace, 'logs'))) seen.push(each)
    expect(seen).toMatchObject([
      { level: 'error', message: '{"level":50,"time":"20' },
      { level: 'warn', message: long },
    ])
  })
})

it('reads what the log really writes, an error with its stack', async () => {
  const real = await openLog(path.join(workspace, 'logs'))
  real.log.error({ err: new TypeError('no such thing'), job: 'job_x' }, 'a job ended by a bug')
  await real.close()
  const { lines, folder } = await read({})
  expect(folder).toBe(path.join(workspace, 'logs'))
  expect(lines).toMatchObject([
    { level: 'error', source: 'application', jobId: 'job_x', message: 'a job ended by a bug: no such thing' },
  ])
  expect(lines[0]!.details).toContain('logs-service.test.ts')
  expect(Math.abs(lines[0]!.at - Date.now())).toBeLessThan(60_000)
})

it('merges both sources by time, and filters by level, source, time and words', async () => {
  file(1, [line(10, 30, 'started'), line(20, 40, 'slow Disk'), line(40, 50, 'broken')].join(''))
  const id = stepped.submit('train')
  const insert = 'INSERT INTO job_log (job_id, sequence, at, level, message) VALUES (?, ?, ?, ?, ?)'
  store.run(insert, [id, 0, 30_000, 'warn', 'spike in train.loss'])
  store.run(insert, [id, 1, 50_000, 'error', 'disk full'])
  store.run(insert, [id, 2, 60_000, 'info', 'fine'])
  const messages = async (query: object) => (await read(query)).lines.map(({ message }) => message)
  expect(await messages({})).toEqual(['disk full', 'broken', 'spike in train.loss', 'slow Disk'])
  expect((await read({ source: 'jobs', limit: 1 })).lines[0]).toMatchObject({ jobId: id, jobName: 'train #1' })
  expect(await messages({ level: 'info', source: 'application' })).toEqual(['broken', 'slow Disk', 'started'])
  expect(await messages({ level: 'error' })).toEqual(['disk full', 'broken'])
  expect(await messages({ from: 20_000, to: 40_000 })).toEqual(['spike in train.loss', 'slow Disk'])
  expect(await messages({ search: 'DISK' })).toEqual(['disk full', 'slow Disk'])
  expect(await read({ limit: 2 })).toMatchObject({ isCut: true, lines: [{ message: 'disk full' }, {}] })
  expect((await read({ limit: 4 })).isCut).toBe(false)
})

it('opens folders where the host can, and says which where it cannot', async () => {
  await logs.openFolder('logs')
  await logs.openFolder({ run: 'job_a' })
  expect(opened).toEqual([path.join(workspace, 'logs'), path.join(workspace, 'runs', 'job_a')])
  const headless = createLogs({ deps: { workspace }, scans })
  await expect(headless.openFolder('logs')).rejects.toMatchObject({ code: 'ERR_4001' })
})

it('knows the levels of the log', () => {
  for (const [number, level] of [
    [20, 'debug'],
    [30, 'info'],
    [40, 'warn'],
    [60, 'error'],
  ])
    expect(parseLogLine(JSON.stringify({ level: number, time: 'x', msg: 'm' }))).toMatchObject({ level, at: 0 })
})
