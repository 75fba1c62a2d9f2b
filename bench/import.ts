/**
 * Times the import of a table of distinct structures through the application, as a host would run it.
 *
 *   npm run -s bench:import -- [--json] [--rows 100000]
 *
 * Makes the table itself: amides of drug-like acids and amines with substituents, no two alike, at least 25 heavy atoms in the
 * median. `hostBlockedMaxMs` is the longest time between two ticks of a 5 ms timer in the host, less what other processes took
 * of it (processor time of the thread); `peakMemoryMiB` the largest resident size that any process reached.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRouterClient } from '@orpc/server'
import { createApp } from '../src/core/create-app.ts'
import { forkNodeChild } from '../src/node/node-fork.ts'
import { residentBytes } from '../src/node/resident-size.ts'
import type { BinderyClient } from '../src/shared/contract/index.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rows: { type: 'string', default: '100000' } },
})
const rows = Number(options.rows)
if (!(Number.isInteger(rows) && rows > 0)) throw new Error('--rows must be a whole number above 0')

const SUBSTITUENTS = [
  'F',
  'Cl',
  'OC',
  'C(F)(F)F',
  'C#N',
  'CC',
  'S(C)(=O)=O',
  'OCC',
  'N(C)C',
  'C(=O)OC',
  'C(C)C',
  'OC(F)F',
]
/** Rings with a place for the rest of the molecule at their first atom; none is its own mirror image. */
const RINGS = [
  (a: string, b: string, rest: string) => `c1(${rest})cc(${a})c(${b})cc1`,
  (a: string, b: string, rest: string) => `c1(${rest})cc(${a})cc(${b})n1`,
  (a: string, b: string, rest: string) => `c1(${rest})nc(${a})nc(${b})c1`,
  (a: string, b: string, rest: string) => `c1(${rest})c(${a})c2cc(${b})ccc2[nH]1`,
]
const LINKERS = [
  'CC(=O)N',
  'C(=O)N2CCN(CC2)',
  'CCC(=O)NC',
  'C(=O)NC2CCN(CC2)C',
  'OCC(=O)NCC',
  'C(=O)N2CCC(CC2)O',
  'CSCC(=O)N',
]
const COMBINATIONS = SUBSTITUENTS.length ** 4 * RINGS.length ** 2 * LINKERS.length
/** Shares no factor with the number of combinations, so that steps of it visit each once. */
const STRIDE = 104_729

if (rows > COMBINATIONS) throw new Error(`--rows must be at most ${COMBINATIONS}`)
await main()

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bindery-bench-import-'))
  try {
    const file = path.join(folder, 'table.csv')
    await writeTable(file)
    const report = await measure(path.join(folder, 'workspace'), file)
    if (options.json) console.log(JSON.stringify(report))
    else for (const [name, value] of Object.entries(report)) console.log(`${name}: ${JSON.stringify(value)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The digits of the number pick the parts. */
function structureOf(row: number): string {
  let rest = (row * STRIDE) % COMBINATIONS
  const pick = <T>(parts: readonly T[]): T => {
    const part = parts[rest % parts.length]!
    rest = Math.floor(rest / parts.length)
    return part
  }
  const [a, b, c, d] = [pick(SUBSTITUENTS), pick(SUBSTITUENTS), pick(SUBSTITUENTS), pick(SUBSTITUENTS)]
  const right = pick(RINGS)(c, d, '').replace('()', '').replaceAll('2', '4').replaceAll('1', '3')
  return pick(RINGS)(a, b, pick(LINKERS) + right)
}

async function writeTable(file: string): Promise<void> {
  const out = createWriteStream(file)
  out.write('id,smiles,pKi\n')
  for (let row = 0; row < rows; row++) {
    if (!out.write(`B${row},${structureOf(row)},${(4 + (row % 500) / 100).toFixed(2)}\n`)) {
      await new Promise<void>(resolve => out.once('drain', resolve))
    }
  }
  await new Promise<void>(resolve => out.end(() => resolve()))
}

async function measure(workspace: string, file: string) {
  const pids = new Set([process.pid])
  const app = await createApp({
    workspace,
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
    const uploadId = await app.uploads.register(file, 'table.csv')
    await client.datasets.preview({ uploadId })
    stage('preview')
    const roles = { id: 0, smiles: 1, value: 2 }
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
    const dataset = await client.datasets.get({ id: datasetId })
    return { seconds, stages, rows, structures: dataset.summary?.structures, counts: dataset.rows, ...watch.stop() }
  } finally {
    watch.stop()
    await app.close()
  }
}

function startWatch(pids: ReadonlySet<number>) {
  let blockedMs = 0
  let peak = 0
  let before = process.threadCpuUsage()
  const ticking = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    blockedMs = Math.max(blockedMs, (user + system) / 1000)
    before = process.threadCpuUsage()
  }, 5)
  const looking = setInterval(() => {
    for (const pid of pids) void residentBytes(pid).then(bytes => (peak = Math.max(peak, bytes ?? 0)))
  }, 250)
  return {
    stop() {
      clearInterval(ticking)
      clearInterval(looking)
      return { hostBlockedMaxMs: round(blockedMs), peakMemoryMiB: Math.round(peak / 1024 ** 2) }
    },
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
