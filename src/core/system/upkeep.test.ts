import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { type UpkeepRules, USUAL_UPKEEP } from '../../shared/contract/upkeep.ts'
import { createSteppedJobs, type SteppedJobs } from '../jobs/fixtures/stepped-jobs.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createUpkeep, type UpkeepService } from './upkeep.ts'

const DAY_MS = 24 * 3_600_000
let workspace: string
let store: Store
let stepped: SteppedJobs
let upkeep: UpkeepService
let rules: UpkeepRules

beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-upkeep-'))
  store = await openStore(workspace)
  stepped = createSteppedJobs(store, { workspace })
  rules = USUAL_UPKEEP
  upkeep = createUpkeep({ workspace, store, jobs: stepped.jobs, log: silentLog(), rules: () => rules })
})
afterEach(async () => {
  await stepped.jobs.close()
  store.close()
  rmSync(workspace, { recursive: true })
})

function write(file: string, bytes: number, daysAgo = 0): string {
  const full = path.join(workspace, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, Buffer.alloc(bytes))
  const at = (Date.now() - daysAgo * DAY_MS) / 1000
  utimesSync(full, at, at)
  return full
}

/** A training run that completed so many days ago, with its files. */
async function completedRun(daysAgo: number): Promise<string> {
  const id = stepped.submit('train')
  await stepped.jobs.start()
  await stepped.turns()
  stepped.work(id).finish({ state: 'completed' })
  await stepped.jobs.settled(id)
  store.run('UPDATE jobs SET ended_at = ? WHERE id = ?', [Date.now() - daysAgo * DAY_MS, id])
  for (const name of [
    'checkpoint-00000100.bin',
    'checkpoint-00000100.pinned.bin',
    'checkpoint-best.bin',
    'model.onnx',
  ]) {
    write(`runs/${id}/${name}`, 100)
  }
  return id
}

it('previews and removes what has had its time, and nothing else', async () => {
  const old = await completedRun(8)
  const recent = await completedRun(6)
  const pinned = await completedRun(8)
  stepped.jobs.update(pinned, { pinned: true })
  const trashed = await completedRun(1)
  await stepped.jobs.trash(trashed)
  store.run('UPDATE jobs SET trashed_at = ? WHERE id = ?', [Date.now() - 31 * DAY_MS, trashed])
  const keptInTrash = await completedRun(1)
  await stepped.jobs.trash(keptInTrash)
  const features = [write('cache/features/new.bin', 10), write('cache/features/old.bin', 20, 31)]
  const logs = [write('logs/bindery.1.log', 5, 31), write('logs/bindery.2.log', 5)]

  const [failed, failedPinned] = [await completedRun(91), await completedRun(91)]
  for (const id of [failed, failedPinned]) {
    store.run("UPDATE jobs SET state = 'failed' WHERE id = ?", [id])
    rmSync(path.join(workspace, 'runs', id, 'model.onnx'))
  }
  stepped.jobs.update(failedPinned, { pinned: true })

  const expected = [
    { what: 'trash', count: 1, bytes: 400 },
    { what: 'runs', count: 1, bytes: 300 },
    { what: 'checkpoints', count: 1, bytes: 100 },
    { what: 'features', count: 1, bytes: 20 },
    { what: 'logs', count: 1, bytes: 5 },
  ]
  expect(await upkeep.preview()).toEqual(expected)
  expect(await upkeep.apply(['trash', 'runs', 'checkpoints', 'features', 'logs'])).toEqual(expected)
  expect((await upkeep.preview()).map(({ count }) => count)).toEqual([0, 0, 0, 0, 0])

  const has = (id: string, name: string): boolean => existsSync(path.join(workspace, 'runs', id, name))
  expect(has(old, 'checkpoint-00000100.bin')).toBe(false)
  for (const name of ['checkpoint-00000100.pinned.bin', 'checkpoint-best.bin', 'model.onnx'])
    expect(has(old, name)).toBe(true)
  expect([recent, pinned].map(id => has(id, 'checkpoint-00000100.bin'))).toEqual([true, true])
  expect(
    stepped.jobs
      .list('train')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([old, recent, pinned, failedPinned].sort())
  expect(stepped.jobs.list('train', true).map(({ id }) => id)).toEqual([keptInTrash])
  expect(features.map(file => existsSync(file))).toEqual([true, false])
  expect(logs.map(file => existsSync(file))).toEqual([false, true])
})

it('keeps the most recently used features up to their size, and those of today whatever it is', async () => {
  const half = (USUAL_UPKEEP.featureGigabytes * 1024 ** 3) / 2
  // Sparse: it has the size and takes no room.
  const sparse = (name: string, bytes: number, daysAgo: number): void => {
    const file = write(`cache/features/${name}`, 0, daysAgo)
    truncateSync(file, bytes)
    const at = (Date.now() - daysAgo * DAY_MS) / 1000
    utimesSync(file, at, at)
  }
  sparse('today.bin', 3 * half, 0)
  sparse('two-days.bin', half, 2)
  expect((await upkeep.preview()).find(({ what }) => what === 'features')).toMatchObject({ count: 1, bytes: half })
  rmSync(path.join(workspace, 'cache/features/today.bin'))
  sparse('three-days.bin', half, 3)
  sparse('four-days.bin', 7, 4)
  expect((await upkeep.preview()).find(({ what }) => what === 'features')).toMatchObject({ count: 1, bytes: 7 })
})

it('follows the rules as they are now, and does by itself only what they say', async () => {
  const run = await completedRun(8)
  const log = write('logs/bindery.1.log', 5, 31)
  rules = { ...USUAL_UPKEEP, checkpointDays: 9, automatic: [] }
  expect((await upkeep.preview()).find(({ what }) => what === 'checkpoints')?.count).toBe(0)
  upkeep.start()()
  rules = { ...USUAL_UPKEEP, checkpointDays: 7, automatic: ['checkpoints'] }
  upkeep.start()()
  const checkpoint = path.join(workspace, 'runs', run, 'checkpoint-00000100.bin')
  await vi.waitFor(() => expect(existsSync(checkpoint)).toBe(false))
  expect(existsSync(log)).toBe(true)
})
