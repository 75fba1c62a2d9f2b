import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import type { UsagePoint } from '../../shared/contract/resources.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createSteppedJobs, type SteppedJobs } from './fixtures/stepped-jobs.ts'
import { createUsageSampler } from './usage-sampler.ts'
import { joinNeighbours, MAX_ROWS, recordUsage, rowReadings, selectUsage } from './usage-store.ts'

const MIB = 1024 ** 2
let workspace: string
let store: Store
let stepped: SteppedJobs
let child: ChildProcess | null = null

beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-usage-'))
  store = await openStore(workspace)
  stepped = createSteppedJobs(store, { workspace })
})
afterEach(async () => {
  child?.kill('SIGKILL')
  child = null
  await stepped.jobs.close()
  store.close()
  rmSync(workspace, { recursive: true })
})

const point = (second: number, cpuPercent: number | null, memoryBytes: number | null = null): UsagePoint => ({
  at: second * 1_000,
  readings: 1,
  cpuPercent,
  memoryBytes,
  gpuPercent: null,
  gpuMemoryBytes: null,
  gpuTemperatureC: null,
  gpuPowerWatts: null,
})
const NONE = { cpuPercent: null, memoryBytes: null, gpuMemoryBytes: null }

it('joins neighbours by their weight, keeps what is not available so, and does not join across a pause', () => {
  const rows = [point(1, 10, 5), { ...point(2, 40, 9), readings: 2 }, point(4, null), point(5, 30), point(600, 7)]
  expect(joinNeighbours(rows)).toEqual([
    { ...point(1, 30, 9), readings: 3 },
    { ...point(4, 30), readings: 2 },
    point(600, 7),
  ])
  expect(joinNeighbours([point(1, 10), point(100, 20), point(101, 40)])).toEqual([
    point(1, 10),
    { ...point(100, 30), readings: 2 },
  ])
})

it('keeps a long job within its rows, with its mean, and its peaks over all attempts', () => {
  const id = stepped.submit('train')
  for (let from = 0; from < 3 * MAX_ROWS; from += 10) {
    const rows = Array.from({ length: 10 }, (_, i) => point(from + i + 1, 100 + ((from + i) % 2), from + i))
    recordUsage(store, id, { rows, peaks: { ...NONE, cpuPercent: from, memoryBytes: from === 20 ? 7_000 : 5 } })
  }
  const kept = selectUsage(store, id, 0)
  expect(kept.length).toBeLessThanOrEqual(MAX_ROWS)
  expect(kept.reduce((sum, { readings }) => sum + readings, 0)).toBe(3 * MAX_ROWS)
  const sum = kept.reduce((total, { cpuPercent, readings }) => total + cpuPercent! * readings, 0)
  expect(sum / (3 * MAX_ROWS)).toBeCloseTo(100.5, 6)
  expect(Math.max(...kept.map(({ memoryBytes }) => memoryBytes!))).toBe(3 * MAX_ROWS - 1)
  expect(rowReadings(store, id)).toBeGreaterThan(1)
  expect(selectUsage(store, id, kept.at(-2)!.at)).toEqual([kept.at(-1)])
  expect(stepped.jobs.get(id).job.peaks).toEqual({ ...NONE, cpuPercent: 3 * MAX_ROWS - 10, memoryBytes: 7_000 })
})

it('records what a real process uses while it works for a job, and what of a card is its own', async () => {
  const busy = 'const held = Buffer.alloc(200 * 1024 ** 2, 1); fs.writeSync(1, "held"); for (;;) held[0]++'
  child = spawn(process.execPath, ['-e', busy])
  // Its memory is there.
  await once(child.stdout!, 'data')
  const pid = child.pid!
  const id = stepped.submit('train')
  const card = { index: 0, name: 'Card', memoryUsedBytes: 9, memoryTotalBytes: 10, temperatureC: 61, powerWatts: 250 }
  const recorded: string[] = []
  const sampler = createUsageSampler({
    store,
    log: silentLog(),
    intervalMs: 50,
    onRecorded: jobId => recorded.push(jobId),
    gpu: {
      read: async () => ({
        gpus: [
          { ...card, uuid: 'GPU-1', percent: 88 },
          { ...card, uuid: 'GPU-2', percent: 99 },
        ],
        problem: null,
      }),
      processes: async () => [
        { gpuUuid: 'GPU-1', pid, memoryBytes: 512 * MIB },
        { gpuUuid: 'GPU-2', pid: pid + 1, memoryBytes: 1024 * MIB },
      ],
    },
  })
  sampler.follow(id, pid)
  for (let tries = 0; recorded.length === 0 && tries < 400; tries++) await sleep(25)
  expect(recorded[0]).toBe(id)
  child.kill('SIGKILL')
  sampler.end(id)
  const rows = selectUsage(store, id, 0)
  expect(rows.length).toBeGreaterThanOrEqual(10)
  expect(rows.at(-1)).toMatchObject({
    gpuPercent: 88,
    gpuMemoryBytes: 512 * MIB,
    gpuTemperatureC: 61,
    gpuPowerWatts: 250,
  })
  const { peaks } = stepped.jobs.get(id).job
  expect(peaks!.memoryBytes).toBeGreaterThan(200 * MIB)
  expect(peaks!.cpuPercent).toBeGreaterThan(5)
  expect(peaks!.gpuMemoryBytes).toBe(512 * MIB)
})

it('records what is left when a job ends, and goes with the job', async () => {
  const id = stepped.submit('train')
  await stepped.jobs.start()
  await stepped.turns()
  stepped.work(id).control.setPid(process.pid)
  // Two readings and more, fewer than a batch.
  await sleep(3_500)
  stepped.work(id).finish({ state: 'completed' })
  await stepped.jobs.settled(id)
  expect(selectUsage(store, id, 0).length).toBeGreaterThan(0)
  await stepped.jobs.remove(id)
  expect(store.all('SELECT * FROM job_usage')).toEqual([])
})
