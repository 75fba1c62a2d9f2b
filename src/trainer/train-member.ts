/** One member of an ensemble from its first step, or from where a checkpoint left it, to its last. */
import type { FeatureRecord } from '../chem/features/sections.ts'
import type { ProviderName } from '../node/ort-session.ts'
import { TrainingSession } from '../node/training-session.ts'
import { rmse } from '../recipes/metrics/regression.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { Fold } from '../recipes/splits/split.ts'
import type { BatchTensors } from '../recipes/tensor-data.ts'
import { type EarlyStopping, freshStopping, isExhausted, recordScore } from '../recipes/training/early-stopping.ts'
import { type LabelScale, labelScale } from '../recipes/training/labels.ts'
import { emaDecayAt, equalSlices, learningRateAt } from '../recipes/training/plan.ts'
import { optimiserScalars } from '../tensor/optim/optimiser.ts'
import { initialiseTheta } from '../tensor/parameters.ts'
import { randomPermutation } from '../tensor/random.ts'
import { buildTrainingStep } from '../tensor/training-step.ts'
import { Evaluator } from './evaluator.ts'

export interface MemberTask {
  readonly model: GradientModel
  readonly member: number
  readonly seed: number
  readonly fold: Fold
  /** By row of the data set; rows of the fold are present. */
  readonly records: readonly (FeatureRecord | null)[]
  /** pX by row. */
  readonly y: readonly number[]
  readonly bound: readonly number[]
  readonly provider: ProviderName
  readonly threads: number | undefined
}

/** All that a member carries from step to step; a plain value that goes into a checkpoint. */
export interface MemberState {
  /** Finished steps. */
  readonly step: number
  /** Counted from 0: the epoch being trained. */
  readonly epoch: number
  /** Batches of the epoch that are done. */
  readonly batch: number
  /** Of the batches done in this epoch. */
  readonly lossSum: number
  readonly stopping: EarlyStopping
  /** theta, m, v and, where there is one, ema. */
  readonly vectors: Readonly<Record<string, Float32Array>>
  /** Weights of the best epoch; absent before the first one ended. */
  readonly best: Float32Array | null
}

export interface MemberOutcome {
  /** Weights of the best epoch. */
  readonly theta: Float32Array
  readonly scale: LabelScale
  readonly bestEpoch: number
  readonly bestScore: number
  readonly epochs: number
  /** pX predictions of the fold's validation rows by the best weights. */
  readonly validation: Float64Array
}

export interface StepReport {
  readonly step: number
  readonly loss: number
  readonly gradientNorm: number
  readonly learningRate: number
  readonly items: number
}

export interface EpochReport {
  readonly step: number
  /** Counted from 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly validationRmse: number
  readonly isBest: boolean
}

/** A step whose loss or gradient is not finite; it was not committed. */
export class BadStepError extends Error {
  override readonly name = 'BadStepError'
  readonly step: number
  /** `loss`, `gradientNorm` */
  readonly notFinite: readonly string[]
  readonly rows: readonly number[]
  /** Parallel to `rows`. */
  readonly itemLoss: readonly number[]
  readonly batch: BatchTensors
  readonly theta: Float32Array

  constructor(bad: Pick<BadStepError, 'step' | 'notFinite' | 'rows' | 'itemLoss' | 'batch' | 'theta'>) {
    super(`step ${bad.step}: ${bad.notFinite.join(' and ')} not finite`)
    this.step = bad.step
    this.notFinite = bad.notFinite
    this.rows = bad.rows
    this.itemLoss = bad.itemLoss
    this.batch = bad.batch
    this.theta = bad.theta
  }
}

/** What the loop tells while it runs, and asks: `true` ends it after the step that was reported. */
export interface MemberWatch {
  afterStep(report: StepReport, snapshot: () => Promise<MemberState>): Promise<boolean>
  afterEpoch(report: EpochReport): void
}

export function totalSteps(model: GradientModel, fold: Fold): number {
  return model.plan.epochs * equalSlices(fold.train.length, model.plan.batchSize).length
}

/** Returns `null` where the watch ended it. Throws a BadStepError, with the weights as before the step. */
export async function trainMember(
  task: MemberTask,
  watch: MemberWatch,
  resumed: MemberState | null,
): Promise<MemberOutcome | null> {
  const loop = await MemberLoop.create(task, watch, resumed)
  try {
    return await loop.run()
  } finally {
    await loop.release()
  }
}

class MemberLoop {
  readonly #task: MemberTask
  readonly #watch: MemberWatch
  readonly #session: TrainingSession
  readonly #evaluator: Evaluator
  readonly #scale: LabelScale
  #state: Omit<MemberState, 'vectors'>

  private constructor(
    parts: { task: MemberTask; watch: MemberWatch; session: TrainingSession; evaluator: Evaluator },
    resumed: MemberState | null,
  ) {
    this.#task = parts.task
    this.#watch = parts.watch
    this.#session = parts.session
    this.#evaluator = parts.evaluator
    this.#scale = scaleOf(parts.task)
    this.#state = resumed ?? { step: 0, epoch: 0, batch: 0, lossSum: 0, stopping: freshStopping, best: null }
  }

