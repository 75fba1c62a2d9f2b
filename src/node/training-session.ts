/**
 * Runs a training-step model and owns the vectors it carries from step to step (weights, moments, averages).
 *
 * A step that is not committed leaves nothing behind, so a loss that is not finite costs nothing but its batch.
 */
import type { Tensor } from 'onnxruntime-node'
import {
  createTensor,
  disposeAll,
  type HostTensor,
  OrtSession,
  type ProviderName,
  pickTensors,
  readTensor,
} from './ort-session.ts'
import { type StateName, StateVectors } from './state-vectors.ts'

/** A step as `src/tensor` builds it; `state` names what is read (`theta`) and written (`thetaNext`), each float32 [count]. */
export interface StepModel {
  readonly model: {
    readonly bytes: Uint8Array
    readonly inputs: readonly { readonly name: string }[]
    readonly outputs: readonly { readonly name: string }[]
  }
  readonly state: readonly StateName[]
  /** Inputs of shape [1]. */
  readonly scalars: readonly string[]
  readonly parameterCount: number
  /** A model that copies every state vector to an output of its `next` name: the way out of device memory. */
  readonly copyState: { readonly bytes: Uint8Array }
}

export interface TrainingSessionOptions {
  readonly step: StepModel
  readonly provider: ProviderName
  readonly threads?: number | undefined
  /** Vectors by name; those not given start as zeros, and `theta` must be given. */
  readonly state: Readonly<Record<string, Float32Array>>
  readonly profilePrefix?: string | undefined
}

export interface StepInputs {
  /** Entries that the step does not read are left out. */
  readonly batch: Readonly<Record<string, HostTensor>>
  readonly scalars: Readonly<Record<string, number>>
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
  private readonly copySession: OrtSession | undefined
  private readonly batchNames: readonly string[]
  private vectors: StateVectors
  private readonly onDevice: boolean

  private constructor(options: TrainingSessionOptions, sessions: { run: OrtSession; copy: OrtSession | undefined }) {
    const own = new Set([...options.step.scalars, ...options.step.state.map(({ name }) => name)])
    this.step = options.step
    this.session = sessions.run
    this.copySession = sessions.copy
    this.onDevice = sessions.copy !== undefined
    this.batchNames = options.step.model.inputs.map(({ name }) => name).filter(name => !own.has(name))
    this.vectors = this.createVectors(options.state)
  }

  /** @throws AppError ERR_7001 when the provider refuses the step. */
  static async create(options: TrainingSessionOptions): Promise<TrainingSession> {
    const { step, provider, threads, profilePrefix } = options
    const deviceOutputs = step.state.map(({ next }) => next)
    const run = await OrtSession.create(step.model.bytes, { provider, threads, profilePrefix, deviceOutputs })
    try {
      const copy = provider === 'cpu' ? undefined : await OrtSession.create(step.copyState.bytes, { provider })
      return new TrainingSession(options, { run, copy })
    } catch (error) {
      await run.release()
      throw error
    }
  }

  /** Runs one step and commits it unless its loss or the norm of its gradient is not finite. */
  async run({ batch, scalars }: StepInputs): Promise<StepResult> {
    const fed = { ...pickTensors(this.batchNames, batch), ...this.scalarTensors(scalars) }
    const stateOutputs = this.vectors.fetches()
    const fetches = { ...stateOutputs, loss: null, gradientNorm: null, itemLoss: null }
    let results: Readonly<Record<string, Tensor>>
    try {
      results = await this.session.run({ ...fed, ...this.vectors.feeds() }, fetches)
    } finally {
      disposeAll(fed)
    }
    const [loss, gradientNorm] = [readNumber(results.loss!), readNumber(results.gradientNorm!)]
    const itemLoss = readTensor(results.itemLoss!).data as Float32Array
    const notFinite = Object.entries({ loss, gradientNorm }).flatMap(([name, x]) => (Number.isFinite(x) ? [] : [name]))
    const committed = notFinite.length === 0
    if (committed) this.vectors.commit(results)
    else this.vectors.discard(results)
    return { committed, notFinite, loss, gradientNorm, itemLoss }
  }

  /** Copies of all vectors, by name. */
  async readState(): Promise<Record<string, Float32Array>> {
    const current = this.vectors.feeds()
    if (this.copySession === undefined) {
      return Object.fromEntries(this.step.state.map(({ name }) => [name, readVector(current[name]!).slice()]))
    }
    const copies = await this.copySession.run(current)
    return Object.fromEntries(this.step.state.map(({ name, next }) => [name, readVector(copies[next]!)]))
  }

  /** Replaces all vectors; those not given become zeros. */
  writeState(state: Readonly<Record<string, Float32Array>>): void {
    const replacement = this.createVectors(state)
    this.vectors.dispose()
    this.vectors = replacement
  }

  /** Frees the sessions and all vectors. Must not be called while a step is running. */
  async dispose(): Promise<void> {
    this.vectors.dispose()
    await this.session.release()
    await this.copySession?.release()
  }

  private createVectors(initial: Readonly<Record<string, Float32Array>>): StateVectors {
    if (initial.theta === undefined) throw new Error('the state must hold theta')
    const { state: names, parameterCount: count } = this.step
    return new StateVectors({ names, count, initial, onDevice: this.onDevice })
  }

  private scalarTensors(scalars: Readonly<Record<string, number>>): Record<string, Tensor> {
    return Object.fromEntries(
      this.step.scalars.map(name => {
        const value = scalars[name]
        if (value === undefined) throw new Error(`the step reads the scalar "${name}", which was not given`)
        return [name, createTensor({ dtype: 'float32', data: Float32Array.of(value), dims: [1] })]
      }),
    )
  }
}

function readVector(tensor: Tensor): Float32Array {
  return readTensor(tensor).data as Float32Array
}

function readNumber(tensor: Tensor): number {
  return readVector(tensor)[0]!
}
