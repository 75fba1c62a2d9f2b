import { describe, expect, it } from 'vitest'
import { type HostTensor, OrtSession } from '../../node/ort-session.ts'
import { Graph } from '../graph.ts'
import { emitModel } from '../onnx/emit.ts'
import type { OpName } from '../ops/definition.ts'
import * as elementwise from '../ops/elementwise.ts'
import { gather, gatherSum } from '../ops/gather.ts'
import * as reduce from '../ops/reduce.ts'
import { opTable } from '../ops/table.ts'
import { checkGradient, type Float64Tensor, type GradientCheck } from './check-gradient.ts'
import { gradientCases, indexConstant, realRows } from './gradient-cases.ts'
import { gradients } from './gradients.ts'
import { gradientRules } from './table.ts'

const { add, mul } = elementwise

async function run(model: Uint8Array, feeds: readonly Readonly<Record<string, Float64Tensor>>[]) {
  // the runtime's fusion of x·σ(x) has no float64 kernel
  const session = await OrtSession.create(model, { provider: 'cpu', threads: 1, optimisation: 'disabled' })
  const results: Record<string, Float64Tensor>[] = []
  for (const feed of feeds) {
    const tensors = Object.entries(feed).map(([name, { data, dims }]) => [
      name,
      { dtype: 'float64', data, dims } as HostTensor,
    ])
    results.push((await session.runArrays(Object.fromEntries(tensors))) as Record<string, Float64Tensor>)
  }
  await session.release()
  return results
}

describe('gradient rules against central differences', () => {
  it('has a row for every op, and the right one', () => {
    expect(Object.keys(gradientCases).sort()).toEqual(Object.keys(opTable).sort())
    expect(Object.keys(gradientRules).sort()).toEqual(Object.keys(opTable).sort())
    for (const [op, rows] of Object.entries(gradientCases)) {
      expect([op, gradientRules[op as OpName].kind === 'not differentiable']).toEqual([
        op,
        rows === 'not differentiable',
      ])
    }
  })

  for (const [op, rows] of Object.entries(gradientCases)) {
    if (rows === 'not differentiable') continue
    it(`${op}`, async () => {
      for (const [i, row] of rows.entries()) {
        expect([op, i, usesOp(row, op as OpName)]).toEqual([op, i, true])
        const { largestError, shapes } = await checkGradient(row, run)
        expect([op, i, largestError < (op === 'Cast' ? 1e-7 : 2e-8), largestError]).toEqual([op, i, true, largestError])
        expect(shapes).toEqual(row.operands.map(({ shape }) => shape.map(dim => row.sizes?.[dim] ?? dim)))
      }
    })
  }

  it('finds a wrong gradient', async () => {
    const swapped: GradientCheck = {
      operands: [{ shape: [3, 2] }],
      build: ([x], graph) => {
        const lists = indexConstant(graph, [0, 1, 2], [3])
        const inverse = indexConstant(graph, [0, 2, 1], [3]) // of another permutation
        return mul(gatherSum(x!, { lists, inverse }), realRows(graph, 3))
      },
    }
    const { largestError } = await checkGradient(swapped, run)
    expect(largestError).toBeGreaterThan(0.1)
  })
})

function usesOp(check: GradientCheck, op: OpName): boolean {
  const graph = new Graph()
  check.build(
    check.operands.map(({ shape }, i) => graph.input(`x${i}`, { dtype: 'float64', shape })),
    graph,
  )
  return graph.nodes.some(node => node.op === op)
}

describe('gradients', () => {
  const scalar = { dtype: 'float64', shape: [] } as const

  it('adds what reaches a value along several ways', async () => {
    const { largestError } = await checkGradient(
      {
        operands: [{ shape: [3] }],
        build: ([x]) => add(mul(x!, x!), mul(elementwise.exp(x!), elementwise.tanh(mul(x!, x!)))),
      },
      run,
    )
    expect(largestError).toBeLessThan(1e-8)
  })

  it('refuses an op without a rule by its name, only where its gradient is needed', () => {
    const graph = new Graph()
    const x = graph.input('x', { dtype: 'float64', shape: [3, 2] })
    const rows = gather(x, graph.constant([0, 2], 'int64'))
    expect(() => gradients(reduce.reduceSum(rows), [x])).toThrow(/Gather has no gradient: .*GatherSum/)
    const y = graph.input('y', { dtype: 'float64', shape: [] })
    expect(() => gradients(mul(y, reduce.reduceSum(rows)), [y])).not.toThrow()
  })

  it('refuses a target that does not influence the loss', () => {
    const graph = new Graph()
    const [x, y] = [graph.input('x', scalar), graph.input('y', scalar)]
    expect(() => gradients(mul(x, 2), [x, y])).toThrow('target 1 (input "y") does not influence the loss')
  })

  it('refuses a loss of more than one element', () => {
    const graph = new Graph()
    const x = graph.input('x', { dtype: 'float64', shape: [2] })
    expect(() => gradients(x, [x])).toThrow('the loss must be one float')
  })

  it('refuses the gradient of a mean over a size that is only named', () => {
    const graph = new Graph()
    const x = graph.input('x', { dtype: 'float64', shape: ['n'] })
    expect(() => gradients(reduce.reduceMean(x), [x])).toThrow('ReduceMean over "n"')
  })
})

describe('ops without a float64 kernel', () => {
  for (const op of ['Erf', 'Gelu', 'Softplus'] as const) {
    it(`${op}: the float32 kernel agrees with the float64 decomposition`, async () => {
      const points = Array.from({ length: 161 }, (_, i) => (i - 80) / 10)
      const results = await Promise.all(
        (['float32', 'float64'] as const).map(async dtype => {
          const graph = new Graph()
          const x = graph.input('x', { dtype, shape: [points.length] })
          graph.output('y', graph.apply(op, [x], {})[0]!)
          const session = await OrtSession.create(emitModel(graph, { name: op }).bytes, { provider: 'cpu', threads: 1 })
          const data = dtype === 'float32' ? Float32Array.from(points) : Float64Array.from(points)
          const { y } = await session.runArrays({ x: { dtype, data, dims: [points.length] } as HostTensor })
          await session.release()
          return y!.data
        }),
      )
      points.forEach((point, i) => {
        const [single, double] = [Number(results[0]![i]), Number(results[1]![i])]
        expect([point, Math.abs(single - double) <= 1e-6 * (1 + Math.abs(double))]).toEqual([point, true])
      })
    })
  }

  it('decomposes Erf to published values', async () => {
    // Abramowitz & Stegun, table 7.1, and erfc(4) = 1.541725790028002e-8
    const known = [
      [0, 0],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [-4, -0.9999999845827421],
    ] as const
    const graph = new Graph()
    graph.output('y', elementwise.erf(graph.input('x', { dtype: 'float64', shape: [known.length] })))
    const session = await OrtSession.create(emitModel(graph, { name: 'erf' }).bytes, { provider: 'cpu', threads: 1 })
    const { y } = await session.runArrays({
      x: { dtype: 'float64', data: Float64Array.from(known, ([x]) => x), dims: [known.length] },
    })
    await session.release()
    known.forEach(([, expected], i) => {
      expect(Math.abs(Number(y!.data[i]) - expected)).toBeLessThan(2e-15)
    })
  })
})
