import { describe, expect, it } from 'vitest'
import { type HostTensor, OrtSession } from '../node/ort-session.ts'
import { TrainingSession } from '../node/training-session.ts'
import { squaredError } from './loss/regression.ts'
import { buildForward, exportModel } from './model-definition.ts'
import { add, mul, relu, tanh } from './ops/elementwise.ts'
import { gatherSum } from './ops/gather.ts'
import { reshape, squeeze } from './ops/layout.ts'
import { linear, matmul } from './ops/linear.ts'
import { optimiserScalars } from './optim/optimiser.ts'
import { initialiseTheta, layoutParameters } from './parameters.ts'
import { randomNormal } from './random.ts'
import { buildAccumulatedStep, buildTrainingStep, partName, type TrainingDefinition } from './training-step.ts'

const items = 32

/** Two layers, and a term over a ring of neighbours so that a gather takes part. */
const definition: TrainingDefinition = {
  parameters: [
    { name: 'w1', shape: [4, 16], initialiser: 'he-normal' },
    { name: 'b1', shape: [16], initialiser: 'zeros' },
    { name: 'wn', shape: [16, 16], initialiser: 'glorot-uniform' },
    { name: 'w2', shape: [16, 1], initialiser: 'glorot-normal' },
    { name: 'b2', shape: [1], initialiser: { kind: 'constant', value: 0.5 } },
  ],
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['items', 4] },
    { name: 'next', dtype: 'int64', shape: ['items'] },
    { name: 'previous', dtype: 'int64', shape: ['items'] },
  ],
  trainingInputs: [
    { name: 'y', dtype: 'float32', shape: ['items'] },
    { name: 'mask', dtype: 'float32', shape: ['items', 16] },
  ],
  forward({ parameter, input, training }) {
    const hidden = relu(linear(input('x'), parameter('w1'), parameter('b1')))
    const neighbour = gatherSum(hidden, { lists: input('next'), inverse: input('previous') })
    const mixed = tanh(add(hidden, matmul(neighbour, parameter('wn'))))
    const kept = training ? mul(mixed, input('mask')) : mixed
    return { prediction: squeeze(linear(kept, parameter('w2'), parameter('b2')), [1]) }
  },
  itemLoss: ({ output, input }) => squaredError(output('prediction'), input('y')),
  optimiser: { kind: 'adam' },
}

const floats = (data: Float32Array, dims: readonly number[]): HostTensor => ({ dtype: 'float32', data, dims })
const ring = (count: number, by: number): HostTensor => {
  return {
    dtype: 'int64',
    data: BigInt64Array.from({ length: count }, (_, i) => BigInt((i + by + count) % count)),
    dims: [count],
  }
}

function makeBatch(count = items, seed = 1) {
  return {
    x: floats(randomNormal({ seed, stream: 'x', step: 0 }, count * 4), [count, 4]),
    next: ring(count, 1),
    previous: ring(count, -1),
    y: floats(randomNormal({ seed, stream: 'y', step: 0 }, count), [count]),
    mask: floats(new Float32Array(count * 16).fill(1), [count, 16]),
    weight: floats(new Float32Array(count).fill(1), [count]),
  }
}

const scalarsFor = (step: number, learningRate = 0.01) => ({
  lossScale: 1 / items,
  ...optimiserScalars(definition.optimiser, { step, learningRate }),
})

async function withSession<T>(seed: number, use: (session: TrainingSession) => Promise<T>): Promise<T> {
  const state = { theta: initialiseTheta(definition.parameters, seed) }
  const session = await TrainingSession.create({
    step: buildTrainingStep(definition),
    provider: 'cpu',
    threads: 1,
    state,
  })
  try {
    return await use(session)
  } finally {
    await session.dispose()
  }
}

