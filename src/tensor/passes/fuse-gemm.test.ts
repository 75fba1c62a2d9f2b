import { describe, expect, it } from 'vitest'
import { type HostTensor, OrtSession } from '../../node/ort-session.ts'
import { Graph, type Value } from '../graph.ts'
import { emitModel } from '../onnx/emit.ts'
import { add, mul } from '../ops/elementwise.ts'
import { gemm } from '../ops/linear.ts'
import { randomNormal } from '../random.ts'
import type { Shape } from '../types.ts'
import { fuseGemmAdd } from './fuse-gemm.ts'
import { liveNodes } from './rewrite.ts'

type Operands = Record<'x' | 'w' | 'bias' | 'wide' | 'static', Value>
const shapes: Record<keyof Operands, Shape> = { x: ['n', 3], w: [3, 2], bias: [2], wide: ['n', 2], static: [3, 2] }

function build(body: (operands: Operands) => Value): Graph {
  const graph = new Graph()
  const entries = Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, { dtype: 'float32', shape })])
  graph.output('y', body(Object.fromEntries(entries)))
  return graph
}

async function run(graph: Graph): Promise<Float32Array> {
  const session = await OrtSession.create(emitModel(graph, { name: 'g' }).bytes, { provider: 'cpu', threads: 1 })
  const tensors = Object.entries(shapes).map(([name, shape], step): [string, HostTensor] => {
    const dims = shape.map(dim => (dim === 'n' ? 4 : Number(dim)))
    const data = randomNormal(
      { seed: 1, stream: 'fuse', step },
      dims.reduce((a, b) => a * b, 1),
    )
    return [name, { dtype: 'float32', data, dims }]
  })
  const feeds = Object.fromEntries(tensors.filter(([name]) => session.inputNames.includes(name)))
  const { y } = await session.runArrays(feeds)
  await session.release()
  return y!.data as Float32Array
}

const product = ({ x, w }: Operands) => gemm(x, w)
const weightGradient = ({ x, wide }: Operands) => gemm(x, wide, { transA: true })
const cases: Record<string, { body: (operands: Operands) => Value; ops: readonly string[] }> = {
  'a bias after the product': { body: o => add(product(o), o.bias), ops: ['Gemm'] },
  'a bias before the product': { body: o => add(o.bias, product(o)), ops: ['Gemm'] },
  'the sum of two weight gradients': { body: o => add(weightGradient(o), weightGradient(o)), ops: ['Gemm', 'Gemm'] },
  'a known term and a weight gradient': { body: o => add(o.static, weightGradient(o)), ops: ['Gemm'] },
  'not a term of the product’s own named size': { body: o => add(product(o), o.wide), ops: ['Gemm', 'Add'] },
  'not a product that is read twice': {
    body: o => {
      const p = product(o)
      return mul(add(p, o.bias), p)
    },
    ops: ['Gemm', 'Add', 'Mul'],
  },
  'not where the product is the smaller': {
    body: o => add(gemm(o.bias.graph.constant([1, 2, 3], 'float32', [1, 3]), o.w), o.wide),
    ops: ['Gemm', 'Add'],
  },
  'not a second term': { body: o => add(gemm(o.x, o.w, { added: o.bias }), o.bias), ops: ['Gemm', 'Add'] },
}

describe('fuseGemmAdd folds', () => {
  it.each(Object.entries(cases))('%s', async (_, { body, ops }) => {
    const graph = build(body)
    const fused = fuseGemmAdd(graph)
    expect(liveNodes(fused).map(({ op }) => op)).toEqual(ops)
    const [before, after] = [await run(graph), await run(fused)]
    for (const [i, value] of before.entries()) expect(after[i]).toBeCloseTo(value, 5)
  })
})
