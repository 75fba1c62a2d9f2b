/** The parameters of a model: one flat vector, `theta`, and where each tensor lies in it. */
import type { Value } from './graph.ts'
import { reshape, split } from './ops/layout.ts'
import { randomNormal, randomUniform } from './random.ts'

/**
 * Glorot & Bengio 2010: variance 2 / (in + out), for linear, tanh and sigmoid layers.
 * He et al. 2015: variance 2 / in, for Relu and its kin.
 * For a weight [in, out] of x·W; a vector counts as in = its size, out = 1.
 */
export type Initialiser =
  | 'zeros'
  | 'ones'
  | 'glorot-uniform'
  | 'glorot-normal'
  | 'he-uniform'
  | 'he-normal'
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number }

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly initialiser: Initialiser
}

export interface ParameterSlot {
  readonly name: string
  readonly shape: readonly number[]
  /** Where it starts in theta, in elements. */
  readonly offset: number
  readonly size: number
}

/** The place of every parameter in theta, in the order given. Throws on a name used twice. */
export function layoutParameters(specs: readonly ParameterSpec[]): { slots: readonly ParameterSlot[]; count: number } {
  let count = 0
  const slots = specs.map(({ name, shape }) => {
    const slot = { name, shape, offset: count, size: shape.reduce((a, b) => a * b, 1) }
    count += slot.size
    return slot
  })
  if (new Set(slots.map(slot => slot.name)).size !== slots.length) throw new Error('two parameters share a name')
  return { slots, count }
}

/** theta before the first step. Each parameter draws from its own sequence, so adding one leaves the others unchanged. */
export function initialiseTheta(specs: readonly ParameterSpec[], seed: number): Float32Array {
  const { slots, count } = layoutParameters(specs)
  const theta = new Float32Array(count)
  slots.forEach((slot, i) => {
    theta.set(drawParameter(specs[i]!, { seed, size: slot.size }), slot.offset)
  })
  return theta
}

function drawParameter(
  { name, shape, initialiser }: ParameterSpec,
  { seed, size }: { seed: number; size: number },
): Float32Array {
  const key = { seed, stream: `initialise ${name}`, step: 0 }
  const uniform = (limit: number) => randomUniform(key, size).map(u => (2 * u - 1) * limit)
  const normal = (deviation: number) => randomNormal(key, size).map(z => z * deviation)
  const fanOut = shape.length < 2 ? 1 : shape.at(-1)!
  const fanIn = size / fanOut
  if (typeof initialiser === 'object') {
    switch (initialiser.kind) {
      case 'uniform':
        return uniform(initialiser.limit)
      case 'normal':
        return normal(initialiser.deviation)
      case 'constant':
        return new Float32Array(size).fill(initialiser.value)
    }
  }
  switch (initialiser) {
    case 'zeros':
      return new Float32Array(size)
    case 'ones':
      return new Float32Array(size).fill(1)
    case 'glorot-uniform':
      return uniform(Math.sqrt(6 / (fanIn + fanOut)))
    case 'glorot-normal':
      return normal(Math.sqrt(2 / (fanIn + fanOut)))
    case 'he-uniform':
      return uniform(Math.sqrt(6 / fanIn))
    case 'he-normal':
      return normal(Math.sqrt(2 / fanIn))
  }
}

/** Cuts theta [count] into the named parameters. */
export function unpackParameters(theta: Value, specs: readonly ParameterSpec[]): Record<string, Value> {
  const { slots } = layoutParameters(specs)
  const pieces = split(
    theta,
    0,
    slots.map(slot => slot.size),
  )
  return Object.fromEntries(slots.map((slot, i) => [slot.name, reshape(pieces[i]!, slot.shape)]))
}
