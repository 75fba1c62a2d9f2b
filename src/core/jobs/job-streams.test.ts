import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import type { MetricBatch } from '../../shared/contract/metrics.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { type StoreScans, startStoreThread } from '../store/store-reader.ts'
import { createEventBus } from '../system/event-bus.ts'
import { createSettings } from '../system/settings-service.ts'
import { createDownloads } from '../uploads/download-service.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { createJobSignals } from './job-signals.ts'
import { createJobStore, type JobStore } from './job-store.ts'
import { type StreamSources, streamLog, streamMetrics } from './job-streams.ts'
import { insertMetricRows } from './metrics-store.ts'
import { createMonitoring } from './monitoring.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-streams-'))
const signals = createJobSignals()
let store: Store
let jobs: JobStore
let log: JobLog
let scans: StoreScans
let sources: StreamSources
beforeAll(async () => {
  store = await openStore(folder)
  jobs = createJobStore(store)
  log = createJobLog(store, signals)
  scans = startStoreThread(store.file, silentLog())
  sources = { store, scans, jobs, log, signals }
})
afterAll(async () => {
  await scans.close()
  store.close()
  rmSync(folder, { recursive: true })
})

function newJob(): string {
  const { id } = jobs.insert({ kind: 'train', name: 'run', datasetId: null, request: {} })
  for (const to of ['preparing', 'running'] as const) jobs.move(id, { to, actor: 'host', cause: 'test' })
  return id
}

const RANGES = 1_000
const watch = (id: string, after = 0, signal?: AbortSignal) =>
  streamMetrics(sources, { jobId: id, after, ranges: RANGES }, signal)

function addPoints(id: string, from: number, to: number, curve = (step: number): number => step): void {
  const rows = Array.from({ length: to - from }, (_, i) => ({ name: 'loss', step: from + i, value: curve(from + i) }))
  store.write(() => insertMetricRows(store, id, rows))
  signals.notify(id)
}

const stepsOf = (batches: readonly MetricBatch[]): number[] =>
  batches.flatMap(({ curves }) => curves.flatMap(({ steps }) => steps))

function end(id: string): void {
  jobs.move(id, { to: 'completed', actor: 'host', cause: 'test' })
  signals.notify(id)
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await nextTurn()
}

async function collect<T>(stream: AsyncIterable<T>, onEach: (item: T) => void = () => {}): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) {
    items.push(item)
    onEach(item)
  }
  return items
}

describe('metrics stream', () => {
  it('sends what there is, then each news once, and ends with the job', async () => {
    const id = newJob()
    addPoints(id, 0, 10)
    const seen: number[] = []
    const done = collect(watch(id), batch => seen.push(...stepsOf([batch])))
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    addPoints(id, 10, 12)
    await expect.poll(() => seen, { timeout: 20_000 }).toHaveLength(12)
    addPoints(id, 12, 13)
    end(id)
    await done
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => i))
  })

  it('goes on after a cursor without sending a point twice', async () => {
    const id = newJob()
    addPoints(id, 0, 5)
    const other = newJob()
    addPoints(other, 0, 5)
    let first: MetricBatch | undefined
    for await (const batch of watch(id)) {
      first = batch
      break
    }
    addPoints(id, 5, 7)
    end(id)
    expect(stepsOf(await collect(watch(id, first!.cursor)))).toEqual([5, 6])
  })

  it('tells of a replaced point, and says nothing of one that came again as it was', async () => {
    const id = newJob()
    addPoints(id, 0, 5)
    const { cursor } = (await watch(id).next()).value as MetricBatch
    addPoints(id, 2, 4, step => (step === 3 ? 99 : step))
    end(id)
    expect((await collect(watch(id, cursor))).map(({ curves }) => curves)).toEqual([
      [{ name: 'loss', steps: [3], values: [99] }],
    ])
  })

  it('ends when its watcher leaves and when the job is removed', async () => {
    const id = newJob()
    const abort = new AbortController()
    const left = collect(watch(id, 0, abort.signal))
    abort.abort()
    expect(await left).toEqual([])
    const removed = collect(watch(id))
    jobs.remove(id)
    signals.notify(id)
    expect(await removed).toEqual([])
  })

  it('refuses an unknown job before the stream begins', async () => {
    const runLog = log
    const events = createEventBus()
    const monitoring = createMonitoring({
      context: { store, scans, downloads: createDownloads(), events, settings: createSettings(store, events) },
      jobs: {
        rows: jobs,
        runLog,
        signals,
        pause: () => {
          throw new Error('nobody asked for it')
        },
      },
    })
    const unknown = expect.objectContaining({ code: 'ERR_3002' })
    expect(() => monitoring.metrics({ jobId: 'job_000000000000', after: 0, ranges: 10 })).toThrow(unknown)
    expect(() => monitoring.log('job_000000000000', -1)).toThrow(unknown)
    await expect(collect(watch('job_000000000000'))).rejects.toMatchObject({ code: 'ERR_3002' })
  })

  it('sends the outline of what a watcher who was away has missed, from where it left', async () => {
    const id = newJob()
    addPoints(id, 0, 100)
    const { cursor } = (await watch(id).next()).value as MetricBatch
    for (let from = 100; from < 50_000; from += 4_990) {
      addPoints(id, from, from + 4_990, step => (step === 33_333 ? 1e6 : step % 97))
    }
    end(id)
    const batches = await collect(watch(id, cursor))
    expect(batches).toHaveLength(1)
    const curve = batches[0]!.curves[0]!
    expect(curve.steps.length).toBeLessThanOrEqual(2 * RANGES)
    expect(curve.steps[0]).toBeGreaterThan(90)
    expect(curve.values[curve.steps.indexOf(33_333)]).toBe(1e6)
    expect(await collect(watch(id, batches[0]!.cursor))).toEqual([])
  })
})

describe('log stream', () => {
  it('continues after a sequence number and ends with the job', async () => {
    const id = newJob()
    for (let i = 0; i < 2_500; i++) log.append(id, 'info', `line ${i}`)
    const done = collect(streamLog(sources, id, 99))
    await turns()
    log.append(id, 'warn', 'last')
    end(id)
    const lines = (await done).flat()
    expect(lines.map(line => line.sequence)).toEqual(Array.from({ length: 2_401 }, (_, i) => 100 + i))
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'last' })
  })
})
