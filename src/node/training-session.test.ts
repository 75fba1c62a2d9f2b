import { describe, expect, it } from 'vitest'
import { squaredError } from '../tensor/loss/regression.ts'
import { log } from '../tensor/ops/elementwise.ts'
import { reshape } from '../tensor/ops/layout.ts'
import { matmul } from '../tensor/ops/linear.ts'
import { optimiserScalars } from '../tensor/optim/optimiser.ts'
import { buildAccumulatedStep, buildTrainingStep, type TrainingDefinition } from '../tensor/training-step.ts'
import { AccumulatedSession } from './accumulated-session.ts'
import { createTensor, type HostTensor, OrtSession, readTensor } from './ort-session.ts'
import { TrainingSession } from './training-session.ts'

const definition: TrainingDefinition = {
  parameters: [{ name: 'w', shape: [3, 1], initialiser: 'zeros' }],
  inputs: [{ name: 'x', dtype: 'float32', shape: ['items', 3] }],
  trainingInputs: [{ name: 'y', dtype: 'float32', shape: ['items'] }],
  // the logarithm gives the step a way to fail: an x of zeros is log 0
  forward: ({ parameter, input }) => ({ p: reshape(log(matmul(input('x'), parameter('w'))), ['items']) }),
  itemLoss: ({ output, input }) => squaredError(output('p'), input('y')),
  optimiser: { kind: 'adamw', weightDecay: 0.01 },
  ema: true,
}
const step = buildTrainingStep(definition)
const theta = Float32Array.of(0.5, 1, 1.5)

const tensor = (data: readonly number[], dims: readonly number[]): HostTensor => ({
  dtype: 'float32',
  data: Float32Array.from(data),
  dims,
})
const batch = (x: readonly number[]) => ({
  x: tensor(x, [2, 3]),
  y: tensor([0.5, -0.5], [2]),
  weight: tensor([1, 1], [2]),
})
const good = batch([1, 0.2, 0.3, 0.4, 2, 0.6])
const scalars = (at: number) => ({
  lossScale: 0.5,
  emaDecay: 0.9,
  ...optimiserScalars(definition.optimiser, { step: at, learningRate: 0.05 }),
})
const create = (state: Record<string, Float32Array> = { theta, ema: theta }) =>
  TrainingSession.create({ step, provider: 'cpu', threads: 1, state })

describe('TrainingSession', () => {
  it('drops a step whose loss is not finite and goes on as if it had not been', async () => {
    const [clean, disturbed] = await Promise.all([create(), create()])
    await clean.run({ batch: good, scalars: scalars(1) })
    await disturbed.run({ batch: good, scalars: scalars(1) })
    const before = await disturbed.readState()
    const bad = await disturbed.run({ batch: batch([0, 0, 0, 1, 1, 1]), scalars: scalars(2) })
    expect(bad.committed).toBe(false)
    expect(bad.notFinite).toEqual(['loss', 'gradientNorm'])
    expect([...bad.itemLoss].map(Number.isFinite)).toEqual([false, true])
    expect(await disturbed.readState()).toEqual(before)

    const after = [
      await clean.run({ batch: good, scalars: scalars(2) }),
      await disturbed.run({ batch: good, scalars: scalars(2) }),
    ]
    expect(after[1]).toEqual(after[0])
    expect(after[0]!.committed).toBe(true)
    expect(await disturbed.readState()).toEqual(await clean.readState())
    await clean.dispose()
    await disturbed.dispose()
  })

  it('resumes bit for bit from the state it gave', async () => {
    const first = await create()
    for (let at = 1; at <= 3; at++) await first.run({ batch: good, scalars: scalars(at) })
    const saved = await first.readState()
    const resumed = await create(saved)
    const rewritten = await create()
    await rewritten.run({ batch: good, scalars: scalars(1) })
    rewritten.writeState(saved)
    for (let at = 4; at <= 8; at++) {
      for (const session of [first, resumed, rewritten]) await session.run({ batch: good, scalars: scalars(at) })
    }
    const end = await first.readState()
    expect(Object.keys(end)).toEqual(['theta', 'm', 'v', 'ema'])
    expect(end.theta).not.toEqual(saved.theta)
    expect(await resumed.readState()).toEqual(end)
    expect(await rewritten.readState()).toEqual(end)
    for (const session of [first, resumed, rewritten]) await session.dispose()
  })

  it('hands out and takes copies', async () => {
    const initial = { theta: theta.slice(), ema: theta.slice() }
    const session = await create(initial)
    const state = await session.readState()
    state.theta!.fill(9)
    await session.run({ batch: good, scalars: scalars(1) })
    await session.run({ batch: good, scalars: scalars(2) })
    expect(initial.theta).toEqual(theta)
    expect((await session.readState()).theta!.every(value => value < 3)).toBe(true)
    await session.dispose()
  })

  it('names what it was not given', async () => {
    await expect(create({})).rejects.toThrow('the state must hold theta')
    await expect(create({ theta: new Float32Array(2) })).rejects.toThrow('state "theta" must have 3 elements, got 2')
    const session = await create()
    const { x, y } = good
    await expect(session.run({ batch: { x, y }, scalars: scalars(1) })).rejects.toThrow('the model reads "weight"')
    await expect(session.run({ batch: good, scalars: { lossScale: 1 } })).rejects.toThrow('the scalar "learningRate"')
    expect((await session.run({ batch: good, scalars: scalars(1) })).committed).toBe(true)
    await session.dispose()
  })
})

