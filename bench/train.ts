/**
 * Times the reference training step beside PyTorch on the same graphs, weights and arithmetic, in one run.
 *
 *   npm run -s bench:train -- [--json] [--bench DIR] [--batches DIR] [--steps 40] [--threads 2] [--rounds 4]
 *
 * DIR of --bench holds make-batches.mjs and torch_dmpnn.py (default ../shared/bench); --batches takes what the former wrote.
 * Each round measures the runtime's 1024³ product, our steps (the batch whole, in 2 and in 4 parts: `partsMs`; the fastest counts), the product again, and both PyTorch variants. Every time is the median over
 * steps after 5 warm-ups, of the round in which it was smallest: what else runs on the machine only ever adds. Then a whole training run in a
 * trainer process says how much of it was spent waiting for batches. Exit 0 without PyTorch (its fields are null), 1 without the problem.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TrainingSession } from '../src/node/training-session.ts'
import { optimiserScalars } from '../src/tensor/optim/optimiser.ts'
import { buildTrainingStep } from '../src/tensor/training-step.ts'
import { measureDataWait } from './data-wait.ts'
import { measureProductMs, productFlops } from './matrix-product.ts'
import { type Batch, readBatch, readTheta } from './reference-batches.ts'
import { arrangements, lossScale, referenceOptimiser, referenceProblem, stepFlops } from './reference-dmpnn.ts'
import { findPythonWithTorch, runTorch, type TorchRun } from './torch-reference.ts'

const warmUps = 5

interface Measurement {
  /** By arrangement. */
  readonly stepMs: readonly number[]
  readonly losses: readonly (readonly number[])[]
  readonly productMs: number
  readonly torch: readonly TorchRun[]
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    bench: { type: 'string', default: join(import.meta.dirname, '..', '..', 'shared', 'bench') },
    batches: { type: 'string' },
    steps: { type: 'string', default: '40' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '4' },
  },
})
const [steps, threads, rounds] = [options.steps, options.threads, options.rounds].map(Number) as [
  number,
  number,
  number,
]
if (!(steps > warmUps && threads >= 1 && rounds >= 1))
  throw new Error('--steps must be above 5, --threads and --rounds at least 1')

await main()

async function main(): Promise<void> {
  const generator = join(options.bench, 'make-batches.mjs')
  if (options.batches === undefined && !existsSync(generator)) {
    console.error(`bench: nothing to measure, ${generator} is absent; give --bench or --batches`)
    print(summarise([], null))
    process.exitCode = 1
    return
  }
  const scratch = mkdtempSync(join(tmpdir(), 'bindery-bench-'))
  try {
    const folder = options.batches ?? join(scratch, 'batches')
    if (options.batches === undefined) execFileSync(process.execPath, [generator, folder])
    const measurements = await measureRounds(folder)
    print(summarise(measurements, await measureDataWait(threads)))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measureRounds(folder: string): Promise<readonly Measurement[]> {
  const script = join(options.bench, 'torch_dmpnn.py')
  const python = existsSync(script) ? findPythonWithTorch() : undefined
  if (python === undefined)
    console.error(
      `bench: no comparison, ${existsSync(script) ? 'no Python with torch was found' : `${script} is absent`}`,
    )
  const batches = arrangements.map(parts => [0, 1, 2, 3].map(index => readBatch(folder, index, parts)))
  const measurements: Measurement[] = []
  for (let round = 0; round < rounds; round++) {
    const before = await measureProductMs(threads)
    const own = []
    for (const [i, parts] of arrangements.entries()) own.push(await measureSteps(batches[i]!, parts, readTheta(folder)))
    const after = await measureProductMs(threads)
    const torch = python === undefined ? [] : runTorch({ python, script, folder, steps, threads })
    const [stepMs, losses] = [own.map(run => run.stepMs), own.map(run => run.losses)]
    measurements.push({ stepMs, losses, productMs: Math.min(before, after), torch })
  }
  return measurements
}

/** Step i, counted from 1, uses batch i % 4, as torch_dmpnn.py does. */
async function measureSteps(
  batches: readonly Batch[],
  parts: number,
  theta: Float32Array,
): Promise<{ stepMs: number; losses: readonly number[] }> {
  const step = buildTrainingStep(referenceProblem(parts), { parts })
  const session = await TrainingSession.create({ step, provider: 'cpu', threads, state: { theta } })
  const times: number[] = []
  const losses: number[] = []
  for (let i = 1; i <= steps; i++) {
    const scalars = { lossScale, ...optimiserScalars(referenceOptimiser, { step: i, learningRate: 1e-3 }) }
    const start = performance.now()
    const { loss } = await session.run({ batch: batches[i % 4]!, scalars })
    times.push(performance.now() - start)
    losses.push(loss)
  }
  await session.dispose()
  return { stepMs: median(times.slice(warmUps)), losses }
}

function summarise(measurements: readonly Measurement[], dataWaitShare: number | null) {
  const quietest = (pick: (measurement: Measurement) => readonly number[]): number | null => {
    const numbers = measurements.flatMap(pick)
    return numbers.length === 0 ? null : Math.min(...numbers)
  }
  const stepMs = quietest(({ stepMs }) => stepMs)
  const partsMs = arrangements.map((_, i) => quietest(({ stepMs }) => [stepMs[i]!]))
  const productMs = quietest(({ productMs }) => [productMs])
  const torchStepMs = quietest(({ torch }) => torch.map(run => run.stepMs))
  const reference = measurements[0]?.torch[0]?.losses
  return {
    stepMs,
    gemmShare: stepMs === null || productMs === null ? null : (stepFlops / productFlops) * (productMs / stepMs),
    torchStepMs,
    ratio: stepMs === null || torchStepMs === null ? null : torchStepMs / stepMs,
    lossError:
      reference === undefined ? null : Math.max(...measurements[0]!.losses.map(losses => lossError(losses, reference))),
    dataWaitShare,
    parts: arrangements[partsMs.indexOf(stepMs)] ?? null,
    partsMs: Object.fromEntries(arrangements.map((parts, i) => [parts, partsMs[i]!])),
    gemmGflops: productMs === null ? null : productFlops / productMs / 1e6,
    torch: measurements[0]?.torch[0]?.engine ?? null,
    torchVariants: Object.fromEntries(
      (measurements[0]?.torch ?? []).map(({ variant }) => [
        variant,
        quietest(({ torch }) => torch.filter(run => run.variant === variant).map(run => run.stepMs)),
      ]),
    ),
    roundsMs: measurements.map(measurement => measurement.stepMs),
    lastLoss: measurements[0]?.losses[0]?.at(-1) ?? null,
    steps,
    threads,
    rounds,
  }
}

/** The largest relative difference over the first ten steps. */
function lossError(losses: readonly number[], reference: readonly number[]): number {
  return Math.max(...losses.slice(0, 10).map((loss, i) => Math.abs(loss - reference[i]!) / Math.abs(reference[i]!)))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function print(summary: ReturnType<typeof summarise>): void {
  if (options.json) console.log(JSON.stringify(summary))
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(14)} ${JSON.stringify(value)}`)
}
