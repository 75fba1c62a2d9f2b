/** Sessions of ONNX Runtime: one place that decides threads, providers and who disposes of which tensor. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { AppError } from '../shared/errors.ts'

export type ProviderName = 'cpu' | 'webgpu' | 'dml' | 'coreml' | 'cuda'

export interface SessionOptions {
  readonly provider: ProviderName
  /** Threads one node may use on the CPU. Absent: the runtime's choice, one per physical core. */
  readonly threads?: number | undefined
  readonly optimisation?: 'disabled' | 'basic' | 'extended' | 'all' | undefined
  /** Writes a profile to `<prefix>_<time>.json` until the session is released. */
  readonly profilePrefix?: string | undefined
  /** Outputs that stay on the device; all others are copied to main memory. Only WebGPU can. */
  readonly deviceOutputs?: readonly string[] | undefined
}

/** Whether results of a provider can stay in device memory: the Node binding knows WebGPU's only, the others copy. */
export function keepsOnDevice(provider: ProviderName): boolean {
  return provider === 'webgpu'
}

/** A tensor in main memory. int64 takes a BigInt64Array, bool a Uint8Array. */
export type HostTensor =
  | { readonly dtype: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly dtype: 'float64'; readonly data: Float64Array; readonly dims: readonly number[] }
  | { readonly dtype: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array; readonly dims: readonly number[] }
  | { readonly dtype: 'bool'; readonly data: Uint8Array; readonly dims: readonly number[] }

/** Wraps an array without copying it. */
export function createTensor({ dtype, data, dims }: HostTensor): Tensor {
  return new Tensor(dtype, data as never, dims)
}

/** The array behind a tensor in main memory, without copying. Throws for a tensor on a device: reading one there aborts the process. */
export function readTensor(tensor: Tensor): HostTensor {
  if (tensor.location !== 'cpu' && tensor.location !== 'cpu-pinned') {
    throw new Error(`a tensor in ${tensor.location} cannot be read; copy it out with a session`)
  }
  return { dtype: tensor.type, data: tensor.data, dims: tensor.dims } as HostTensor
}

export class OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  private readonly session: InferenceSession

  private constructor(session: InferenceSession) {
    this.session = session
    this.inputNames = session.inputNames
    this.outputNames = session.outputNames
  }

  /**
   * @param model The bytes of a model, or the path of one.
   * @throws AppError ERR_7001 when the runtime refuses the model or the provider.
   */
  static async create(model: Uint8Array | string, options: SessionOptions): Promise<OrtSession> {
    const sessionOptions = runtimeOptions(options)
    try {
      const session = await (typeof model === 'string'
        ? InferenceSession.create(model, sessionOptions)
        : InferenceSession.create(model, sessionOptions))
      return new OrtSession(session)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new AppError('ERR_7001', `The ${options.provider} provider could not load the model: ${reason}`, { cause })
    }
  }

  /**
   * Runs the model on tensors of the runtime. The caller disposes of the feeds and of what comes back.
   *
   * @param fetches Tensors to write results into, by output name; null lets the runtime allocate. Absent: all outputs, allocated.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: Readonly<Record<string, Tensor | null>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const result = await (fetches === undefined ? this.session.run(feeds) : this.session.run(feeds, fetches))
    return result as Record<string, Tensor>
  }

  /** Runs the model from arrays to arrays. Entries of `feeds` that the model does not read are left out. */
  async runArrays(feeds: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>> {
    const tensors = pickTensors(this.inputNames, feeds)
    try {
      const results = await this.run(tensors)
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, readTensor(tensor)]))
    } finally {
      disposeAll(tensors)
    }
  }

  /** Frees the session and writes its profile. Must not be called while a run is going on. */
  async release(): Promise<void> {
    await this.session.release()
  }
}

/** Wraps the arrays a model reads. Throws where one is missing. */
export function pickTensors(
  names: readonly string[],
  arrays: Readonly<Record<string, HostTensor>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    names.map(name => {
      const array = arrays[name]
      if (array === undefined) throw new Error(`the model reads "${name}", which was not given`)
      return [name, createTensor(array)]
    }),
  )
}

export function disposeAll(tensors: Readonly<Record<string, Tensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

function runtimeOptions(options: SessionOptions): InferenceSession.SessionOptions {
  const { provider, threads, optimisation = 'all', profilePrefix, deviceOutputs = [] } = options
  return {
    executionProviders: [provider],
    graphOptimizationLevel: optimisation,
    logSeverityLevel: 3, // errors; the list of nodes placed on the CPU is a warning we take from the profile
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(!keepsOnDevice(provider) || deviceOutputs.length === 0
      ? {}
      : { preferredOutputLocation: Object.fromEntries(deviceOutputs.map(name => [name, 'gpu-buffer' as const])) }),
  }
}
