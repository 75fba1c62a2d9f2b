import type { Graph } from '../graph.ts'
import type { OpName } from '../ops/definition.ts'
import * as elementwise from '../ops/elementwise.ts'
import { gatherSum } from '../ops/gather.ts'
import * as layout from '../ops/layout.ts'
import { gemm, matmul } from '../ops/linear.ts'
import * as reduce from '../ops/reduce.ts'
import type { GradientCheck } from './check-gradient.ts'

export type GradientCases = readonly GradientCheck[] | 'not differentiable'
const { add, sub, mul, div, pow, where, greater, clip, cast } = elementwise
const positive = { low: 0.3, high: 2 }
const one = (
  build: (x: never) => unknown,
  values?: typeof positive,
  shape: readonly number[] = [2, 3],
): GradientCheck => ({
  operands: [values === undefined ? { shape } : { shape, values }],
  build: ([x]) => build(x as never) as ReturnType<GradientCheck['build']>,
})
/** Broadcasting in every way: same, scalar, size 1 on either side, missing axes, named sizes, empty. */
const two = (build: (a: never, b: never) => unknown, values?: typeof positive): readonly GradientCheck[] =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], []],
    [[3], [2, 3]],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [1, 1],
      [2, 3],
    ],
    [['n', 3], [1]],
    [
      ['n', 1],
      ['n', 2],
    ],
    [[1], [0, 3]],
  ].map(shapes => ({
    operands: shapes.map(shape => (values === undefined ? { shape } : { shape, values })),
    sizes: { n: 2 },
    build: ([a, b]) => build(a as never, b as never) as ReturnType<GradientCheck['build']>,
  }))

// path of three atoms 1–2–3 with bonds 1: 1→2, 2: 2→1, 3: 2→3, 4: 3→2; row 0 is padding everywhere
const incoming = [0, 0, 2, 0, 1, 4, 3, 0]
const target = [0, 2, 1, 3, 2]
export const indexConstant = (
  graph: Graph,
  data: readonly number[],
  shape: readonly number[],
  dtype: 'int32' | 'int64' = 'int64',
) => graph.constant(data, dtype, shape)
/** Keeps row 0 out of both ends, as the contract of GatherSum asks. */
export const realRows = (graph: Graph, rows: number) =>
  graph.constant(
    Array.from({ length: rows }, (_, row) => (row === 0 ? 0 : 1)),
    'float64',
    [rows, 1],
  )

