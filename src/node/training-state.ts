import type { Tensor } from 'onnxruntime-node'
import { keepsOnDevice, OrtSession, type ProviderName, readTensor } from './ort-session.ts'
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

export type StateArrays = Readonly<Record<string, Float32Array>>

/** The vectors of a training run and the way to read them, wherever they live. */
export class TrainingState {
  private readonly step: StepModel
  private readonly copySession: OrtSession | undefined
  private vectors: StateVectors

  private constructor(step: StepModel, parts: { copySession: OrtSession | undefined; vectors: StateVectors }) {
    this.step = step
    this.copySession = parts.copySession
    this.vectors = parts.vectors
  }

  /** @param initial Vectors by name, copied; those not given start as zeros, and `theta` must be given. */
  static async create(
    step: StepModel,
    options: { provider: ProviderName; initial: StateArrays },
  ): Promise<TrainingState> {
    const { provider, initial } = options
    const onDevice = keepsOnDevice(provider)
    const vectors = createVectors(step, { initial, onDevice })
    const copySession = onDevice ? await OrtSession.create(step.copyState.bytes, { provider }) : undefined
    return new TrainingState(step, { copySession, vectors })
  }

  /** What to feed, by input name. */
  feeds(): Readonly<Record<string, Tensor>> {
    return this.vectors.feeds()
  }

  /** Where results go, by output name; null where the runtime allocates them. */
  fetches(): Readonly<Record<string, Tensor | null>> {
    return this.vectors.fetches()
  }

  /** Makes the results of a run the state, or drops them. */
  settle(results: Readonly<Record<string, Tensor>>, committed: boolean): void {
    if (committed) this.vectors.commit(results)
    else this.vectors.discard(results)
  }

  /** Copies of all vectors, by name. */
  async read(): Promise<Record<string, Float32Array>> {
    const current = this.vectors.feeds()
    if (this.copySession === undefined) {
      return Object.fromEntries(this.step.state.map(({ name }) => [name, readVector(current[name]!).slice()]))
    }
    const copies = await this.copySession.run(current)
    return Object.fromEntries(this.step.state.map(({ name, next }) => [name, readVector(copies[next]!)]))
  }

  /** Replaces all vectors, with copies; those not given become zeros. */
  write(state: StateArrays): void {
    const replacement = createVectors(this.step, { initial: state, onDevice: this.copySession !== undefined })
    this.vectors.dispose()
    this.vectors = replacement
  }

  async dispose(): Promise<void> {
    this.vectors.dispose()
    await this.copySession?.release()
  }
}

function createVectors({ state, parameterCount }: StepModel, options: { initial: StateArrays; onDevice: boolean }) {
  if (options.initial.theta === undefined) throw new Error('the state must hold theta')
  return new StateVectors({ names: state, count: parameterCount, ...options })
}

function readVector(tensor: Tensor): Float32Array {
  return readTensor(tensor).data as Float32Array
}
