/**
 * Times predictions through the application, as a host would run it: single ones, and a table end to end.
 *
 *   npm run -s bench:predict -- [--json] [--rows 100000] [--recipes dmpnn,tanimoto-gp,auto] [--singles 200]
 *
 * The models are trained here on the simulated example: `dmpnn` with one member, full width and the fewest epochs, since what is
 * learned does not change what a prediction costs. `parseOnlyRatio` is molecules a second, file to last stored row, over what RDKit
 * only parses of the same structures on all cores, measured in the same run right after the table. `peakMemoryMiB` is the largest
 * sum of the resident sizes of all processes of the application.
 */
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRouterClient } from '@orpc/server'
import { createApp } from '../src/core/create-app.ts'
import { forkNodeChild } from '../src/node/node-fork.ts'
import { residentBytes } from '../src/node/resident-size.ts'
import type { BinderyClient } from '../src/shared/contract/index.ts'
import type { Recipe } from '../src/shared/contract/jobs.ts'
import { measureParseOnly } from './parse-only.ts'
import { COMBINATIONS, structureOf } from './tables/drug-like.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '100000' },
    /** Of each recipe behind the first: their rates show at a tenth of the rows. */
    recipes: { type: 'string', default: 'dmpnn,tanimoto-gp,auto' },
    singles: { type: 'string', default: '200' },
  },
})
const [rows, singles] = [Number(options.rows), Number(options.singles)]
if (!(Number.isInteger(rows) && rows > 0 && rows <= COMBINATIONS)) {
  throw new Error(`--rows must be a whole number from 1 to ${COMBINATIONS}`)
}
const recipes = options.recipes.split(',') as Recipe[]

const SETTINGS: Record<Recipe, { preset: 'validation' | 'smoke'; settings: Record<string, number> }> = {
  dmpnn: { preset: 'validation', settings: { epochs: 3 } },
  'tanimoto-gp': { preset: 'validation', settings: {} },
  auto: { preset: 'smoke', settings: {} },
}

