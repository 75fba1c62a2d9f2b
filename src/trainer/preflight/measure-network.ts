/** What steps of a network cost on this machine, measured on the training loop itself. */
import { isOutOfMemoryError } from '../../node/out-of-memory.ts'
import { recipeOf } from '../../recipes/registry.ts'
import { SERVING_BATCH } from '../../recipes/serving/predict-records.ts'
import type { BatchProbe, NetworkProbe } from '../../shared/probe-profile.ts'
import { initialiseTheta } from '../../tensor/parameters.ts'
import { bytesOf } from '../batches/assemble-batch.ts'
import { BatchFeed } from '../batches/batch-feed.ts'
import { Evaluator } from '../evaluator.ts'
import type { FeatureTable } from '../feature-table.ts'
import type { MemberWatch } from '../member.ts'
import type { RunConfig } from '../run-config.ts'
import { trainMember } from '../train-member.ts'
import { findLargest } from './find-largest.ts'

export interface NetworkTask {
  readonly config: RunConfig
  readonly table: FeatureTable
  /** Of the sample, with features. */
  readonly rows: readonly number[]
  /** Look for the largest batch that takes no longer step and no more memory, instead of measuring the one that is set. */
  readonly fitBatch: boolean
  readonly largestBatch: number
  readonly memoryBytes: number
  readonly isStopping: () => boolean
  progress(measured: number): void
}

/** Longer steps would make a cancel wait. */
export const LONGEST_STEP_MS = 250
const SMALLEST_BATCH = 16
const WARM_UPS = 3
/** What a mean is taken of: so many steps, and so long, for steps of a few milliseconds differ by a third. */
const STEPS = 16
const MEAN_MS = 350
/** Long enough for a mean, if at least one step after the first ones is in it. */
const ENOUGH_MS = 2_500
/** After a first one. Their mean, as a run meets them: the quickest is seldom seen where the cores are shared. */
const EVALUATIONS = 4
/** Of an epoch that is long enough: small batches have more steps, for theirs are short. */
const MOST_STEPS = 250
const EPOCH_ROWS = 65_536

export async function measureNetwork(task: NetworkTask): Promise<NetworkProbe> {
  const evaluation = await measureEvaluation(task)
  const measured = new Map<number, BatchProbe>()
  const refused: number[] = []
  const fits = async (batchSize: number): Promise<boolean> => {
    task.progress(measured.size + refused.length)
    const probe = await measureBatch(task, batchSize)
    if (probe) measured.set(batchSize, probe)
    else refused.push(batchSize)
    return probe !== null && probe.stepMs <= LONGEST_STEP_MS && probe.peakBytes <= task.memoryBytes
  }
  if (task.fitBatch) await findLargest({ from: SMALLEST_BATCH, to: task.largestBatch, fits })
  const set = task.config.parts.network!.plan.batchSize
  if (!measured.has(set) && !refused.includes(set)) await fits(set)
  const batches = [...measured.values()].sort((a, b) => a.batchSize - b.batchSize)
  return { ...evaluation, batches, refused: refused.sort((a, b) => a - b) }
}

/** Of a validation row, in batches as validation has them. */
async function measureEvaluation({ config, table, rows }: NetworkTask) {
  const { provider, threads } = config
  const network = config.parts.network!
  const asked = rows.slice(0, SERVING_BATCH)
  const started = performance.now()
  const tensors = network.assemble(table.records(asked))
  const assembled = performance.now()
  const evaluator = await Evaluator.create(network, { provider, threads })
  const theta = initialiseTheta(network.training.parameters, 1)
  const predict = async () => {
    const start = performance.now()
    const batch = { kind: 'validation', start: 0, rows: asked, tensors } as const
    const batches = (async function* () {
      yield batch
    })()
    await evaluator.predict(theta, asked.length, { batches, beforeRun: () => undefined })
    return performance.now() - start
  }
  await predict()
  let evaluatedMs = 0
  for (let i = 0; i < EVALUATIONS; i++) evaluatedMs += await predict()
  await evaluator.release()
  return {
    assembleMs: (assembled - started) / asked.length,
    evaluateMs: evaluatedMs / EVALUATIONS / asked.length,
    rowBytes: bytesOf(tensors) / asked.length,
  }
}

/** Some steps of the loop with the thread that assembles its batches; `null` where memory for one could not be had. */
async function measureBatch(task: NetworkTask, batchSize: number): Promise<BatchProbe | null> {
  const { config, rows, isStopping } = task
  const { spec, provider, threads } = config
  const settings = { ...config.settings, batchSize, epochs: 1, members: 1 }
  const model = recipeOf(spec.recipe).createParts(settings).network!
  const [y, bound] = [Float64Array.from(spec.rows.y), Int8Array.from(spec.rows.bound)]
  const feed = new BatchFeed({
    featureFile: spec.featureFile,
    recipe: spec.recipe,
    settings,
    y,
    bound,
    seed: spec.seed,
  })
  const steps = Math.max(WARM_UPS + STEPS, Math.min(MOST_STEPS, Math.floor(EPOCH_ROWS / batchSize)))
  const train = Array.from({ length: steps * batchSize }, (_, i) => rows[i % rows.length]!)
  const watch = new StepClock(isStopping)
  try {
    const fold = { train, validation: rows.slice(0, 1) }
    const member = { model, member: 0, seed: spec.seed, fold, feed, y: spec.rows.y, bound: spec.rows.bound }
    await trainMember({ ...member, provider, threads }, watch, null)
    return { batchSize, stepMs: watch.stepMs, peakBytes: peakBytes() }
  } catch (error) {
    if (!(error instanceof OutOfMemory) && !isOutOfMemoryError(error)) throw error
    return null
  } finally {
    await feed.close()
  }
}

/** Smaller parts are no measure of the batch. */
class OutOfMemory extends Error {}

/** Ends the loop when enough steps were timed. */
class StepClock implements MemberWatch {
  readonly #isStopping: () => boolean
  readonly #ends: number[] = []

  constructor(isStopping: () => boolean) {
    this.#isStopping = isStopping
  }

  get isStopping(): boolean {
    const timed = this.#ends.length - WARM_UPS
    const last = this.#ends.at(-1) ?? 0
    const isEnough = timed >= STEPS && last - this.#ends[WARM_UPS - 1]! > MEAN_MS
    return this.#isStopping() || isEnough || (timed >= 1 && last - this.#ends[0]! > ENOUGH_MS)
  }

  get stepMs(): number {
    const from = Math.min(WARM_UPS, this.#ends.length) - 1
    const steps = this.#ends.length - 1 - from
    return steps < 1 ? 0 : (this.#ends.at(-1)! - this.#ends[from]!) / steps
  }

  async afterStep(): Promise<void> {
    this.#ends.push(performance.now())
  }

  halved(): void {
    throw new OutOfMemory('a whole batch does not fit')
  }

  afterEpoch(): void {}
  async stopped(): Promise<void> {}
}

/** Kilobytes on every platform of Node. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}