describe('the training step', () => {
  it('overfits 32 rows', async () => {
    await withSession(1, async session => {
      const batch = makeBatch()
      const losses: number[] = []
      for (let step = 1; step <= 600; step++)
        losses.push((await session.run({ batch, scalars: scalarsFor(step) })).loss)
      expect(losses[0]).toBeGreaterThan(0.5)
      expect(losses.at(-1)).toBeLessThan(0.01)
    })
  })

  it('takes a batch in parts of different sizes as it takes it whole', async () => {
    const sizes = [20, 4, 8]
    const batches = sizes.map((size, k) => makeBatch(size, k + 1))
    const offset = (k: number) => sizes.slice(0, k).reduce((a, b) => a + b, 0)
    const joined = (name: 'x' | 'y' | 'mask' | 'weight') => {
      const data = Float32Array.from(batches.flatMap(batch => [...(batch[name].data as Float32Array)]))
      return floats(data, [items, ...batches[0]![name].dims.slice(1)])
    }
    const rings = (name: 'next' | 'previous'): HostTensor => {
      const shifted = batches.flatMap((batch, k) =>
        [...(batch[name].data as BigInt64Array)].map(i => i + BigInt(offset(k))),
      )
      return { dtype: 'int64', data: BigInt64Array.from(shifted), dims: [items] }
    }
    const whole = {
      ...{ x: joined('x'), y: joined('y'), mask: joined('mask'), weight: joined('weight') },
      ...{ next: rings('next'), previous: rings('previous') },
    }
    const parted = Object.fromEntries(
      batches.flatMap((batch, k) => Object.entries(batch).map(([name, tensor]) => [partName(name, k), tensor])),
    )
    const train = async (parts: number, batch: Record<string, HostTensor>) => {
      const step = buildTrainingStep({ ...definition, clipNorm: 0.1 }, { parts })
      const state = { theta: initialiseTheta(definition.parameters, 1) }
      const session = await TrainingSession.create({ step, provider: 'cpu', threads: 1, state })
      const results = []
      for (let k = 1; k <= 3; k++) results.push(await session.run({ batch, scalars: scalarsFor(k) }))
      const { theta } = await session.readState()
      await session.dispose()
      return { results, theta: theta! }
    }
    const [one, three] = [await train(1, whole), await train(3, parted)]
    for (const [k, result] of three.results.entries()) {
      expect(result.loss).toBeCloseTo(one.results[k]!.loss, 5)
      expect(result.gradientNorm).toBeCloseTo(one.results[k]!.gradientNorm, 4)
      for (const [i, loss] of result.itemLoss.entries()) expect(loss).toBeCloseTo(one.results[k]!.itemLoss[i]!, 4)
    }
    for (const [i, weight] of three.theta.entries()) expect(weight).toBeCloseTo(one.theta[i]!, 4)
  })

  it('gives one loss curve per seed', async () => {
    const curve = (seed: number) =>
      withSession(seed, async session => {
        const losses: number[] = []
        for (let step = 1; step <= 5; step++) {
          losses.push((await session.run({ batch: makeBatch(), scalars: scalarsFor(step) })).loss)
        }
        return losses
      })
    expect(await curve(3)).toEqual(await curve(3))
    expect(await curve(3)).not.toEqual(await curve(4))
  })

  it('leaves its inputs as they were', async () => {
    const batch = makeBatch()
    await withSession(1, session => session.run({ batch, scalars: scalarsFor(1) }))
    expect(batch).toEqual(makeBatch())
  })

  it('has a gradient that agrees with the change of its loss', async () => {
    const batch = makeBatch()
    await withSession(2, async session => {
      // plain descent by hand: along −g the loss falls by lr·|g|²; the norm is measured, so both sides are independent
      const sgd = { ...definition, optimiser: { kind: 'sgd' } as const }
      const theta = initialiseTheta(definition.parameters, 2)
      const descent = await TrainingSession.create({
        step: buildTrainingStep(sgd),
        provider: 'cpu',
        threads: 1,
        state: { theta },
      })
      const scalars = { lossScale: 1 / items, learningRate: 1e-3 }
      const first = await descent.run({ batch, scalars })
      const second = await descent.run({ batch, scalars })
      await descent.dispose()
      const same = await session.run({ batch, scalars: scalarsFor(1) })
      expect(same.loss).toBe(first.loss)
      expect((first.loss - second.loss) / (1e-3 * first.gradientNorm ** 2)).toBeCloseTo(1, 1)
    })
  })

  it('weights items, and reports their losses before weighting', async () => {
    const batch = makeBatch()
    const weight = Float32Array.from({ length: items }, (_, i) => i % 3)
    await withSession(1, async session => {
      const plain = await session.run({ batch, scalars: scalarsFor(1, 0) })
      const total = weight.reduce((a, b) => a + b, 0)
      const scalars = { ...scalarsFor(2, 0), lossScale: 1 / total }
      const weighted = await session.run({ batch: { ...batch, weight: floats(weight, [items]) }, scalars })
      expect(weighted.itemLoss).toEqual(plain.itemLoss)
      const expected = plain.itemLoss.reduce((sum, loss, i) => sum + loss * weight[i]!, 0) / total
      expect(weighted.loss).toBeCloseTo(expected, 5)
      expect(plain.loss).toBeCloseTo(plain.itemLoss.reduce((a, b) => a + b, 0) / items, 5)
    })
  })

  it('is the same bytes each time it is built', () => {
    expect(buildTrainingStep(definition).model.bytes).toEqual(buildTrainingStep(definition).model.bytes)
    const { accumulate, apply } = buildAccumulatedStep(definition)
    const again = buildAccumulatedStep(definition)
    expect(accumulate.model.bytes).toEqual(again.accumulate.model.bytes)
    expect(apply.model.bytes).toEqual(again.apply.model.bytes)
  })

  it('names what is missing or used twice', () => {
    const broken = (change: Partial<TrainingDefinition>) => () => buildTrainingStep({ ...definition, ...change })
    expect(broken({ parameters: definition.parameters.slice(1) })).toThrow(
      'no parameter "w1"; there are: b1, wn, w2, b2',
    )
    expect(broken({ inputs: definition.inputs.slice(1) })).toThrow('no input "x"')
    expect(broken({ inputs: [...definition.inputs, { name: 'y', dtype: 'float32', shape: [] }] })).toThrow(
      'declared twice',
    )
    expect(broken({ inputs: [...definition.inputs, { name: 'theta', dtype: 'float32', shape: [] }] })).toThrow(
      'declared twice',
    )
    expect(
      broken({
        itemLoss: ({ output, input }) => reshape(squaredError(output('prediction'), input('y')), ['items', 1]),
      }),
    ).toThrow('the loss must be [items]')
  })
})