describe('AccumulatedSession', () => {
  const createAccumulated = () => {
    const state = { theta, ema: theta }
    return AccumulatedSession.create({ ...buildAccumulatedStep(definition), provider: 'cpu', threads: 1, state })
  }
  const half = (rows: readonly number[], y: number) => ({
    x: tensor(rows, [1, 3]),
    y: tensor([y], [1]),
    weight: tensor([1], [1]),
  })
  const parts = [half([1, 0.2, 0.3], 0.5), half([0.4, 2, 0.6], -0.5)]

  it('takes the steps the whole batch takes', async () => {
    const [whole, inParts] = [await create(), await createAccumulated()]
    for (let at = 1; at <= 4; at++) {
      const expected = await whole.run({ batch: good, scalars: scalars(at) })
      const result = await inParts.run({ parts, scalars: scalars(at) })
      expect(result.loss).toBeCloseTo(expected.loss, 5)
      expect(result.gradientNorm).toBeCloseTo(expected.gradientNorm, 4)
      expect(result.itemLoss).toHaveLength(2)
    }
    const [left, right] = [await whole.readState(), await inParts.readState()]
    for (const name of ['theta', 'm', 'v', 'ema']) {
      for (const [i, value] of left[name]!.entries()) expect(right[name]![i]).toBeCloseTo(value, 4)
    }
    await whole.dispose()
    await inParts.dispose()
  })

  it('drops the whole step when one part is not finite', async () => {
    const session = await createAccumulated()
    const before = await session.readState()
    const result = await session.run({ parts: [parts[0]!, half([0, 0, 0], 1), parts[1]!], scalars: scalars(1) })
    expect(result).toMatchObject({ committed: false, notFinite: ['loss'] })
    expect(result.itemLoss).toHaveLength(2)
    expect(await session.readState()).toEqual(before)
    const clean = await createAccumulated()
    const results = [await session.run({ parts, scalars: scalars(1) }), await clean.run({ parts, scalars: scalars(1) })]
    expect(results[0]).toEqual(results[1])
    await session.dispose()
    await clean.dispose()
  })
})

describe('OrtSession', () => {
  it('reports a model the runtime refuses as ERR_7001', async () => {
    await expect(OrtSession.create(Uint8Array.of(1, 2, 3), { provider: 'cpu' })).rejects.toMatchObject({
      code: 'ERR_7001',
    })
  })

  it('reads tensors of main memory without copying', () => {
    const data = Float32Array.of(1, 2)
    const { data: read, dims } = readTensor(createTensor({ dtype: 'float32', data, dims: [2] }))
    expect(read).toBe(data)
    expect(dims).toEqual([2])
  })
})
