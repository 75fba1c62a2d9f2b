/** What a member of an ensemble is made of, carries along, tells and leaves behind. */
import type { ProviderName } from '../node/ort-session.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { Fold } from '../recipes/splits/split.ts'
import type { BatchTensors } from '../recipes/tensor-data.ts'
import type { EarlyStopping } from '../recipes/training/early-stopping.ts'
import type { LabelScale } from '../recipes/training/labels.ts'
import type { BatchFeed } from './batches/batch-feed.ts'
import type { StepRunnerOptions } from './step-runner.ts'

export interface MemberTask {
  readonly model: GradientModel
  readonly member: number
  readonly seed: number
  readonly fold: Fold
  /** Where its batches come from; for one member at a time. */
  readonly feed: BatchFeed
  /** pX by row. */
  readonly y: readonly number[]
  readonly bound: readonly number[]
  readonly provider: ProviderName
  readonly threads: number | undefined
  /** In how many parts each batch goes since memory ran out; absent: whole. */
  readonly parts?: number
  /** In tests: what stands between the loop and the runtime. */
  readonly wrap?: StepRunnerOptions['wrap']
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

/** Steps are those of the member. */
export type Halving = { readonly step: number; readonly parts: number; readonly items: number }

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
  /** Since the epoch began in this process, its validation included. */
  readonly elapsedMs: number
  /** How much of it was spent waiting for batches. */
  readonly waitedMs: number
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
  readonly learningRate: number

  constructor(
    bad: Pick<BadStepError, 'step' | 'notFinite' | 'rows' | 'itemLoss' | 'batch' | 'theta' | 'learningRate'>,
  ) {
    super(`step ${bad.step}: ${bad.notFinite.join(' and ')} not finite`)
    this.step = bad.step
    this.notFinite = bad.notFinite
    this.rows = bad.rows
    this.itemLoss = bad.itemLoss
    this.batch = bad.batch
    this.theta = bad.theta
    this.learningRate = bad.learningRate
  }
}

/** What the loop tells while it runs, and asks. */
export interface MemberWatch {
  /** Looked at between two runs of ONNX Runtime. */
  readonly isStopping: boolean
  afterStep(report: StepReport, snapshot: () => Promise<MemberState>): Promise<void>
  afterEpoch(report: EpochReport): void
  /** Memory for a step could not be had: from this step on each batch goes in so many parts, of so many items at most. */
  halved(event: Halving & { readonly cause: string }): void
  /** The last call: the loop has seen `isStopping`, or a step that was not finite. */
  stopped(state: MemberState): Promise<void>
}

/** The weights that are judged and kept: the moving average where there is one. */
export function evaluated(vectors: Readonly<Record<string, Float32Array>>): Float32Array {
  return vectors.ema ?? vectors.theta!
}

/** Leaves whatever loop was running, with its state as after the last finished step. */
export class StopSignal extends Error {}

export function throwIfStopping(watch: { readonly isStopping: boolean }): void {
  if (watch.isStopping) throw new StopSignal('asked to stop')
}