describe('a step accumulated in parts', () => {
  it('moves theta as the whole batch does', async () => {
    const { accumulate, apply } = buildAccumulatedStep(definition)
    const theta = initialiseTheta(definition.parameters, 5)
    const [accumulating, applying] = await Promise.all(
      [accumulate, apply].map(step => OrtSession.create(step.model.bytes, { provider: 'cpu', threads: 1 })),
    )
    const vector = (data: Float32Array) => floats(data, [data.length])
    const named = Object.fromEntries(
      Object.entries(scalarsFor(1)).map(([name, value]) => [name, vector(Float32Array.of(value))]),
    )
    // two halves that are rings of their own
    const halves = [makeBatch(16, 1), makeBatch(16, 2)]
    let gradient = vector(new Float32Array(theta.length))
    let loss = 0
    for (const half of halves) {
      const results = await accumulating!.runArrays({ ...half, ...named, theta: vector(theta), gradient })
      gradient = results.gradientNext!
      loss += Number(results.loss!.data[0])
    }
    const zeros = vector(new Float32Array(theta.length))
    const applied = await applying!.runArrays({ ...named, theta: vector(theta), m: zeros, v: zeros, gradient })
    await Promise.all([accumulating!.release(), applying!.release()])

    const joined = joinRings(halves)
    const state = { theta }
    const session = await TrainingSession.create({
      step: buildTrainingStep(definition),
      provider: 'cpu',
      threads: 1,
      state,
    })
    const whole = await session.run({ batch: joined, scalars: scalarsFor(1) })
    const after = await session.readState()
    await session.dispose()
    expect(loss).toBeCloseTo(whole.loss, 5)
    expect(Number(applied.gradientNorm!.data[0])).toBeCloseTo(whole.gradientNorm, 4)
    const moments = [...(applied.mNext!.data as Float32Array)]
    moments.forEach((m, i) => {
      expect(Math.abs(m - after.m![i]!)).toBeLessThan(1e-6)
    })
  })
})

