import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store/open-store.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { createJobSignals } from './job-signals.ts'
import { createJobStore, type JobStore } from './job-store.ts'
import { type MetricBatch, type StreamSources, streamLog, streamMetrics } from './job-streams.ts'
import { createMinMax, RANGES_PER_SERIES, readReduced } from './metrics-backlog.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-streams-'))
const signals = createJobSignals()
let store: Store
let jobs: JobStore
let log: JobLog
let sources: StreamSources
beforeAll(async () => {
  store = await openStore(folder)
  jobs = createJobStore(store)
  log = createJobLog(store, signals)
  sources = { store, jobs, log, signals }
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function newJob(): string {
  const { id } = jobs.insert({ kind: 'train', name: 'run', datasetId: null, request: {} })
  for (const to of ['preparing', 'running'] as const) jobs.move(id, { to, actor: 'host', cause: 'test' })
  return id
}

function addPoints(id: string, from: number, to: number, curve = (step: number): number => step): void {
  store.write(() => {
    for (let step = from; step < to; step++) {
      store.run('INSERT INTO metrics (job_id, step, name, value) VALUES (?, ?, ?, ?)', [id, step, 'loss', curve(step)])
    }
  })
  signals.notify(id)
}

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
    const done = collect(streamMetrics(sources, id, 0), batch => seen.push(...batch.points.map(p => p.step)))
    await turns()
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    addPoints(id, 10, 12)
    await turns()
    expect(seen).toHaveLength(12)
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
    for await (const batch of streamMetrics(sources, id, 0)) {
      first = batch
      break
    }
    addPoints(id, 5, 7)
    end(id)
    const rest = await collect(streamMetrics(sources, id, first!.cursor))
    expect(rest.flatMap(batch => batch.points.map(p => p.step))).toEqual([5, 6])
  })

  it('ends when its watcher leaves and when the job is removed', async () => {
    const id = newJob()
    const abort = new AbortController()
    const left = collect(streamMetrics(sources, id, 0, abort.signal))
    abort.abort()
    expect(await left).toEqual([])
    const removed = collect(streamMetrics(sources, id, 0))
    jobs.remove(id)
    signals.notify(id)
    expect(await removed).toEqual([])
  })

  it('refuses an unknown job', async () => {
    await expect(collect(streamMetrics(sources, 'job_000000000000', 0))).rejects.toMatchObject({ code: 'ERR_3002' })
  })

  it('sends the outline of 1,000,000 points with every spike, without holding up the event loop', async () => {
    const id = newJob()
    store.run(
      `WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 999999)
       INSERT INTO metrics (job_id, step, name, value)
       SELECT ?, step, 'loss', CASE step WHEN 123456 THEN 50 WHEN 777777 THEN -50 ELSE (step % 97) / 97.0 END FROM steps`,
      [id],
    )
    end(id)
    // Turns of the event loop, not milliseconds: those depend on who else uses the machine.
    let turns = 0
    let reading = true
    const turn = (): void => {
      turns++
      if (reading) setImmediate(turn)
    }
    turn()
    const batches = await collect(streamMetrics(sources, id, 0))
    reading = false
    expect(batches).toHaveLength(1)
    const { points } = batches[0]!
    expect(points.length).toBeLessThanOrEqual(2 * RANGES_PER_SERIES)
    expect(points.length).toBeGreaterThan(RANGES_PER_SERIES)
    expect(points).toContainEqual({ step: 123456, name: 'loss', value: 50 })
    expect(points).toContainEqual({ step: 777777, name: 'loss', value: -50 })
    expect(points[0]!.step).toBe(0)
    expect(turns).toBeGreaterThanOrEqual(1_000_000 / 4_000)
    expect(await collect(streamMetrics(sources, id, batches[0]!.cursor))).toEqual([])
  })
})

describe('min/max reduction', () => {
  it('keeps a short series whole and every extreme of a long one, in step order', () => {
    const short = createMinMax({ first: 0, last: 999 })
    for (let step = 0; step < 1_000; step++) short.add({ step, value: Math.sin(step) })
    expect(short.finish()).toHaveLength(1_000)

    const long = createMinMax({ first: 0, last: 99_999 })
    const values = Array.from({ length: 100_000 }, (_, step) => Math.sin(step * 12.9898) * 43758.5453)
    for (const [step, value] of values.entries()) long.add({ step, value })
    const kept = long.finish()
    expect(kept.map(row => row.step)).toEqual(kept.map(row => row.step).sort((a, b) => a - b))
    for (let from = 0; from < 100_000; from += 100) {
      const range = values.slice(from, from + 100)
      const inRange = kept.filter(row => row.step >= from && row.step < from + 100).map(row => row.value)
      expect(Math.min(...inRange)).toBe(Math.min(...range))
      expect(Math.max(...inRange)).toBe(Math.max(...range))
    }
  })

  it('keeps series apart', async () => {
    const id = newJob()
    addPoints(id, 0, 3)
    store.run("INSERT INTO metrics (job_id, step, name, value) VALUES (?, 1, 'rmse', 0.5)", [id])
    expect(await readReduced(store, { jobId: id, after: 0, upTo: 2 ** 40 })).toEqual([
      { step: 0, name: 'loss', value: 0 },
      { step: 1, name: 'loss', value: 1 },
      { step: 2, name: 'loss', value: 2 },
      { step: 1, name: 'rmse', value: 0.5 },
    ])
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
