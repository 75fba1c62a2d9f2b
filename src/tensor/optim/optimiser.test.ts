import { describe, expect, it } from 'vitest'
import { type HostTensor, OrtSession } from '../../node/ort-session.ts'
import reference from '../reference/torch.json' with { type: 'json' }
import { buildAccumulatedStep, type TrainingDefinition } from '../training-step.ts'
import { type OptimiserSpec, optimiserScalars } from './optimiser.ts'

const vector = (data: ArrayLike<number>): HostTensor => ({
  dtype: 'float32',
  data: Float32Array.from(data),
  dims: [data.length],
})

/** Runs the update graph alone, with the gradient computed here: a·x + 3b·cos(3x). */
async function runUpdates(
  options: Pick<TrainingDefinition, 'optimiser' | 'clipNorm' | 'ema'>,
  learningRate: number,
  steps: number,
) {
  const definition: TrainingDefinition = {
    parameters: [{ name: 'x', shape: [reference.start.length], initialiser: 'zeros' }],
    inputs: [],
    trainingInputs: [],
    forward: ({ parameter }) => ({ x: parameter('x') }),
    itemLoss: ({ output }) => output('x'),
    ...options,
  }
  const { apply } = buildAccumulatedStep(definition)
  const session = await OrtSession.create(apply.model.bytes, { provider: 'cpu', threads: 1 })
  const zeros = reference.start.map(() => 0)
  let state: Record<string, HostTensor> = Object.fromEntries(apply.state.map(({ name }) => [name, vector(zeros)]))
  state.theta = vector(reference.start)
  if (options.ema) state.ema = vector(reference.start)
  const path: number[][] = []
  const norms: number[] = []
  for (let step = 1; step <= steps; step++) {
    const x = state.theta!.data as Float32Array
    const gradient = x.map((xi, i) => reference.a[i]! * xi + 3 * reference.b[i]! * Math.cos(3 * xi))
    const scalars = { ...optimiserScalars(options.optimiser, { step, learningRate }), emaDecay: 0.9 }
    const fed = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, vector([value])]))
    const results = await session.runArrays({ ...state, ...fed, gradient: vector(gradient) })
    state = Object.fromEntries(apply.state.map(({ name, next }) => [name, results[next]!]))
    path.push([...(state.theta!.data as Float32Array)])
    norms.push(Number(results.gradientNorm!.data[0]))
  }
  await session.release()
  return { path, norms, average: state.ema === undefined ? undefined : [...(state.ema.data as Float32Array)] }
}

function expectClose(actual: readonly number[], expected: readonly number[]) {
  for (const [i, x] of actual.entries()) {
    expect(Math.abs(x - expected[i]!) / (1 + Math.abs(expected[i]!))).toBeLessThan(2e-5)
  }
}

describe('optimisers take the steps PyTorch takes', () => {
  const cases: Record<keyof typeof reference.optimisers, { learningRate: number } & Parameters<typeof runUpdates>[0]> =
    {
      sgd: { learningRate: 0.05, optimiser: { kind: 'sgd' } },
      'sgd-momentum-decay': { learningRate: 0.02, optimiser: { kind: 'sgd', momentum: 0.9, weightDecay: 0.1 } },
      adam: { learningRate: 0.05, optimiser: { kind: 'adam' } },
      'adam-decay-clip': {
        learningRate: 0.05,
        optimiser: { kind: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 },
        clipNorm: 2,
      },
      'adamw-average': { learningRate: 0.05, optimiser: { kind: 'adamw', weightDecay: 0.3 }, ema: true },
    }
  it.each(Object.keys(cases) as (keyof typeof cases)[])('%s', async name => {
    const { learningRate, ...options } = cases[name]
    const expected = reference.optimisers[name]
    const { path, norms, average } = await runUpdates(options, learningRate, expected.path.length)
    path.forEach((x, i) => {
      expectClose(x, expected.path[i]!)
    })
    expectClose(norms, expected.norms)
    if (average !== undefined) expectClose(average, expected.average)
  })

  it('the cases move: the paths differ from each other and from the start', () => {
    const ends = Object.values(reference.optimisers).map(({ path }) => path.at(-1)!.join())
    expect(new Set([...ends, reference.start.join()]).size).toBe(6)
  })

  it('clipping was needed in the case that tests it', () => {
    expect(Math.max(...reference.optimisers['adam-decay-clip'].norms)).toBeGreaterThan(2)
  })
})

describe('optimiserScalars', () => {
  const adam: OptimiserSpec = { kind: 'adam', beta1: 0.9, beta2: 0.99 }
  it('corrects the bias of the first steps', () => {
    const { learningRate, biasCorrection1, biasCorrection2 } = optimiserScalars(adam, { step: 2, learningRate: 0.5 })
    expect(learningRate).toBe(0.5)
    expect(biasCorrection1).toBeCloseTo(0.19, 12)
    expect(biasCorrection2).toBeCloseTo(0.0199, 12)
  })
  it('counts steps from 1', () => {
    expect(() => optimiserScalars(adam, { step: 0, learningRate: 1 })).toThrow('counted from 1')
  })
})
