/** One member of an ensemble from its first step, or from where a checkpoint left it, to its last. */
import { rmse } from '../recipes/metrics/regression.ts'
import { freshStopping, isExhausted, recordScore } from '../recipes/training/early-stopping.ts'
import { type LabelScale, labelScale } from '../recipes/training/labels.ts'
import { emaDecayAt, equalSlices, learningRateAt } from '../recipes/training/plan.ts'
import { optimiserScalars } from '../tensor/optim/optimiser.ts'
import { initialiseTheta } from '../tensor/parameters.ts'
import type { ReadyBatch } from './batches/assemble-batch.ts'
import { ValidationBatches } from './batches/validation-batches.ts'
import { Evaluator } from './evaluator.ts'
import {
  BadStepError,
  evaluated,
  type MemberOutcome,
  type MemberState,
  type MemberTask,
  type MemberWatch,
  type StepReport,
  StopSignal,
  throwIfStopping,
} from './member.ts'
import { StepRunner } from './step-runner.ts'

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
  readonly #runner: StepRunner
  readonly #evaluator: Evaluator
  readonly #scale: LabelScale
  readonly #validation: ValidationBatches
  #state: Omit<MemberState, 'vectors'>
  #epochStart = { at: performance.now(), waitedMs: 0 }

  private constructor(
    parts: { task: MemberTask; watch: MemberWatch; runner: StepRunner; evaluator: Evaluator },
    resumed: MemberState | null,
  ) {
    this.#task = parts.task
    this.#watch = parts.watch
    this.#runner = parts.runner
    this.#evaluator = parts.evaluator
    this.#scale = scaleOf(parts.task)
    this.#validation = new ValidationBatches(parts.task.fold.validation.length)
    this.#state = resumed ?? FRESH
  }

  static async create(task: MemberTask, watch: MemberWatch, resumed: MemberState | null): Promise<MemberLoop> {
    const { model, provider, threads, feed, member, fold } = task
    // First of all: the first batches are made while the sessions are.
    const { epoch, batch, step: done } = resumed ?? FRESH
    feed.begin({ member, fold, scale: scaleOf(task), from: { epoch, batch, step: done } })
    const state = resumed?.vectors ?? initialVectors(task)
    const { parts = 1 } = task
    let finished = () => done
    const onHalved = (parts: number, { message: cause }: Error) => {
      watch.halved({ step: finished() + 1, parts, items: Math.ceil(model.plan.batchSize / parts), cause })
    }
    const runner = await StepRunner.create({ model, provider, threads, state, parts, onHalved, wrap: task.wrap })
    const evaluator = await Evaluator.create(model, { provider, threads })
    const loop = new MemberLoop({ task, watch, runner, evaluator }, resumed)
    finished = () => loop.#state.step
    return loop
  }

  async release(): Promise<void> {
    await this.#runner.dispose()
    await this.#evaluator.release()
  }

  async run(): Promise<MemberOutcome | null> {
    const { plan } = this.#task.model
    this.#markEpochStart()
    try {
      while (this.#state.epoch < plan.epochs && !isExhausted(this.#state.stopping, plan.patience)) {
        await this.#runEpoch()
        await this.#endEpoch()
      }
      return await this.#outcome()
    } catch (error) {
      // Either way the state is as after the last finished step, and is kept.
      const hasEnded = error instanceof StopSignal || error instanceof BadStepError
      if (hasEnded) await this.#watch.stopped(await this.#snapshot())
      if (error instanceof StopSignal) return null
      throw error
    }
  }

  async #runEpoch(): Promise<void> {
    const { model, fold, feed } = this.#task
    const batches = equalSlices(fold.train.length, model.plan.batchSize).length
    while (this.#state.batch < batches) {
      const report = await this.#runStep(await feed.next(), model.plan.epochs * batches)
      const { step, batch, lossSum } = this.#state
      this.#state = { ...this.#state, step: step + 1, batch: batch + 1, lossSum: lossSum + report.loss }
      await this.#watch.afterStep(report, () => this.#snapshot())
      throwIfStopping(this.#watch)
    }
  }

  async #runStep(ready: ReadyBatch, total: number): Promise<StepReport> {
    const { model } = this.#task
    const step = this.#state.step + 1
    if (ready.kind !== 'training' || ready.step !== step) throw new Error(`expected the batch of step ${step}`)
    const { rows, tensors: batch } = ready
    const learningRate = learningRateAt(step, total, model.plan)
    const scalars = {
      ...optimiserScalars(model.training.optimiser, { step, learningRate }),
      lossScale: 1 / rows.length,
      emaDecay: emaDecayAt(step, model.plan),
    }
    const result = await this.#runner.run({ batch, items: rows.length, scalars })
    if (!result.committed) {
      const itemLoss = [...result.itemLoss]
      const { theta } = await this.#runner.readState()
      throw new BadStepError({ step, notFinite: result.notFinite, rows, itemLoss, batch, theta: theta!, learningRate })
    }
    return { step, loss: result.loss, gradientNorm: result.gradientNorm, learningRate, items: rows.length }
  }

  async #endEpoch(): Promise<void> {
    const { fold, bound, y } = this.#task
    const { step, epoch, batch, lossSum } = this.#state
    const theta = evaluated(await this.#runner.readState())
    const predicted = await this.#predict(theta)
    const exact = fold.validation.map((_, i) => i).filter(i => bound[fold.validation[i]!] === 0)
    const score = rmse(
      exact.map(i => y[fold.validation[i]!]!),
      exact.map(i => predicted[i]!),
    )
    if (score === null) throw new Error('A fold without exactly measured validation rows')
    const { isBest, ...stopping } = recordScore(this.#state.stopping, { epoch: epoch + 1, score })
    const best = isBest ? theta : this.#state.best
    this.#state = { step, epoch: epoch + 1, batch: 0, lossSum: 0, stopping, best }
    const elapsedMs = performance.now() - this.#epochStart.at
    const waitedMs = this.#task.feed.waitedMs - this.#epochStart.waitedMs
    const told = { step, epoch: epoch + 1, trainLoss: lossSum / batch, validationRmse: score, isBest }
    this.#watch.afterEpoch({ ...told, elapsedMs, waitedMs })
    this.#markEpochStart()
  }

  #markEpochStart(): void {
    this.#epochStart = { at: performance.now(), waitedMs: this.#task.feed.waitedMs }
  }

  async #outcome(): Promise<MemberOutcome> {
    const { stopping, best, epoch } = this.#state
    if (!best || stopping.bestScore === null) throw new Error('A member ended without a finished epoch')
    // The feed is in the middle of an epoch that will not come.
    const { feed, member, fold } = this.#task
    if (!this.#validation.areKept) feed.begin({ member, fold, scale: this.#scale, from: 'validation' })
    const validation = await this.#predict(best)
    return {
      theta: best,
      scale: this.#scale,
      bestEpoch: stopping.bestEpoch,
      bestScore: stopping.bestScore,
      epochs: epoch,
      validation,
    }
  }

  /** pX of the validation rows. */
  async #predict(theta: Float32Array): Promise<Float64Array> {
    const { feed, fold } = this.#task
    const standardised = await this.#evaluator.predict(theta, fold.validation.length, {
      batches: this.#validation.read(feed),
      beforeRun: () => throwIfStopping(this.#watch),
    })
    return Float64Array.from(standardised, value => value * this.#scale.sd + this.#scale.mean)
  }

  async #snapshot(): Promise<MemberState> {
    return { ...this.#state, vectors: await this.#runner.readState() }
  }
}

const FRESH: Omit<MemberState, 'vectors'> = {
  step: 0,
  epoch: 0,
  batch: 0,
  lossSum: 0,
  stopping: freshStopping,
  best: null,
}

function initialVectors({ model, seed, member }: MemberTask): Record<string, Float32Array> {
  // Members draw from seeds of their own; the multiplier keeps run seeds that follow one another from sharing members.
  const theta = initialiseTheta(model.training.parameters, seed + member * 2 ** 32)
  return model.training.ema ? { theta, ema: theta } : { theta }
}

function scaleOf({ fold, y, bound }: MemberTask): LabelScale {
  return labelScale(fold.train.filter(row => bound[row] === 0).map(row => y[row]!))
}
