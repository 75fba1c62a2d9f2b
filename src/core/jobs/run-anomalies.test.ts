import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { silentLog } from '../../node/log.ts'
import type { Anomaly } from '../../shared/contract/anomalies.ts'
import type { AppEvent } from '../../shared/contract/system.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { type StoreScans, startStoreThread } from '../store/store-reader.ts'
import { createEventBus } from '../system/event-bus.ts'
import { createSettings } from '../system/settings-service.ts'
import { createDownloads } from '../uploads/download-service.ts'
import { createJobLog } from './job-log.ts'
import { createJobSignals } from './job-signals.ts'
import { createJobStore } from './job-store.ts'
import { insertMetricRows, type MetricRow } from './metrics-store.ts'
import { createMonitoring } from './monitoring.ts'
import { createCooldown } from './notice-cooldown.ts'
import { anomaliesOf, watchAnomalies } from './run-anomalies.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-anomalies-'))
let store: Store
let scans: StoreScans
beforeAll(async () => {
  store = await openStore(folder)
  scans = startStoreThread(store.file, silentLog())
})
afterAll(async () => {
  await scans.close()
  store.close()
  rmSync(folder, { recursive: true })
})

function runningJob(): string {
  const jobs = createJobStore(store)
  const { id } = jobs.insert({ kind: 'train', name: 'run', datasetId: null, request: {} })
  for (const to of ['preparing', 'running'] as const) jobs.move(id, { to, actor: 'host', cause: 'test' })
  return id
}

const losses = (from: number, to: number, value = (step: number): number | null => 1 + (step % 5) / 20): MetricRow[] =>
  Array.from({ length: to - from }, (_, i) => ({ name: 'train.loss', step: from + i, value: value(from + i) }))

function takeIn(
  jobId: string,
  rows: readonly MetricRow[],
  onFound: (anomaly: Anomaly) => void = () => undefined,
): void {
  const anomalies = watchAnomalies({ store, jobId, onFound })
  store.write(() => {
    insertMetricRows(store, jobId, rows)
    anomalies.take(rows)
  })
  anomalies.committed()
}

it('writes down what is found with the rows it is found in, and tells of it afterwards', () => {
  const id = runningJob()
  const told: Anomaly[] = []
  takeIn(
    id,
    losses(0, 200, step => (step === 150 ? 90 : 1 + (step % 5) / 20)),
    anomaly => told.push(anomaly),
  )
  expect(anomaliesOf(store, id)).toEqual(told)
  expect(told).toMatchObject([{ rule: 'spike', step: 150, value: 90 }])
})

it('says nothing and keeps nothing of rows that were not taken in', () => {
  const id = runningJob()
  const told = vi.fn()
  const anomalies = watchAnomalies({ store, jobId: id, onFound: told })
  expect(() =>
    store.write(() => {
      anomalies.take(losses(0, 200, step => (step === 150 ? null : 1)))
      throw new Error('the disk is full')
    }),
  ).toThrow('full')
  expect(told).not.toHaveBeenCalled()
  expect(anomaliesOf(store, id)).toEqual([])
})

it('knows what is usual where a run goes on, and does not tell again what was told', () => {
  const id = runningJob()
  takeIn(id, losses(0, 200))
  const told: Anomaly[] = []
  takeIn(
    id,
    losses(200, 220, step => (step === 210 ? 90 : 1)),
    anomaly => told.push(anomaly),
  )
  expect(told.map(({ rule, step }) => [rule, step])).toEqual([['spike', 210]])
  // The same lines again, as after a crash before their offset was written.
  takeIn(
    id,
    losses(200, 220, step => (step === 210 ? 90 : 1)),
    anomaly => told.push(anomaly),
  )
  expect(told).toHaveLength(1)
})

it('tells people every 300 s of a warning and every 60 s of what is critical, for each run and rule', () => {
  let now = 0
  const mayTell = createCooldown(() => now)
  const at = (ms: number, job: string, anomaly: Pick<Anomaly, 'rule' | 'severity'>): boolean => {
    now = ms
    return mayTell(job, anomaly)
  }
  const warning = { rule: 'spike', severity: 'warning' } as const
  const critical = { rule: 'notFinite', severity: 'critical' } as const
  expect([0, 299_999, 300_000, 599_999].map(ms => at(ms, 'a', warning))).toEqual([true, false, true, false])
  expect([0, 59_999, 60_000].map(ms => at(ms, 'a', critical))).toEqual([true, false, true])
  expect(at(60_001, 'b', warning)).toBe(true)
})

it('pauses the run where the settings say so, and tells everybody', () => {
  const id = runningJob()
  const events = createEventBus()
  const published: AppEvent[] = []
  events.publish = event => void published.push(event)
  const settings = createSettings(store, events)
  const pause = vi.fn()
  const rows = createJobStore(store)
  const signals = createJobSignals()
  const monitoring = createMonitoring({
    context: { store, scans, downloads: createDownloads(), events, settings },
    jobs: { rows, runLog: createJobLog(store, signals), signals, pause },
  })
  const anomaly: Anomaly = {
    rule: 'spike',
    severity: 'warning',
    metric: 'train.loss',
    step: 7,
    value: 9,
    typical: 1,
    at: 0,
  }
  monitoring.anomalyFound(id, anomaly)
  expect(pause).not.toHaveBeenCalled()
  settings.update({ pauseOn: ['spike'] })
  monitoring.anomalyFound(id, { ...anomaly, step: 8 })
  expect(pause).toHaveBeenCalledExactlyOnceWith(id, { actor: 'host', cause: 'spike in train.loss at step 8' })
  const found = published.filter(event => event.type === 'anomaly.found')
  expect(found.map(({ jobId, notify, anomaly }) => [jobId, notify, anomaly.step])).toEqual([
    [id, true, 7],
    [id, false, 8],
  ])
})
