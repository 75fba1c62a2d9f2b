/**
 * Trains a recipe on tables with a split of their own and tests it there.
 *
 *     npm run -s bench:accuracy -- [--recipe auto] [--preset production] [--seed N] [--threads N] [--set key=value]… [--json] FILE…
 *
 * A table is CSV with the columns `smiles`, `split` (train, test) and `y [pEC50/pKi]`, and may have `cliff_mol`, 1 for compounds of an
 * activity cliff. Features come from the chemistry worker's code and training is the trainer's own, in this process. `--json` prints
 * one object: {recipe, preset, seed, sets: [{name, rmse, cliffRmse, meanRmse, nearestRmse, coverage90, meanWidth90, seconds, parts}],
 * mean: {…}}, `coverage90` and `meanWidth90` being those of the 90 % intervals over the test rows, in pX units.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { featuriseFile } from '../src/chem-worker/featurise-file.ts'
import { StructureReader } from '../src/chem-worker/structure-reader.ts'
import { createToolkit } from '../src/chem-worker/toolkit.ts'
import { featurePresetOf, sectionsOf } from '../src/recipes/feature-presets.ts'
import { rmse } from '../src/recipes/metrics/regression.ts'
import { presetSchema, recipeSchema } from '../src/shared/contract/jobs.ts'
import type { ModelCard } from '../src/shared/contract/models.ts'
import type { RunSpec } from '../src/shared/trainer-protocol.ts'
import { Control } from '../src/trainer/control.ts'
import { executeRun } from '../src/trainer/run.ts'
import { RunReporter } from '../src/trainer/run-reporter.ts'

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    recipe: { type: 'string', default: 'auto' },
    preset: { type: 'string', default: 'production' },
    seed: { type: 'string', default: '42' },
    threads: { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
})
if (files.length === 0) {
  console.error(
    'usage: npm run -s bench:accuracy -- [--recipe R] [--preset P] [--seed N] [--threads N] [--set key=value] [--json] FILE…',
  )
  process.exit(2)
}
const recipe = recipeSchema.parse(options.recipe)
const preset = presetSchema.parse(options.preset)
const seed = Number(options.seed)
const settings = Object.fromEntries(
  options.set.map(pair => {
    const [name, value] = pair.split('=') as [string, string]
    return [name, value === 'true' ? true : value === 'false' ? false : Number(value)]
  }),
)

interface Row {
  smiles: string
  split: string
  'y [pEC50/pKi]': string
  cliff_mol?: string
}

interface SetResult {
  name: string
  rmse: number | null
  cliffRmse: number | null
  meanRmse: number | null
  nearestRmse: number | null
  coverage90: number
  meanWidth90: number
  seconds: number
  parts: ModelCard['parts']
}

const reader = new StructureReader(await createToolkit())
const sets: SetResult[] = []
for (const file of files) {
  const result = await testOn(file)
  sets.push(result)
  console.error(
    `${result.name}  test RMSE ${result.rmse?.toFixed(4)}  cliff ${result.cliffRmse?.toFixed(4) ?? '-'}  90 % interval covers ${result.coverage90.toFixed(3)}, width ${result.meanWidth90.toFixed(2)}  ${result.seconds.toFixed(0)} s`,
  )
}
const mean = meanOf(sets)
if (options.json) console.log(JSON.stringify({ recipe, preset, seed, sets, mean }))
else console.log(`mean test RMSE ${mean.rmse?.toFixed(3)}, cliff ${mean.cliffRmse?.toFixed(3) ?? '-'}`)

async function testOn(file: string): Promise<SetResult> {
  const text = await readFile(file)
  const rows = parse(text, { columns: true, bom: true }) as Row[]
  const name = path.basename(file, '.csv')
  const folder = await mkdtemp(path.join(tmpdir(), 'bindery-accuracy-'))
  try {
    const startedAt = performance.now()
    const featureFile = await featuriseRows(folder, rows)
    const spec = specOf({ name, rows, featureFile, sha256: createHash('sha256').update(text).digest('hex') })
    await writeFile(path.join(folder, 'run.json'), JSON.stringify(spec))
    const control = new Control()
    const reporter = new RunReporter(folder, { control, tell: () => undefined })
    await executeRun(folder, reporter, control)
    reporter.close()
    const card = JSON.parse(await readFile(path.join(folder, 'card.json'), 'utf8')) as ModelCard
    return { name, ...figuresOf(card, rows), seconds: (performance.now() - startedAt) / 1000 }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function featuriseRows(folder: string, rows: readonly Row[]): Promise<string> {
  const inputFile = path.join(folder, 'structures.smi')
  const outputFile = path.join(folder, 'features.bin')
  await writeFile(inputFile, rows.map(row => `${row.smiles}\n`).join(''))
  const input = { inputFile, outputFile, sections: [...sectionsOf(featurePresetOf(recipe))] }
  const signal = new AbortController().signal
  const idle = async (): Promise<undefined> => undefined
  const context = { reader, signal, emit: idle, breathe: idle, progress: () => undefined }
  const { refusals } = await featuriseFile(input, context)
  for (const { row, message } of refusals) console.error(`row ${row} is left out: ${message}`)
  return outputFile
}

function specOf(set: { name: string; rows: readonly Row[]; featureFile: string; sha256: string }): RunSpec {
  const { name, rows, featureFile, sha256 } = set
  return {
    format: 'bindery-run-1',
    jobId: 'job_000000000000',
    recipe,
    preset,
    settings,
    seed,
    provider: 'cpu',
    threads: Number(options.threads),
    split: 'column',
    rows: {
      y: rows.map(row => Number(row['y [pEC50/pKi]'])),
      bound: rows.map(() => 0),
      splitValue: rows.map(row => row.split),
      scaffold: rows.map(() => null),
      smiles: rows.map(row => row.smiles),
    },
    featureFile,
    featurePreset: featurePresetOf(recipe),
    dataset: { id: 'ds_000000000000', name, sha256, simulated: false, endpoint: 'other', target: null },
    application: { version: 'bench' },
  }
}

function figuresOf(card: ModelCard, rows: readonly Row[]): Omit<SetResult, 'name' | 'seconds'> {
  const test = card.parity.filter(({ part }) => part === 'test')
  const cliffs = test.filter(({ row }) => rows[row]!.cliff_mol === '1')
  const errorOf = (pairs: typeof test) =>
    rmse(
      pairs.map(({ measured }) => measured),
      pairs.map(({ predicted }) => predicted),
    )
  const covered = test.filter(({ measured, predicted, halfWidth }) => Math.abs(measured - predicted) <= halfWidth)
  return {
    rmse: errorOf(test),
    cliffRmse: errorOf(cliffs),
    meanRmse: card.baselines.mean.rmse,
    nearestRmse: card.baselines.nearest.rmse,
    coverage90: covered.length / test.length,
    meanWidth90: test.reduce((sum, { halfWidth }) => sum + 2 * halfWidth, 0) / test.length,
    parts: card.parts,
  }
}

type Figure = Exclude<keyof SetResult, 'name' | 'parts'>

function meanOf(results: readonly SetResult[]): Pick<SetResult, Figure> {
  const average = (key: Figure): number | null => {
    const values = results.map(result => result[key]).filter(value => value !== null)
    return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
  }
  return {
    rmse: average('rmse'),
    cliffRmse: average('cliffRmse'),
    meanRmse: average('meanRmse'),
    nearestRmse: average('nearestRmse'),
    coverage90: average('coverage90') ?? 0,
    meanWidth90: average('meanWidth90') ?? 0,
    seconds: average('seconds') ?? 0,
  }
}
