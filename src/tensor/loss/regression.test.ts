import { describe, expect, it } from 'vitest'
import { OrtSession } from '../../node/ort-session.ts'
import { gradients } from '../grad/gradients.ts'
import { Graph, type Value } from '../graph.ts'
import { emitModel } from '../onnx/emit.ts'
import { reduceSum } from '../ops/reduce.ts'
import reference from '../reference/torch.json' with { type: 'json' }
import { absoluteError, censoredSquaredError, huber, squaredError } from './regression.ts'

async function evaluate(
  loss: (p: Value, t: Value, r: Value) => Value,
  columns: Record<'p' | 't' | 'r', readonly number[]>,
) {
  const graph = new Graph()
  const shape = [columns.p.length]
  const [p, t, r] = (['p', 't', 'r'] as const).map(name => graph.input(name, { dtype: 'float64', shape })) as [
    Value,
    Value,
    Value,
  ]
  const value = loss(p, t, r)
  graph.output('value', value)
  graph.output('gradient', gradients(reduceSum(value), [p])[0]!)
  const session = await OrtSession.create(emitModel(graph, { name: 'loss' }).bytes, { provider: 'cpu', threads: 1 })
  const feed = (data: readonly number[]) => ({ dtype: 'float64', data: Float64Array.from(data), dims: shape }) as const
  const result = await session.runArrays({ p: feed(columns.p), t: feed(columns.t), r: feed(columns.r) })
  await session.release()
  return { value: [...(result.value!.data as Float64Array)], gradient: [...(result.gradient!.data as Float64Array)] }
}

describe('losses', () => {
  const none = reference.target.map(() => 0)
  it.each([
    ['squaredError', squaredError],
    ['absoluteError', absoluteError],
    ['huber', (p: Value, t: Value) => huber(p, t, 0.75)],
  ] as const)('%s agrees with PyTorch in value and gradient', async (name, loss) => {
    const { value, gradient } = await evaluate(loss, { p: reference.prediction, t: reference.target, r: none })
    const expected = reference.losses[name]
    for (const [i, x] of value.entries()) expect(x).toBeCloseTo(expected.value[i]!, 14)
    for (const [i, x] of gradient.entries()) expect(x).toBeCloseTo(expected.gradient[i]!, 14)
  })

  it('a censored label costs nothing on its allowed side', async () => {
    const { value, gradient } = await evaluate(censoredSquaredError, {
      p: [5, 7, 5, 7, 5, 7],
      t: [6, 6, 6, 6, 6, 6],
      r: [0, 0, -1, -1, 1, 1],
    })
    expect(value).toEqual([1, 1, 0, 1, 1, 0])
    expect(gradient.map(x => x + 0)).toEqual([-2, 2, 0, 2, -2, 0])
  })
})