await main()

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bindery-bench-predict-'))
  try {
    const report = await measure(folder)
    if (options.json) console.log(JSON.stringify(report))
    else for (const [name, value] of Object.entries(report)) console.log(`${name}: ${JSON.stringify(value)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string) {
  const pids = new Map([[process.pid, 'host']])
  const app = await createApp({
    workspace: path.join(folder, 'workspace'),
    host: 'cli',
    version: 'bench',
    fork: name => {
      const child = forkNodeChild(name)
      if (child.pid !== undefined) pids.set(child.pid, name)
      return child
    },
  })
  const client = createRouterClient(app.router) as unknown as BinderyClient
  try {
    const models = await trainModels(client)
    const [first] = models
    if (first === undefined) throw new Error('--recipes names none')
    const single = await measureSingles(client, first.id)

    const watch = startWatch(pids)
    const table = await measureTable({ app, client, folder, modelId: first.id, rows })
    const memory = watch.stop()
    // The chemistry workers have nothing more to do; what they hold and what they take must not slow RDKit down.
    await wait(1_000)
    const smiles = Array.from({ length: Math.min(rows, 30_000) }, (_, row) => structureOf(row))
    const parseOnly = await measureParseOnly(smiles)
    const recipes: Record<string, object> = {}
    for (const { recipe, id } of models.slice(1)) {
      const part = Math.max(1, Math.round(rows / 10))
      const { moleculesPerSecond } = await measureTable({ app, client, folder, modelId: id, rows: part })
      const { singleP95Ms } = await measureSingles(client, id)
      recipes[recipe] = {
        rows: part,
        moleculesPerSecond,
        parseOnlyRatio: round(moleculesPerSecond / parseOnly.perSecond, 3),
        singleP95Ms,
      }
    }
    return {
      singleP95Ms: single.singleP95Ms,
      moleculesPerSecond: table.moleculesPerSecond,
      parseOnlyRatio: round(table.moleculesPerSecond / parseOnly.perSecond, 3),
      peakMemoryMiB: memory.peakMemoryMiB,
      largestProcessMiB: memory.largestProcessMiB,
      parseOnlyPerSecond: round(parseOnly.perSecond, 0),
      parseOnlyCpuMs: round(parseOnly.cpuMs, 3),
      withDepictionsP95Ms: single.withDepictionsP95Ms,
      singleMedianMs: single.singleMedianMs,
      rows,
      seconds: table.seconds,
      hostBlockedMaxMs: memory.hostBlockedMaxMs,
      cpuSeconds: memory.cpuSeconds,
      cpuRatio: cpuRatio(memory.cpuSeconds, parseOnly.cpuMs),
      recipe: first.recipe,
      recipes,
    }
  } finally {
    await app.close()
  }
}

/** The same ratio by processor time, which other programs on the machine change less; `null` where there is no /proc. */
function cpuRatio(cpuSeconds: Record<string, number>, parseOnlyCpuMs: number): number | null {
  const spent = Object.values(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0)
  return spent === 0 ? null : round((parseOnlyCpuMs * rows) / 1000 / spent, 3)
}

async function trainModels(client: BinderyClient): Promise<{ recipe: Recipe; id: string }[]> {
  const { jobId, datasetId } = await client.datasets.importExample()
  await ended(client, jobId)
  const models: { recipe: Recipe; id: string }[] = []
  for (const recipe of recipes) {
    const job = await client.jobs.train({ datasetId, recipe, split: 'column', provider: 'cpu', ...SETTINGS[recipe] })
    models.push({ recipe, id: (await ended(client, job.id)).modelId! })
    console.error(`bench: trained ${recipe}`)
  }
  return models
}

/** One compound at a time, each another, all processes warm; then with its drawing and those of its three analogues. */
async function measureSingles(client: BinderyClient, modelId: string) {
  const ask = async (row: number) => {
    const [item] = await client.predictions.predict({ modelId, smiles: [structureOf(row)] })
    if (!item?.ok) throw new Error(`no prediction of ${structureOf(row)}`)
    return item.prediction
  }
  const draw = { width: 190, height: 120, theme: 'light' } as const
  const alone: number[] = []
  const drawn: number[] = []
  for (let i = 0; i < singles + 20; i++) {
    const row = 1_000_000 + i
    const start = performance.now()
    const prediction = await ask(row)
    const answered = performance.now()
    await client.chemistry.depict({
      smiles: [prediction.smiles, ...prediction.nearest.map(near => near.smiles)],
      ...draw,
    })
    if (i < 20) continue
    alone.push(answered - start)
    drawn.push(performance.now() - start)
  }
  return {
    singleP95Ms: percentile(alone, 0.95),
    singleMedianMs: percentile(alone, 0.5),
    withDepictionsP95Ms: percentile(drawn, 0.95),
  }
}

interface Table {
  app: Awaited<ReturnType<typeof createApp>>
  client: BinderyClient
  folder: string
  modelId: string
  rows: number
}

async function measureTable({ app, client, folder, modelId, rows }: Table) {
  const file = path.join(folder, `table-${rows}.csv`)
  await writeTable(file, rows)
  const start = performance.now()
  const uploadId = await app.uploads.register(file, 'table.csv')
  const { jobId, resultId } = await client.predictions.predictFile({ modelId, uploadId })
  await ended(client, jobId)
  const seconds = (performance.now() - start) / 1000
  const { total, errors } = await client.predictions.result({ resultId, limit: 1 })
  if (total !== rows || errors > 0) throw new Error(`${rows} rows in, ${total} out, ${errors} errors`)
  return { seconds: round(seconds, 2), moleculesPerSecond: round(rows / seconds, 1) }
}

async function writeTable(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file)
  out.write('id,smiles\n')
  for (let row = 0; row < rows; row++) {
    if (!out.write(`B${row},${structureOf(row)}\n`)) await new Promise<void>(resolve => out.once('drain', resolve))
  }
  await new Promise<void>(resolve => out.end(() => resolve()))
}

async function ended(client: BinderyClient, id: string) {
  for (;;) {
    const { job } = await client.jobs.get({ id })
    if (job.state === 'completed') return job
    if (job.endedAt !== null) throw new Error(`job ${id} is ${job.state}: ${job.error?.code} ${job.error?.message}`)
    await wait(50)
  }
}

function startWatch(pids: ReadonlyMap<number, string>) {
  const cpuBefore = cpuSecondsByName(pids)
  let blockedMs = 0
  let sum = 0
  let largest = 0
  let before = process.threadCpuUsage()
  const ticking = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    blockedMs = Math.max(blockedMs, (user + system) / 1000)
    before = process.threadCpuUsage()
  }, 5)
  const cpu = new Map<string, number>()
  const looking = setInterval(async () => {
    // A process that has ended is not asked any more: what it took until the last look counts.
    for (const [name, seconds] of cpuSecondsByName(pids)) cpu.set(name, Math.max(cpu.get(name) ?? 0, seconds))
    const sizes = await Promise.all([...pids.keys()].map(async pid => (await residentBytes(pid)) ?? 0))
    sum = Math.max(
      sum,
      sizes.reduce((a, b) => a + b, 0),
    )
    largest = Math.max(largest, ...sizes)
  }, 250)
  return {
    stop() {
      clearInterval(ticking)
      clearInterval(looking)
      const mebibytes = (bytes: number): number => Math.round(bytes / 1024 ** 2)
      return {
        hostBlockedMaxMs: round(blockedMs, 1),
        peakMemoryMiB: mebibytes(sum),
        largestProcessMiB: mebibytes(largest),
        cpuSeconds: Object.fromEntries(
          [...cpu].map(([name, seconds]) => [name, round(seconds - (cpuBefore.get(name) ?? 0), 1)]),
        ),
      }
    },
  }
}

/** Processor time of all processes of a kind, of Linux's /proc; nothing elsewhere. */
function cpuSecondsByName(pids: ReadonlyMap<number, string>): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [pid, name] of pids) {
    const file = `/proc/${pid}/stat`
    if (!existsSync(file)) continue
    const fields = readFileSync(file, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    // utime and stime, in hundredths of a second.
    sums.set(name, (sums.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100)
  }
  return sums
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!, 1)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
