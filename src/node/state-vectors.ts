import { Tensor } from 'onnxruntime-node'
import { disposeAll } from './ort-session.ts'

export interface StateName {
  readonly name: string
  readonly next: string
}

/**
 * Float32 vectors of one length that a model reads and rewrites, each as `name` and `next`. In main memory there are two
 * sets and a commit swaps them; on a device the results of a run replace what it read.
 */
export class StateVectors {
  private readonly names: readonly StateName[]
  private current: Record<string, Tensor>
  private spare: Record<string, Tensor> | undefined

  /** @param initial Copied. Vectors not given are zeros. */
  constructor(options: {
    readonly names: readonly StateName[]
    readonly count: number
    readonly initial: Readonly<Record<string, Float32Array>>
    readonly onDevice: boolean
  }) {
    const { names, count, initial, onDevice } = options
    for (const { name } of names) checkLength(name, initial[name], count)
    const vectors = (data: (name: string) => Float32Array) =>
      Object.fromEntries(names.map(({ name }) => [name, new Tensor('float32', data(name), [count])]))
    this.names = names
    this.current = vectors(name => initial[name]?.slice() ?? new Float32Array(count))
    this.spare = onDevice ? undefined : vectors(() => new Float32Array(count))
  }

  /** What to feed, by input name. */
  feeds(): Readonly<Record<string, Tensor>> {
    return this.current
  }

  /** Where results go, by output name; null where the runtime allocates them. */
  fetches(): Record<string, Tensor | null> {
    return Object.fromEntries(this.names.map(({ name, next }) => [next, this.spare?.[name] ?? null]))
  }

  /** Makes the results of a run the current vectors. */
  commit(results: Readonly<Record<string, Tensor>>): void {
    if (this.spare === undefined) {
      disposeAll(this.current)
      this.current = Object.fromEntries(this.names.map(({ name, next }) => [name, results[next]!]))
    } else {
      const previous = this.current
      this.current = this.spare
      this.spare = previous
    }
  }

  /** Drops the results of a run. */
  discard(results: Readonly<Record<string, Tensor>>): void {
    if (this.spare !== undefined) return // they are in the spare set, which the next run overwrites
    for (const { next } of this.names) results[next]!.dispose()
  }

  dispose(): void {
    disposeAll(this.current)
    if (this.spare !== undefined) disposeAll(this.spare)
  }
}

function checkLength(name: string, data: Float32Array | undefined, count: number): void {
  if (data !== undefined && data.length !== count) {
    throw new Error(`state "${name}" must have ${count} elements, got ${data.length}`)
  }
}
