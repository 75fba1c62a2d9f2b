import { equalSlices } from '../recipes/training/plan.ts'
import type { RunState } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import type { Control, StopRequest } from './control.ts'
import {
  type EpochReport,
  evaluated,
  type Halving,
  type MemberOutcome,
  type MemberState,
  type MemberWatch,
  type StepReport,
} from './member.ts'
import type { RunReporter } from './run-reporter.ts'

export interface RunWatchOptions {
  readonly reporter: RunReporter
  readonly control: Control
  readonly store: CheckpointStore
  /** Where the run begins: fresh, or as a checkpoint has it. */
  readonly state: RunState
  /** At most, of one member and of all. */
  readonly stepsPerMember: number
  readonly members: number
  readonly epochsPerMember: number
  readonly checkpointEveryMs: number
}

/** Lines of step metrics a run writes at most; longer runs write every n-th step. */
const STEP_LINES = 4_000

/** Between the training loop and the world: metrics, progress, checkpoints, requests to stop. Counts steps over all members. */
export class RunWatch implements MemberWatch {
  readonly #options: RunWatchOptions
  readonly #startedAt = performance.now()
  readonly #everySteps: number
  #finished: readonly MemberOutcome[]
  /** Steps of the finished members. */
  #finishedSteps: number
  #step: number
  #savedAt = performance.now()
  #speed = new Speed()
  #waiting = new WaitingShare()
  #hasCheckpoint: boolean
  #halvings: readonly Halving[]

  constructor(options: RunWatchOptions) {
    const { state, stepsPerMember, members } = options
    this.#options = options
    this.#finished = state.finished
    this.#step = state.step
    this.#finishedSteps = state.step - (state.current?.step ?? 0)
    this.#hasCheckpoint = state.step > 0
    this.#halvings = state.halvings ?? []
    this.#everySteps = Math.max(1, Math.ceil((stepsPerMember * members) / STEP_LINES))
  }

  get step(): number {
    return this.#step
  }

  get elapsedMs(): number {
    return this.#options.state.elapsedMs + performance.now() - this.#startedAt
  }

  get stopRequest(): StopRequest | null {
    return this.#options.control.stopRequest
  }

  get isStopping(): boolean {
    return this.stopRequest !== null
  }

  get hasCheckpoint(): boolean {
    return this.#hasCheckpoint
  }

  async afterStep(report: StepReport, snapshot: () => Promise<MemberState>): Promise<void> {
    const { reporter, control } = this.#options
    this.#step = this.#finishedSteps + report.step
    this.#speed.add(report.items)
    reporter.step(this.#step)
    if (this.#step % this.#everySteps === 0 || this.#step === 1) {
      reporter.metrics(this.#step, {
        'train.loss': report.loss,
        learningRate: report.learningRate,
        gradientNorm: report.gradientNorm,
        ...(this.#speed.itemsPerSecond === null ? {} : { itemsPerSecond: this.#speed.itemsPerSecond }),
      })
    }
    this.#tellProgress(report)
    const isDue = performance.now() - this.#savedAt >= this.#options.checkpointEveryMs
    const isAsked = control.takeSaveRequest()
    if (isAsked || isDue) await this.#save(await snapshot(), isAsked)
  }

  /** Where memory for a step could not be had. Steps over all members. */
  get halvings(): readonly Halving[] {
    return this.#halvings
  }

  halved({ step, parts, items, cause }: Halving & { readonly cause: string }): void {
    const { reporter } = this.#options
    const at = this.#finishedSteps + step
    this.#halvings = [...this.#halvings, { step: at, parts, items }]
    const now = `from here on each batch goes in ${parts} parts of at most ${items} compounds, whose gradients are added`
    reporter.log('warn', `step ${at}: there was not enough memory for a batch (${cause}); ${now}`)
  }

  async stopped(state: MemberState): Promise<void> {
    await this.#save(state, true)
  }

  afterEpoch(report: EpochReport): void {
    this.#options.reporter.metrics(this.#step, {
      epoch: report.epoch,
      member: this.#finished.length + 1,
      'train.epochLoss': report.trainLoss,
      dataWaitShare: this.#waiting.add(report),
      'validation.rmse': report.validationRmse,
    })
  }

  async memberFinished(finished: readonly MemberOutcome[]): Promise<void> {
    this.#finished = finished
    this.#finishedSteps = this.#step
    await this.#save(null, true)
  }

  async #save(current: MemberState | null, withBest: boolean): Promise<void> {
    const { store, state, reporter } = this.#options
    const { identity } = state
    const now: RunState = {
      identity,
      step: this.#step,
      elapsedMs: this.elapsedMs,
      finished: this.#finished,
      current,
      halvings: this.#halvings,
    }
    const file = await store.save(now)
    if (withBest) await store.saveBest(withSomeBest(now))
    this.#savedAt = performance.now()
    this.#hasCheckpoint = true
    reporter.message({ type: 'checkpointed', file, step: this.#step })
  }

  #tellProgress({ step }: StepReport): void {
    const { reporter, stepsPerMember, members, epochsPerMember } = this.#options
    // A member that ended early has done its share.
    const done = this.#finished.length * stepsPerMember + step
    const total = members * stepsPerMember
    const { stepMs } = this.#speed
    const epoch = Math.ceil((step * epochsPerMember) / stepsPerMember)
    reporter.trainingProgress({
      done,
      total,
      etaMs: stepMs === null ? null : Math.round((total - done) * stepMs),
      epoch: this.#finished.length * epochsPerMember + epoch,
      epochs: members * epochsPerMember,
    })
  }
}

/** Before the first epoch has ended the weights as they are are the best there is. */
function withSomeBest(state: RunState): RunState {
  const { current } = state
  if (!current || current.best) return state
  return { ...state, current: { ...current, best: evaluated(current.vectors) } }
}

/** Items a second and time a step, smoothed over about twenty steps. */
class Speed {
  stepMs: number | null = null
  itemsPerSecond: number | null = null
  #lastAt: number | null = null

  add(items: number): void {
    const now = performance.now()
    if (this.#lastAt !== null) {
      const ms = Math.max(now - this.#lastAt, 1e-3)
      this.stepMs = smooth(this.stepMs, ms)
      this.itemsPerSecond = smooth(this.itemsPerSecond, (1000 * items) / ms)
    }
    this.#lastAt = now
  }
}

/** Of the training time of this process so far, what was spent waiting for batches. */
class WaitingShare {
  #waitedMs = 0
  #elapsedMs = 0

  add({ waitedMs, elapsedMs }: EpochReport): number {
    this.#waitedMs += waitedMs
    this.#elapsedMs += elapsedMs
    return this.#waitedMs / this.#elapsedMs
  }
}

function smooth(average: number | null, value: number): number {
  return average === null ? value : average + (value - average) / 20
}

export function stepsOf(trainRows: number, plan: { epochs: number; batchSize: number }): number {
  return plan.epochs * equalSlices(trainRows, plan.batchSize).length
}
