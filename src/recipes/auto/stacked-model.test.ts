import { expect, it } from 'vitest'
import { OrtSession } from '../../node/ort-session.ts'
import { exportModel, type ModelDefinition } from '../../tensor/model-definition.ts'
import { add, mul } from '../../tensor/ops/elementwise.ts'
import { stackedModel } from './stacked-model.ts'

/** prediction = scale · x + 1, spread = x. Both parts of a stack name their parameter alike. */
function line(inputName: string): ModelDefinition {
  return {
    parameters: [{ name: 'scale', shape: [1], initialiser: 'zeros' }],
    inputs: [{ name: inputName, dtype: 'float32', shape: ['molecules'] }],
    forward: ({ input, parameter }) => ({
      prediction: add(mul(input(inputName), parameter('scale')), 1),
      spread: mul(input(inputName), 1),
    }),
  }
}

it('weighs the predictions of both parts, each with its own weights and inputs', async () => {
  const { definition, theta } = stackedModel([
    { name: 'process', definition: line('x'), theta: Float32Array.of(2), weight: 0.75 },
    { name: 'network', definition: line('y'), theta: Float32Array.of(-4), weight: 0.25 },
  ])
  const session = await OrtSession.create(exportModel(definition, { theta, metadata: {} }), { provider: 'cpu' })
  const tensor = (...values: number[]) => ({ dtype: 'float32', data: Float32Array.from(values), dims: [3] }) as const
  const { prediction, spread } = await session.runArrays({ x: tensor(1, 2, 3), y: tensor(0, 1, 8) })
  await session.release()
  expect([...prediction!.data]).toEqual([2.5, 3, -2.5])
  expect([...spread!.data]).toEqual([1, 2, 3])
})