/** Every op's rule in shapes with broadcasting, sizes of 0 and 1 and named sizes; checked in gradients.test.ts, counted in the documentation. */
export const gradientCases: Readonly<Record<OpName, GradientCases>> = {
  Add: two(add),
  Sub: two(sub),
  Mul: two(mul),
  Div: two(div, positive),
  Pow: [...two(pow, positive), one(x => pow(x, 3)), one(x => pow(x, 2), undefined, [0])],
  Min: two(elementwise.min),
  Max: two(elementwise.max),
  Neg: [one(elementwise.neg), one(elementwise.neg, undefined, [])],
  Abs: [one(elementwise.abs)],
  Sign: 'not differentiable',
  Exp: [one(elementwise.exp)],
  Log: [one(elementwise.log, positive)],
  Sqrt: [one(elementwise.sqrt, positive)],
  Reciprocal: [one(elementwise.reciprocal, positive)],
  Erf: [one(elementwise.erf), one(x => elementwise.erf(mul(x, 3)))],
  Relu: [one(elementwise.relu), one(elementwise.relu, undefined, [0, 2])],
  Gelu: [one(elementwise.gelu)],
  Sigmoid: [one(elementwise.sigmoid), one(elementwise.silu)],
  Tanh: [one(elementwise.tanh)],
  Softplus: [one(elementwise.softplus), one(x => elementwise.softplus(mul(x, 30)))],
  HardSigmoid: [one(x => elementwise.hardSigmoid(x)), one(x => elementwise.hardSigmoid(x, { alpha: 2, beta: -0.25 }))],
  Clip: [
    one(x => clip(x, { min: -0.5, max: 0.5 })),
    one(x => clip(x, { min: -0.5 })),
    one(x => clip(x, { max: 0.5 })),
    one(x => clip(x, {})),
  ],
  Greater: 'not differentiable',
  Less: 'not differentiable',
  Equal: 'not differentiable',
  And: 'not differentiable',
  Or: 'not differentiable',
  Not: 'not differentiable',
  IsNaN: 'not differentiable',
  IsInf: 'not differentiable',
  Where: two((a: never, b: never) => where(greater(add(a, 0), -0.2), a, b)),
  // numbers and a step that float32 holds exactly
  Cast: [
    {
      operands: [{ shape: [4], values: [0.5, -1.25, 2, 0] }],
      step: 1 / 64,
      build: ([x]) => cast(mul(cast(x!, 'float32'), 3), 'float64'),
    },
  ],
  MatMul: [
    { operands: [{ shape: [2, 3, 4] }, { shape: [2, 4, 2] }], build: ([a, b]) => matmul(a!, b!) },
    { operands: [{ shape: [3, 4] }, { shape: [2, 4, 1] }], build: ([a, b]) => matmul(a!, b!) },
    { operands: [{ shape: [2, 1, 3, 1] }, { shape: [2, 1, 2] }], build: ([a, b]) => matmul(a!, b!) },
    { operands: [{ shape: ['n', 1, 2] }, { shape: [1, 2, 2] }], sizes: { n: 3 }, build: ([a, b]) => matmul(a!, b!) },
    { operands: [{ shape: [0, 2, 2] }, { shape: [1, 2, 2] }], build: ([a, b]) => matmul(a!, b!) },
  ],
  Gemm: [
    ...[false, true].flatMap(transA =>
      [false, true].map(transB => ({
        operands: [{ shape: transA ? [3, 2] : [2, 3] }, { shape: transB ? [4, 3] : [3, 4] }, { shape: [4] }],
        build: ([a, b, c]: Parameters<GradientCheck['build']>[0]) =>
          gemm(a!, b!, { added: c!, transA, transB, alpha: 0.75, beta: 1.25 }),
      })),
    ),
    ...[[], [1], [2, 1], [1, 4], [2, 4]].map(shape => ({
      operands: [{ shape: [2, 3] }, { shape: [3, 4] }, { shape }],
      build: ([a, b, c]: Parameters<GradientCheck['build']>[0]) => gemm(a!, b!, { added: c! }),
    })),
    { operands: [{ shape: ['n', 1] }, { shape: [1, 1] }], sizes: { n: 4 }, build: ([a, b]) => gemm(a!, b!) },
    { operands: [{ shape: ['n', 2] }, { shape: [2, 3] }], sizes: { n: 0 }, build: ([a, b]) => gemm(a!, b!) },
  ],
  ReduceSum: reductions(reduce.reduceSum),
  ReduceMean: reductions(reduce.reduceMean),
  ReduceMax: reductions(reduce.reduceMax),
  Softmax: [one(reduce.softmax), one(x => reduce.softmax(x, 0)), one(reduce.softmax, undefined, [3, 1])],
  LogSoftmax: [one(reduce.logSoftmax), one(x => reduce.logSoftmax(x, 0))],
  LayerNormalization: [
    ['n', 4],
    [2, 3, 4],
    [1, 4],
  ].map(shape => ({
    operands: [{ shape }, { shape: [4] }, { shape: [4] }],
    sizes: { n: 2 },
    build: ([x, scale, bias]: Parameters<GradientCheck['build']>[0]) =>
      reduce.layerNorm(x!, { scale: scale!, bias: bias!, epsilon: 1e-3 }),
  })),
  Concat: [
    {
      operands: [{ shape: ['n', 2] }, { shape: ['n', 1] }, { shape: ['n', 3] }],
      sizes: { n: 2 },
      build: v => layout.concat(v, 1),
    },
    { operands: [{ shape: [2, 2] }, { shape: [0, 2] }, { shape: [1, 2] }], build: v => layout.concat(v, 0) },
    { operands: [{ shape: [2] }], build: ([x]) => layout.concat([x!, x!, mul(x!, 2)], -1) },
  ],
  Split: [
    one(x => add(mul(layout.split(x, 1, [1, 3])[0]!, 2), layout.split(x, 1, [3, 1])[1]!), undefined, [2, 4]),
    one(x => layout.split(x, 0, [1, 2, 1])[1]!, undefined, [4]),
    one(x => layout.split(x, 0, [2, 0, 2])[2]!, undefined, [4]),
  ],
  Slice: [
    one(x => layout.slice(x, { axis: 1, start: 1, end: 3 }), undefined, [2, 4]),
    one(x => layout.slice(x, { axis: 0, start: 0, end: 1 }), undefined, [3, 2]),
    one(x => layout.slice(x, { axis: -1, start: 2, end: 2 }), undefined, [3, 4]),
  ],
  Reshape: [
    one(x => layout.reshape(x, [6]), undefined, [2, 3]),
    one(x => layout.reshape(x, [1, 0, 2]), undefined, [0, 4]),
    { operands: [{ shape: ['n', 4] }], sizes: { n: 3 }, build: ([x]) => layout.reshape(x!, ['n', 2, 2]) },
  ],
  Transpose: [
    one(x => layout.transpose(x, [2, 0, 1]), undefined, [2, 1, 3]),
    { operands: [{ shape: ['n', 2] }], sizes: { n: 3 }, build: ([x]) => layout.transpose(x!, [1, 0]) },
  ],
  Expand: [
    one(x => layout.expand(x, [2, 3]), undefined, [3]),
    one(x => layout.expand(x, [4, 2, 3]), undefined, [2, 1]),
    one(x => layout.expand(x, [2, 0]), undefined, [1]),
    {
      operands: [{ shape: [1, 2] }, { shape: ['n', 2] }],
      sizes: { n: 3 },
      build: ([x, like]) => mul(layout.expandLike(x!, like!), like!),
    },
  ],
  Squeeze: [one(x => layout.squeeze(x, [0, -1]), undefined, [1, 3, 1])],
  Unsqueeze: [one(x => layout.unsqueeze(x, [0, -1]), undefined, [3])],
  Identity: [one((x: Parameters<GradientCheck['build']>[0][0]) => x.graph.apply('Identity', [x], {})[0]!)],
  Gather: 'not differentiable',
  GatherSum: [
    // bonds into atoms, [5, 2] → [4, 2]
    {
      operands: [{ shape: [5, 2] }],
      build: ([x], graph) => {
        const lists = indexConstant(graph, incoming, [4, 2])
        const inverse = indexConstant(graph, target, [5])
        return mul(gatherSum(mul(x!, realRows(graph, 5)), { lists, inverse }), realRows(graph, 4))
      },
    },
    // atoms to bonds, [4, 3] → [5, 3], int32 indices
    {
      operands: [{ shape: [4, 3] }],
      build: ([x], graph) => {
        const lists = indexConstant(graph, target, [5], 'int32')
        const inverse = indexConstant(graph, incoming, [4, 2], 'int32')
        return mul(gatherSum(mul(x!, realRows(graph, 4)), { lists, inverse }), realRows(graph, 5))
      },
    },
    // a row summed by two lists: lists and inverse both two wide
    {
      operands: [{ shape: [3, 1] }],
      build: ([x], graph) => {
        const lists = indexConstant(graph, [0, 0, 1, 2, 1, 0], [3, 2])
        const inverse = indexConstant(graph, [0, 0, 1, 2, 1, 0], [3, 2])
        return mul(gatherSum(mul(x!, realRows(graph, 3)), { lists, inverse }), realRows(graph, 3))
      },
    },
  ],
}

function reductions(
  op: (x: never, options: { axes?: readonly number[]; keepDims?: boolean }) => unknown,
): readonly GradientCheck[] {
  return [
    one(x => op(x, {}), undefined, [2, 3]),
    one(x => op(x, { axes: [1] }), undefined, [2, 3, 2]),
    one(x => op(x, { axes: [0, -1], keepDims: true }), undefined, [2, 3, 2]),
    one(x => op(x, { axes: [0] }), undefined, [1, 2]),
    one(x => op(x, { axes: [1] }), undefined, [0, 2]),
    { operands: [{ shape: ['n', 3] }], sizes: { n: 2 }, build: ([x]) => op(x as never, { axes: [1] }) as never },
  ]
}
