/**
 * A small training problem that uses what the recipes use (both kinds of gather, products with and without transposes, splits,
 * reductions, activations, normalisation, clipping, Adam, a moving average), to find out whether and how fast a
 * provider runs it. Molecules are rings of eight atoms; row 0 of every table is padding.
 */
import { squaredError } from './loss/regression.ts'
import { add, gelu, mul, relu, silu, softplus } from './ops/elementwise.ts'
import { gatherSum } from './ops/gather.ts'
import { concat, reshape } from './ops/layout.ts'
import { linear, matmul } from './ops/linear.ts'
import { layerNorm } from './ops/reduce.ts'
import { optimiserScalars } from './optim/optimiser.ts'
import { initialiseTheta } from './parameters.ts'
import { randomNormal } from './random.ts'
import { buildTrainingStep, type TrainingDefinition, type TrainingStep } from './training-step.ts'

const ringSize = 8
const features = 12

export type ProbeTensor =
  | { readonly dtype: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly dtype: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }

export interface ProbeProblem {
  readonly step: TrainingStep
  readonly state: Readonly<Record<string, Float32Array>>
  readonly batch: Readonly<Record<string, ProbeTensor>>
  /** The scalars of step 1, step 2, … in order. */
  readonly scalars: readonly Readonly<Record<string, number>>[]
}

/** @param options molecules × 8 atoms; the time of a step grows with molecules · hidden². */
export function createProbeProblem(options: { molecules: number; hidden: number; steps: number }): ProbeProblem {
  const { molecules, hidden, steps } = options
  const definition = defineProbe(hidden)
  const theta = initialiseTheta(definition.parameters, 1)
  const scalars = Array.from({ length: steps }, (_, i) => ({
    lossScale: 1 / molecules,
    emaDecay: 0.9,
    ...optimiserScalars(definition.optimiser, { step: i + 1, learningRate: 1e-3 }),
  }))
  return { step: buildTrainingStep(definition), state: { theta, ema: theta }, batch: ringBatch(molecules), scalars }
}

function defineProbe(hidden: number): TrainingDefinition {
  const weight = (name: string, rows: number, columns: number) => {
    return { name, shape: [rows, columns], initialiser: 'glorot-uniform' } as const
  }
  const vector = (name: string, initialiser: 'zeros' | 'ones') => ({ name, shape: [hidden], initialiser }) as const
  const index = (name: string, ...shape: (string | number)[]) => ({ name, dtype: 'int32', shape }) as const
  return {
    parameters: [
      weight('input', features, hidden),
      weight('message', hidden, hidden),
      weight('atom', features + hidden, hidden),
      vector('atomBias', 'zeros'),
      vector('scale', 'ones'),
      vector('shift', 'zeros'),
      weight('head', hidden, hidden),
      vector('headBias', 'zeros'),
      weight('out', hidden, 1),
    ],
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['atoms', features] },
      { name: 'real', dtype: 'float32', shape: ['atoms', 1] },
      index('source', 'bonds'),
      index('outgoing', 'atoms', 2),
      index('target', 'bonds'),
      index('incoming', 'atoms', 2),
      index('atomsOf', 'molecules', ringSize),
      index('moleculeOf', 'atoms'),
    ],
    trainingInputs: [{ name: 'y', dtype: 'float32', shape: ['molecules'] }],
    forward({ parameter, input }) {
      const toBonds = { lists: input('source'), inverse: input('outgoing') }
      const toAtoms = { lists: input('incoming'), inverse: input('target') }
      const h0 = gatherSum(matmul(input('x'), parameter('input')), toBonds)
      const h1 = relu(h0)
      const h2 = relu(add(h0, matmul(gatherSum(gatherSum(h1, toAtoms), toBonds), parameter('message'))))
      const atoms = linear(concat([input('x'), gatherSum(h2, toAtoms)], 1), parameter('atom'), parameter('atomBias'))
      const normal = layerNorm(gelu(atoms), { scale: parameter('scale'), bias: parameter('shift') })
      const pooled = gatherSum(mul(normal, input('real')), { lists: input('atomsOf'), inverse: input('moleculeOf') })
      const head = softplus(silu(linear(mul(pooled, 1 / ringSize), parameter('head'), parameter('headBias'))))
      return { prediction: reshape(matmul(head, parameter('out')), ['molecules']) }
    },
    itemLoss: ({ output, input }) => squaredError(output('prediction'), input('y')),
    // a large epsilon: else a gradient that is only rounding moves its weight as far as any other, each provider its own way
    optimiser: { kind: 'adamw', epsilon: 1e-3, weightDecay: 0.01 },
    clipNorm: 10,
    ema: true,
  }
}

function ringBatch(molecules: number): Record<string, ProbeTensor> {
  const atoms = 1 + molecules * ringSize
  const bonds = 1 + 2 * molecules * ringSize
  const integers = (dims: readonly number[], fill: (data: Int32Array) => void): ProbeTensor => {
    const data = new Int32Array(dims.reduce((a, b) => a * b, 1))
    fill(data)
    return { dtype: 'int32', data, dims }
  }
  const floats = (dims: readonly number[], data: Float32Array): ProbeTensor => ({ dtype: 'float32', data, dims })
  const random = (stream: string, count: number) => randomNormal({ seed: 1, stream, step: 0 }, count)
  // atom a of the ring is followed by next(a); bond 2a − 1 leads a → next(a), bond 2a back
  const next = (atom: number) => (atom % ringSize === 0 ? atom - ringSize + 1 : atom + 1)
  const previous = (atom: number) => (atom % ringSize === 1 ? atom + ringSize - 1 : atom - 1)
  const eachAtom = (visit: (atom: number) => void) => {
    for (let atom = 1; atom < atoms; atom++) visit(atom)
  }
  return {
    x: floats([atoms, features], random('x', atoms * features).fill(0, 0, features)),
    real: floats([atoms, 1], new Float32Array(atoms).fill(1, 1)),
    source: integers([bonds], data => eachAtom(atom => data.set([atom, next(atom)], 2 * atom - 1))),
    target: integers([bonds], data => eachAtom(atom => data.set([next(atom), atom], 2 * atom - 1))),
    outgoing: integers([atoms, 2], data => eachAtom(atom => data.set([2 * atom - 1, 2 * previous(atom)], 2 * atom))),
    incoming: integers([atoms, 2], data => eachAtom(atom => data.set([2 * previous(atom) - 1, 2 * atom], 2 * atom))),
    atomsOf: integers([molecules, ringSize], data => data.set(data.map((_, i) => i + 1))),
    moleculeOf: integers([atoms], data =>
      eachAtom(atom => data.fill(Math.floor((atom - 1) / ringSize), atom, atom + 1)),
    ),
    y: floats([molecules], random('y', molecules)),
    weight: floats([molecules], new Float32Array(molecules).fill(1)),
  }
}