  static async create(task: MemberTask, watch: MemberWatch, resumed: MemberState | null): Promise<MemberLoop> {
    const { model, provider, threads } = task
    const step = buildTrainingStep(model.training)
    const state = resumed?.vectors ?? initialVectors(task)
    const session = await TrainingSession.create({ step, provider, threads, state })
    const evaluator = await Evaluator.create(model, { provider, threads })
    return new MemberLoop({ task, watch, session, evaluator }, resumed)
  }

  async release(): Promise<void> {
    await this.#session.dispose()
    await this.#evaluator.release()
  }

  async run(): Promise<MemberOutcome | null> {
    const { plan } = this.#task.model
    while (this.#state.epoch < plan.epochs && !isExhausted(this.#state.stopping, plan.patience)) {
      const stopped = await this.#runEpoch()
      if (stopped) return null
      await this.#endEpoch()
    }
    return this.#outcome()
  }

  async #runEpoch(): Promise<boolean> {
    const { model, seed, member, fold } = this.#task
    const key = { seed, stream: `shuffle ${member}`, step: this.#state.epoch }
    const order = randomPermutation(key, fold.train.length)
    const slices = equalSlices(fold.train.length, model.plan.batchSize)
    for (const { start, end } of slices.slice(this.#state.batch)) {
      const rows = Array.from(order.subarray(start, end), position => fold.train[position]!)
      const report = await this.#runStep(rows, model.plan.epochs * slices.length)
      const { step, batch, lossSum } = this.#state
      this.#state = { ...this.#state, step: step + 1, batch: batch + 1, lossSum: lossSum + report.loss }
      if (await this.#watch.afterStep(report, () => this.#snapshot())) return true
    }
    return false
  }

  async #runStep(rows: readonly number[], total: number): Promise<StepReport> {
    const { model, seed, member, records, bound, y } = this.#task
    const step = this.#state.step + 1
    const learningRate = learningRateAt(step, total, model.plan)
    const labels = {
      values: rows.map(row => (y[row]! - this.#scale.mean) / this.#scale.sd),
      bounds: rows.map(row => bound[row]!),
    }
    const batch = model.assembleTraining(
      rows.map(row => records[row]!),
      labels,
      { seed, member, step },
    )
    const scalars = {
      ...optimiserScalars(model.training.optimiser, { step, learningRate }),
      lossScale: 1 / rows.length,
      emaDecay: emaDecayAt(step, model.plan),
    }
    const result = await this.#session.run({ batch, scalars })
    if (!result.committed) {
      const itemLoss = [...result.itemLoss.subarray(model.firstRow, model.firstRow + rows.length)]
      const { theta } = await this.#session.readState()
      throw new BadStepError({ step, notFinite: result.notFinite, rows, itemLoss, batch, theta: theta! })
    }
    return { step, loss: result.loss, gradientNorm: result.gradientNorm, learningRate, items: rows.length }
  }

  async #endEpoch(): Promise<void> {
    const { fold, bound, y } = this.#task
    const { step, epoch, batch, lossSum } = this.#state
    const theta = evaluated(await this.#session.readState())
    const predicted = await this.#predict(theta, fold.validation)
    const exact = fold.validation.map((_, i) => i).filter(i => bound[fold.validation[i]!] === 0)
    const score = rmse(
      exact.map(i => y[fold.validation[i]!]!),
      exact.map(i => predicted[i]!),
    )
    if (score === null) throw new Error('A fold without exactly measured validation rows')
    const { isBest, ...stopping } = recordScore(this.#state.stopping, { epoch: epoch + 1, score })
    const best = isBest ? theta : this.#state.best
    this.#state = { step, epoch: epoch + 1, batch: 0, lossSum: 0, stopping, best }
    this.#watch.afterEpoch({ step, epoch: epoch + 1, trainLoss: lossSum / batch, validationRmse: score, isBest })
  }

  async #outcome(): Promise<MemberOutcome> {
    const { stopping, best, epoch } = this.#state
    if (!best || stopping.bestScore === null) throw new Error('A member ended without a finished epoch')
    return {
      theta: best,
      scale: this.#scale,
      bestEpoch: stopping.bestEpoch,
      bestScore: stopping.bestScore,
      epochs: epoch,
      validation: await this.#predict(best, this.#task.fold.validation),
    }
  }

  async #predict(theta: Float32Array, rows: readonly number[]): Promise<Float64Array> {
    const standardised = await this.#evaluator.predict(
      theta,
      rows.map(row => this.#task.records[row]!),
    )
    return Float64Array.from(standardised, value => value * this.#scale.sd + this.#scale.mean)
  }

  async #snapshot(): Promise<MemberState> {
    return { ...this.#state, vectors: await this.#session.readState() }
  }
}

/** The weights that are judged and kept: the moving average where there is one. */
export function evaluated(vectors: Readonly<Record<string, Float32Array>>): Float32Array {
  return vectors.ema ?? vectors.theta!
}

function initialVectors({ model, seed, member }: MemberTask): Record<string, Float32Array> {
  // Members draw from seeds of their own; the multiplier keeps run seeds that follow one another from sharing members.
  const theta = initialiseTheta(model.training.parameters, seed + member * 2 ** 32)
  return model.training.ema ? { theta, ema: theta } : { theta }
}

function scaleOf({ fold, y, bound }: MemberTask): LabelScale {
  return labelScale(fold.train.filter(row => bound[row] === 0).map(row => y[row]!))
}