/** One batch of two separate rings. */
function joinRings(halves: readonly ReturnType<typeof makeBatch>[]) {
  const join = (name: 'x' | 'y' | 'mask' | 'weight', width: number[]) => {
    const data = Float32Array.from(halves.flatMap(half => [...(half[name].data as Float32Array)]))
    return floats(data, [items, ...width])
  }
  const shifted = (name: 'next' | 'previous'): HostTensor => {
    const data = halves.flatMap((half, i) =>
      [...(half[name].data as BigInt64Array)].map(index => index + BigInt(16 * i)),
    )
    return { dtype: 'int64', data: BigInt64Array.from(data), dims: [items] }
  }
  return {
    x: join('x', [4]),
    y: join('y', []),
    mask: join('mask', [16]),
    weight: join('weight', []),
    next: shifted('next'),
    previous: shifted('previous'),
  }
}

describe('evaluation and export', () => {
  it('agree with each other and carry their metadata', async () => {
    const theta = initialiseTheta(definition.parameters, 9)
    const { x, next } = makeBatch(6)
    const forward = buildForward(definition)
    expect(forward.inputs.map(({ name }) => name)).toEqual(['theta', 'x', 'next'])
    const [evaluation, exported] = await Promise.all(
      [forward.bytes, exportModel(definition, { theta, metadata: { preset: 'test/1' } })].map(bytes =>
        OrtSession.create(bytes, { provider: 'cpu', threads: 1 }),
      ),
    )
    expect(exported!.inputNames).toEqual(['x', 'next'])
    const a = await evaluation!.runArrays({ x, next, theta: floats(theta, [theta.length]) })
    const b = await exported!.runArrays({ x, next })
    await Promise.all([evaluation!.release(), exported!.release()])
    const [left, right] = [a, b].map(result => [...(result.prediction!.data as Float32Array)])
    for (const [i, value] of left!.entries()) expect(right![i]).toBeCloseTo(value, 5)
    expect(new Set(left).size).toBe(6)
  })

  it('refuses a theta of another length', () => {
    expect(() => exportModel(definition, { theta: new Float32Array(3), metadata: {} })).toThrow(
      'must have 353 elements, got 3',
    )
  })
})

describe('initialiseTheta', () => {
  it('draws each parameter from its own sequence at its own scale', () => {
    const theta = initialiseTheta(definition.parameters, 1)
    const { slots, count } = layoutParameters(definition.parameters)
    expect(theta).toHaveLength(count)
    const part = (name: string) => {
      const { offset, size } = slots.find(slot => slot.name === name)!
      return theta.subarray(offset, offset + size)
    }
    expect(new Set(part('b1'))).toEqual(new Set([0]))
    expect([...part('b2')]).toEqual([0.5])
    const limit = Math.sqrt(6 / 32)
    expect(Math.max(...part('wn').map(Math.abs))).toBeLessThan(limit)
    expect(Math.max(...part('wn').map(Math.abs))).toBeGreaterThan(0.95 * limit)
    const variance = part('w1').reduce((sum, w) => sum + w * w, 0) / 64
    expect(variance).toBeGreaterThan(0.3)
    expect(variance).toBeLessThan(0.7) // 2 / 4
    const extended = initialiseTheta([{ name: 'new', shape: [2], initialiser: 'ones' }, ...definition.parameters], 1)
    expect(extended.subarray(2)).toEqual(theta)
  })

  it('refuses a name used twice', () => {
    expect(() => initialiseTheta([...definition.parameters, ...definition.parameters], 1)).toThrow('share a name')
  })
})
