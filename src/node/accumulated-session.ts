/** Training with batches too large for one run: the gradient is summed over parts, then applied once. */
import { Tensor } from 'onnxruntime-node'
import { disposeAll, keepsOnDevice, OrtSession, type ProviderName } from './ort-session.ts'
import { StateVectors } from './state-vectors.ts'
import {
  type BatchArrays,
  createStepFeeds,
  findNotFinite,
  readFloats,
  type ScalarValues,
  takeNumber,
} from './step-tensors.ts'
import type { StepResult } from './training-session.ts'
import { type StateArrays, type StepModel, TrainingState } from './training-state.ts'

export interface AccumulatedSessionOptions {
  /** The two graphs that `buildAccumulatedStep` makes. */
  readonly accumulate: StepModel
  readonly apply: StepModel
  readonly provider: ProviderName
  readonly threads?: number | undefined
  readonly state: StateArrays
}

export interface AccumulatedInputs {
  readonly parts: readonly BatchArrays[]
  /** `lossScale` is 1 / Σ weight over all parts. */
  readonly scalars: ScalarValues
}

const gradientName = 'gradient'

export class AccumulatedSession {
  private readonly options: AccumulatedSessionOptions
  private readonly accumulating: OrtSession
  private readonly applying: OrtSession
  private readonly state: TrainingState
  private readonly gradient: StateVectors
  /** What the first part adds to. */
  private readonly zeros: Tensor

  private constructor(
    options: AccumulatedSessionOptions,
    parts: { accumulating: OrtSession; applying: OrtSession; state: TrainingState },
  ) {
    const { state: names, parameterCount: count } = options.accumulate
    this.options = options
    this.accumulating = parts.accumulating
    this.applying = parts.applying
    this.state = parts.state
    this.gradient = new StateVectors({ names, count, initial: {}, onDevice: keepsOnDevice(options.provider) })
    this.zeros = new Tensor('float32', new Float32Array(count), [count])
  }

  /** @throws AppError ERR_7001 when the provider refuses a graph. */
  static async create(options: AccumulatedSessionOptions): Promise<AccumulatedSession> {
    const { provider, threads } = options
    const state = await TrainingState.create(options.apply, { provider, initial: options.state })
    const opened: OrtSession[] = []
    try {
      for (const { model, state: vectors } of [options.accumulate, options.apply]) {
        const deviceOutputs = vectors.map(({ next }) => next)
        opened.push(await OrtSession.create(model.bytes, { provider, threads, deviceOutputs }))
      }
      return new AccumulatedSession(options, { accumulating: opened[0]!, applying: opened[1]!, state })
    } catch (error) {
      for (const session of opened) await session.release()
      await state.dispose()
      throw error
    }
  }

  /**
   * Sums the gradients of all parts and takes one step with them. The step is not committed when the loss of a part, or the
   * norm of the sum, is not finite; `itemLoss` then ends with that part.
   */
  async run({ parts, scalars }: AccumulatedInputs): Promise<StepResult> {
    if (parts.length === 0) throw new Error('a batch needs at least one part')
    const itemLosses: Float32Array[] = []
    let loss = 0
    for (const [i, batch] of parts.entries()) {
      const part = await this.accumulate({ batch, scalars, first: i === 0 })
      itemLosses.push(part.itemLoss)
      loss += part.loss
      if (!Number.isFinite(loss)) break
    }
    const itemLoss = Float32Array.from(itemLosses.flatMap(losses => [...losses]))
    if (!Number.isFinite(loss))
      return { committed: false, notFinite: ['loss'], loss, gradientNorm: Number.NaN, itemLoss }
    const gradientNorm = await this.apply(scalars)
    const notFinite = findNotFinite({ gradientNorm })
    return { committed: notFinite.length === 0, notFinite, loss, gradientNorm, itemLoss }
  }

  readState(): Promise<Record<string, Float32Array>> {
    return this.state.read()
  }

  writeState(state: StateArrays): void {
    this.state.write(state)
  }

  /** Frees the sessions and all vectors. Must not be called while a step is running. */
  async dispose(): Promise<void> {
    this.gradient.dispose()
    this.zeros.dispose()
    await this.state.dispose()
    await this.accumulating.release()
    await this.applying.release()
  }

  private async accumulate(part: { batch: BatchArrays; scalars: ScalarValues; first: boolean }) {
    const { batch, scalars, first } = part
    const carried = ['theta', gradientName]
    const fed = createStepFeeds(this.options.accumulate, { batch, scalars, carried })
    const before = first ? this.zeros : this.gradient.feeds()[gradientName]!
    const feeds = { ...fed, theta: this.state.feeds().theta!, [gradientName]: before }
    try {
      const results = await this.accumulating.run(feeds, { ...this.gradient.fetches(), loss: null, itemLoss: null })
      this.gradient.commit(results)
      return { loss: takeNumber(results.loss!), itemLoss: readFloats(results.itemLoss!) }
    } finally {
      disposeAll(fed)
    }
  }

  /** Applies the summed gradient and returns its norm; a norm that is not finite changes nothing. */
  private async apply(scalars: ScalarValues): Promise<number> {
    const carried = [...this.options.apply.state.map(({ name }) => name), gradientName]
    const fed = createStepFeeds(this.options.apply, { batch: {}, scalars, carried })
    try {
      const feeds = { ...fed, ...this.state.feeds(), ...this.gradient.feeds() }
      const results = await this.applying.run(feeds, { ...this.state.fetches(), gradientNorm: null })
      const norm = takeNumber(results.gradientNorm!)
      this.state.settle(results, Number.isFinite(norm))
      return norm
    } finally {
      disposeAll(fed)
    }
  }
}
