/**
 * How fast `metrics.jsonl` becomes rows, and how little is read of a long file for little news. Several runs are taken in at
 * once, as when they train at once; the host's event loop is watched all the while.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createJobLog } from '../src/core/jobs/job-log.ts'
import { createJobSignals } from '../src/core/jobs/job-signals.ts'
import { createJobStore } from '../src/core/jobs/job-store.ts'
import { readRunFiles, type TailOptions } from '../src/core/jobs/metrics-tail.ts'
import { openStore, type Store } from '../src/core/store/open-store.ts'
import { startStoreThread } from '../src/core/store/store-reader.ts'
import { silentLog } from '../src/node/log.ts'

export interface IngestFigures {
  ingestRowsPerSecond: number
  bytesReadForTail: number
  /** Longest time in which the host's event loop did nothing else. */
  ingestHostBlockedMs: number
}

const RUNS = 4
const STEPS = 25_000
const NAMES = ['train.loss', 'learningRate', 'gradientNorm', 'itemsPerSecond'] as const
const LONG_FILE_BYTES = 100 * 2 ** 20
const NEWS_BYTES = 10 * 2 ** 10

export async function measureIngest(): Promise<IngestFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bindery-bench-ingest-'))
  const store = await openStore(folder)
  const scans = startStoreThread(store.file, silentLog())
  try {
    const rate = await measureRate(store, folder)
    return { ...rate, bytesReadForTail: await measureTail(store, folder) }
  } finally {
    await scans.close()
    store.close()
    rmSync(folder, { recursive: true })
  }
}

async function measureRate(store: Store, folder: string): Promise<Omit<IngestFigures, 'bytesReadForTail'>> {
  const runs = Array.from({ length: RUNS }, () => newRun(store, folder))
  for (const run of runs) writeFileSync(path.join(run.runFolder, 'metrics.jsonl'), metricsText(0, STEPS))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const started = performance.now()
  const reports = await Promise.all(runs.map(run => readRunFiles(run)))
  const seconds = (performance.now() - started) / 1_000
  delay.disable()
  const rows = reports.reduce((sum, report) => sum + report.rows, 0)
  const stored = store.one<{ n: number }>('SELECT COUNT(*) AS n FROM metric_points')?.n
  if (rows !== RUNS * STEPS * NAMES.length || stored !== rows)
    throw new Error(`${rows} rows were read, ${stored} are stored`)
  return { ingestRowsPerSecond: Math.round(rows / seconds), ingestHostBlockedMs: Math.round(delay.max / 1e6) }
}

/** A file of 100 MB that has been read, then 10 KB more. */
async function measureTail(store: Store, folder: string): Promise<number> {
  const run = newRun(store, folder)
  const file = path.join(run.runFolder, 'metrics.jsonl')
  const block = metricsText(0, 2_500)
  const descriptor = openSync(file, 'w')
  let bytes = 0
  for (; bytes < LONG_FILE_BYTES; bytes += block.length) writeSync(descriptor, block)
  closeSync(descriptor)
  await readRunFiles(run)
  const news = metricsText(2_500, 2_500 + Math.ceil(NEWS_BYTES / (block.length / 2_500)))
  const append = openSync(file, 'a')
  writeSync(append, news)
  closeSync(append)
  const { bytesRead, rows } = await readRunFiles(run)
  if (rows !== news.split('\n').length - 1) throw new Error(`${rows} rows of news were read`)
  truncateSync(file)
  return bytesRead
}

function newRun(store: Store, folder: string): TailOptions {
  const { id } = createJobStore(store).insert({ kind: 'train', name: 'run', datasetId: null, request: {} })
  const runFolder = path.join(folder, id)
  mkdirSync(runFolder)
  return { store, log: createJobLog(store, createJobSignals()), jobId: id, runFolder }
}

function metricsText(from: number, to: number): string {
  const lines: string[] = []
  for (let step = from; step < to; step++) {
    for (const [i, name] of NAMES.entries()) {
      const value = Math.exp(-step / 9_000) + ((step * 7_919 + i) % 1_009) / 5_000
      lines.push(JSON.stringify({ step, name, value, at: 1_700_000_000_000 + step }))
    }
  }
  return `${lines.join('\n')}\n`
}

if (import.meta.main) console.log(JSON.stringify(await measureIngest()))
