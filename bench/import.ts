/**
 * Times the import of a table of distinct structures through the application, as a host would run it.
 *
 *   npm run -s bench:import -- [--json] [--rows 100000 | --sdf MEGABYTES]
 *
 * Makes the table itself: a CSV of 100,000 molecules with at least 25 heavy atoms in the median, or an SD file of that size, which
 * is uploaded as a browser does it. `hostBlockedMaxMs` is the longest time between two ticks of a 5 ms timer in the host, less
 * what other processes took of it (processor time of the thread), `hostDelayMaxMs` the same with it; `peakMemoryMiB` the largest
 * resident size that any process reached, `memoryMiB` that of the largest process in each twentieth of the time.
 */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRouterClient } from '@orpc/server'
import { createApp } from '../src/core/create-app.ts'
import { forkNodeChild } from '../src/node/node-fork.ts'
import { residentBytes } from '../src/node/resident-size.ts'
import type { BinderyClient } from '../src/shared/contract/index.ts'
import { COMBINATIONS } from './tables/drug-like.ts'
import { writeCsv, writeSdf } from './tables/write-tables.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '100000' },
    sdf: { type: 'string' },
  },
})
const rows = Number(options.rows)
const megabytes = options.sdf === undefined ? null : Number(options.sdf)
if (!(Number.isInteger(rows) && rows > 0 && rows <= COMBINATIONS)) {
  throw new Error(`--rows must be a whole number from 1 to ${COMBINATIONS}`)
}
if (megabytes !== null && !(megabytes > 0)) throw new Error('--sdf must be a number above 0')
const SAMPLES = 20

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-bench-import-'))
try {
  const report = await (megabytes === null ? measureCsv() : measureSdf(megabytes))
  if (options.json) console.log(JSON.stringify(report))
  else for (const [name, value] of Object.entries(report)) console.log(`${name}: ${JSON.stringify(value)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measureCsv() {
  const file = path.join(folder, 'table.csv')
  await writeCsv(file, rows)
  return measure(file)
}

async function measureSdf(size: number) {
  const file = path.join(folder, 'table.sdf')
  await writeSdf(file, size * 1e6)
  return { megabytes: Math.round(statSync(file).size / 1e6), ...(await measure(file, 'upload')) }
}

async function measure(file: string, how: 'register' | 'upload' = 'register') {
  const pids = new Set([process.pid])
  const app = await createApp({
    workspace: path.join(folder, 'workspace'),
    host: 'cli',
    version: 'bench',
    fork: name => {
      const child = forkNodeChild(name)
      if (child.pid !== undefined) pids.add(child.pid)
      return child
    },
  })
  const client: BinderyClient = createRouterClient(app.router)
  const watch = startWatch(pids)
  try {
    const start = performance.now()
    const stages: Record<string, number> = {}
    let last = start
    const stage = (name: string): void => {
      stages[name] = round((performance.now() - last) / 1000)
      last = performance.now()
    }
    const uploadId =
      how === 'register'
        ? await app.uploads.register(file, path.basename(file))
        : await app.uploads.receive(createReadStream(file), path.basename(file), 50 * 1024 ** 3)
    if (how === 'upload') stage('upload')
    const { proposal } = await client.datasets.preview({ uploadId })
    stage('preview')
    const roles = { ...proposal, smiles: proposal.smiles! }
    const { jobId, datasetId } = await client.datasets.import({
      uploadId,
      options: { roles, unit: 'pX', endpoint: 'Ki' },
    })
    stage('check')
    for (;;) {
      const { job } = await client.jobs.get({ id: jobId })
      if (job.state === 'completed') break
      if (job.error !== null) throw new Error(`the import failed: ${job.error.code} ${job.error.message}`)
      await wait(100)
    }
    stage('import')
    const seconds = round((performance.now() - start) / 1000)
    const { summary, rows: counts } = await client.datasets.get({ id: datasetId })
    return { seconds, stages, rows: counts.read, structures: summary?.structures, counts, ...watch.stop() }
  } finally {
    watch.stop()
    await app.close()
  }
}

function startWatch(pids: ReadonlySet<number>) {
  const sizes: number[] = []
  let blockedMs = 0
  let before = process.threadCpuUsage()
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const ticking = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    blockedMs = Math.max(blockedMs, (user + system) / 1000)
    before = process.threadCpuUsage()
  }, 5)
  const looking = setInterval(() => {
    void Promise.all([...pids].map(residentBytes)).then(all => sizes.push(Math.max(...all.map(bytes => bytes ?? 0))))
  }, 250)
  return {
    stop() {
      clearInterval(ticking)
      clearInterval(looking)
      delay.disable()
      const mebibytes = sizes.map(bytes => Math.round(bytes / 1024 ** 2))
      const parts = Array.from({ length: SAMPLES }, (_, i) =>
        mebibytes.slice(Math.floor((i * sizes.length) / SAMPLES), Math.ceil(((i + 1) * sizes.length) / SAMPLES)),
      )
      return {
        hostBlockedMaxMs: round(blockedMs),
        hostDelayMaxMs: round(delay.max / 1e6),
        peakMemoryMiB: Math.max(0, ...mebibytes),
        memoryMiB: parts.map(part => Math.max(0, ...part)),
      }
    },
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
