/**
 * Runs a training-step model and owns the vectors it carries from step to step (weights, moments, averages).
 *
 * A step that is not committed leaves nothing behind, so a loss that is not finite costs nothing but its batch.
 */
import type { Tensor } from 'onnxruntime-node'
import { disposeAll, OrtSession, type ProviderName } from './ort-session.ts'
import {
  type BatchArrays,
  createStepFeeds,
  findNotFinite,
  readFloats,
  type ScalarValues,
  takeNumber,
} from './step-tensors.ts'
import { type StateArrays, type StepModel, TrainingState } from './training-state.ts'

export interface TrainingSessionOptions {
  readonly step: StepModel
  readonly provider: ProviderName
  readonly threads?: number | undefined
  /** Vectors by name; those not given start as zeros, and `theta` must be given. */
  readonly state: StateArrays
  readonly profilePrefix?: string | undefined
}

export interface StepInputs {
  /** Entries that the step does not read are left out. */
  readonly batch: BatchArrays
  readonly scalars: ScalarValues
}

export interface StepResult {
  /** False when a number below was not finite: the vectors are then as before the step. */
  readonly committed: boolean
  /** Which results were not finite: `loss`, `gradientNorm`. */
  readonly notFinite: readonly string[]
  readonly loss: number
  /** Of the whole gradient before clipping. */
  readonly gradientNorm: number
  /** Of every item before weighting, [items]. */
  readonly itemLoss: Float32Array
}

export class TrainingSession {
  readonly step: StepModel
  private readonly session: OrtSession
  private readonly state: TrainingState

  private constructor(step: StepModel, parts: { session: OrtSession; state: TrainingState }) {
    this.step = step
    this.session = parts.session
    this.state = parts.state
  }

  /** @throws AppError ERR_7001 when the provider refuses the step. */
  static async create(options: TrainingSessionOptions): Promise<TrainingSession> {
    const { step, provider, threads, profilePrefix } = options
    const state = await TrainingState.create(step, { provider, initial: options.state })
    try {
      const deviceOutputs = step.state.map(({ next }) => next)
      const session = await OrtSession.create(step.model.bytes, { provider, threads, profilePrefix, deviceOutputs })
      return new TrainingSession(step, { session, state })
    } catch (error) {
      await state.dispose()
      throw error
    }
  }

  /** Runs one step and commits it unless its loss or the norm of its gradient is not finite. */
  async run({ batch, scalars }: StepInputs): Promise<StepResult> {
    const carried = this.step.state.map(({ name }) => name)
    const fed = createStepFeeds(this.step, { batch, scalars, carried })
    const fetches = { ...this.state.fetches(), loss: null, gradientNorm: null, itemLoss: null }
    let results: Readonly<Record<string, Tensor>>
    try {
      results = await this.session.run({ ...fed, ...this.state.feeds() }, fetches)
    } finally {
      disposeAll(fed)
    }
    const [loss, gradientNorm] = [takeNumber(results.loss!), takeNumber(results.gradientNorm!)]
    const notFinite = findNotFinite({ loss, gradientNorm })
    const committed = notFinite.length === 0
    this.state.settle(results, committed)
    return { committed, notFinite, loss, gradientNorm, itemLoss: readFloats(results.itemLoss!) }
  }

  /** Copies of all vectors, by name. */
  readState(): Promise<Record<string, Float32Array>> {
    return this.state.read()
  }

  /** Replaces all vectors; those not given become zeros. */
  writeState(state: StateArrays): void {
    this.state.write(state)
  }

  /** Frees the sessions and all vectors. Must not be called while a step is running. */
  async dispose(): Promise<void> {
    await this.state.dispose()
    await this.session.release()
  }
}
