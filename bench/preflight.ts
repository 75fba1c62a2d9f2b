/**
 * How well the time and the memory of a run are told before it starts: predicted from a probe, then measured in a real run, and the
 * ratio of both.
 *
 *   npm run -s bench:preflight -- [--json] [--threads 2] [--only "dmpnn smoke 1000,…"]
 *
 * A case is probed on a sample of its rows in a trainer process, as before a run, and then trained in another one: three epochs of one
 * network, or a whole fit. Epochs are timed by what the run writes (the first, in which everything is loaded, left out); the peak of
 * memory is the system's (`VmHWM`, Linux only). Random molecules of 1 to 24 atoms.
 */
import { readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { predictRun, type RunSizes } from '../src/recipes/preflight/predict-run.ts'
import { checkRecipeSettings, recipeOf } from '../src/recipes/registry.ts'
import { makeFolds, makeSplit } from '../src/recipes/splits/split.ts'
import type { PartRecipe, Preset } from '../src/shared/contract/jobs.ts'
import type { ProbeProfile } from '../src/shared/probe-profile.ts'
import type { MetricLine, RunSpec } from '../src/shared/trainer-protocol.ts'
import { randomNormal } from '../src/tensor/random.ts'
import { createRunFolder, readLines, startTrainer } from '../src/trainer/fixtures/run-folder.ts'

const CASES: readonly { recipe: PartRecipe; preset: Preset; rows: number }[] = [
  { recipe: 'dmpnn', preset: 'smoke', rows: 1_000 },
  { recipe: 'dmpnn', preset: 'smoke', rows: 20_000 },
  { recipe: 'dmpnn', preset: 'production', rows: 1_000 },
  { recipe: 'dmpnn', preset: 'production', rows: 8_000 },
  { recipe: 'tanimoto-gp', preset: 'production', rows: 1_250 },
  { recipe: 'tanimoto-gp', preset: 'production', rows: 3_750 },
]
const SAMPLE_ROWS = 1_000
const EPOCHS = 3

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
})
const wanted = options.only?.split(',')
const results = []
for (const each of CASES) {
  const name = `${each.recipe} ${each.preset} ${each.rows}`
  if (wanted && !wanted.includes(name)) continue
  const result = { name, ...(await measureCase(each)) }
  console.error(`bench: ${JSON.stringify(result)}`)
  results.push(result)
}
const ratios = results.flatMap(({ time, memory }) => [time.ratio, memory.ratio])
const worst = Math.max(...ratios.map(ratio => Math.max(ratio, 1 / ratio)))
console.log(JSON.stringify({ threads: Number(options.threads), worst, cases: results }, null, options.json ? 0 : 2))

async function measureCase({ recipe, preset, rows }: (typeof CASES)[number]) {
  const settings = checkRecipeSettings(recipe, preset, recipe === 'dmpnn' ? { epochs: EPOCHS, members: 1 } : {})
  const asked = {
    recipe,
    settings,
    change: (_: unknown, spec: RunSpec) => {
      spec.threads = Number(options.threads)
      // Half a log unit, as an assay has: without it the best noise is none, and alike molecules make the kernel singular.
      const noise = randomNormal({ seed: 1, stream: 'assay', step: 0 }, spec.rows.y.length)
      spec.rows.y = spec.rows.y.map((value, i) => value + 0.5 * noise[i]!)
    },
  }
  const [run, sample] = [createRunFolder({ ...asked, rows }), createRunFolder({ ...asked, rows: SAMPLE_ROWS })]
  try {
    const sizes = sizesOf(run.spec, settings)
    const started = performance.now()
    const profile = await probe(sample.folder, sizes)
    const probeMs = performance.now() - started
    const plan = recipeOf(recipe).createParts(settings).network?.plan ?? null
    const predicted = predictRun(profile, { plan, sizes })
    const measured = await train(run.folder)
    const predictedMs = predicted.network?.epochMs ?? predicted.process!.totalMs
    const measuredMs = plan ? epochMs(run.folder) : measured.trainingMs
    const compare = (predicted: number, measured: number) => ({ predicted, measured, ratio: predicted / measured })
    return { probeMs, time: compare(predictedMs, measuredMs), memory: compare(predicted.peakBytes, measured.peakBytes) }
  } finally {
    for (const { folder } of [run, sample]) rmSync(folder, { recursive: true, force: true })
  }
}

function sizesOf(spec: RunSpec, settings: ReturnType<typeof checkRecipeSettings>): RunSizes {
  const split = makeSplit(spec.rows, spec.split, spec.seed)
  const parts = recipeOf(spec.recipe).createParts(settings)
  const [fold] = makeFolds(spec.rows, split, 1)
  const process = parts.process ? split.train.length + split.validation.length : 0
  return {
    rows: spec.rows.y.length,
    train: fold!.train.length,
    validation: fold!.validation.length,
    test: split.test.length,
    process,
  }
}

async function probe(folder: string, { process: processRows }: RunSizes): Promise<ProbeProfile> {
  const request = { processRows, fitBatch: false, largestBatch: 4_096, memoryBytes: Number.MAX_SAFE_INTEGER }
  const trainer = startTrainer(folder, { type: 'probe', runFolder: folder, request })
  const answer = await trainer.next('probed')
  await trainer.exit
  if (answer.type !== 'probed') throw new Error('no profile')
  return answer.profile
}

/** Trains to the end, looking at its memory all the while. */
async function train(folder: string): Promise<{ peakBytes: number; trainingMs: number }> {
  const trainer = startTrainer(folder)
  let peakBytes = 0
  let [from, to] = [0, 0]
  trainer.child.onMessage(raw => {
    const { type, progress } = raw as { type: string; progress?: { stage: string } }
    if (type !== 'progress') return
    if (progress?.stage === 'training') from ||= performance.now()
    else if (from > 0) to ||= performance.now()
  })
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(trainer.child.pid))
  }, 50)
  const { code } = await trainer.exit
  clearInterval(timer)
  if (code !== 0) throw new Error(`the run ended with code ${code}: ${trainer.output()}`)
  return { peakBytes, trainingMs: to - from }
}

function peakOf(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return 0
    throw error
  }
}

/** Mean of the epochs after the first. */
function epochMs(folder: string): number {
  const ends = readLines<MetricLine>(folder, 'metrics.jsonl').filter(({ name }) => name === 'epoch')
  return (ends.at(-1)!.at - ends[0]!.at) / (ends.length - 1)
}
