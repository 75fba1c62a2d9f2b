/** ONNX files as other programs write them, made by the project's own writer: networks and trees over a fingerprint, and wrong ones. */
import {
  type SmallModel,
  type SmallNode,
  type SmallTensor,
  smallOnnx,
} from '../../src/tensor/onnx/fixtures/small-onnx.ts'
import { MessageWriter } from '../../src/tensor/onnx/protobuf.ts'
import type { DType } from '../../src/tensor/types.ts'

export const WIDTH = 1024

/** Weights that follow from their place: another program can write down what the network says. */
export function linearWeights(width: number): { weights: number[]; bias: number } {
  const weights = Array.from({ length: width }, (_, bit) => Math.fround(((bit * 37) % 101) / 400 - 0.125))
  return { weights, bias: 6 }
}

export interface NetworkOptions {
  width?: number
  /** Compounds it takes at once; any number where left out. */
  batch?: number
  dtype?: DType
  /** [n] instead of [n, 1]. */
  flat?: boolean
  /** Behind the last layer. */
  after?: (from: string, to: string) => { nodes: SmallNode[]; tensors?: SmallTensor[] }
}

/** y = x·w + b */
export function networkOnnx(options: NetworkOptions = {}): Uint8Array {
  const { width = WIDTH, batch, dtype = 'float32', flat = false, after } = options
  const { weights, bias } = linearWeights(width)
  const nodes: SmallNode[] = []
  const TO_FLOAT = 1
  if (dtype !== 'float32') {
    nodes.push({ op: 'Cast', inputs: ['x'], outputs: ['x32'], attributes: { to: { i: TO_FLOAT } } })
  }
  nodes.push({ op: 'Gemm', inputs: [dtype === 'float32' ? 'x' : 'x32', 'w', 'b'], outputs: ['column'] })
  const extra = after?.('column', flat ? 'shaped' : 'y')
  if (extra) nodes.push(...extra.nodes)
  const from = extra === undefined ? 'column' : 'shaped'
  if (flat) nodes.push({ op: 'Reshape', inputs: [from, 'minusOne'], outputs: ['y'] })
  else if (extra === undefined) nodes.push({ op: 'Identity', inputs: ['column'], outputs: ['y'] })
  return smallOnnx({
    producer: 'somebody',
    opsets: { '': 15 },
    irVersion: 8,
    nodes,
    inputs: [{ name: 'x', dtype, shape: [batch ?? 'n', width] }],
    outputs: [{ name: 'y', shape: flat ? ['n'] : ['n', 1] }],
    tensors: [
      { name: 'w', shape: [width, 1], data: weights },
      { name: 'b', shape: [1], data: [bias] },
      { name: 'minusOne', dtype: 'int64', shape: [1], data: [-1] },
      ...(extra?.tensors ?? []),
    ],
  })
}

export interface Stump {
  bit: number
  absent: number
  present: number
}

/** Trees of one question each, added up, as skl2onnx writes a gradient boosting or a forest. */
export function treesOnnx(stumps: readonly Stump[], base: number, width = WIDTH): Uint8Array {
  const nodes = stumps.flatMap((stump, tree) => [
    { tree, node: 0, mode: 'BRANCH_LEQ', feature: stump.bit, value: 0.5, yes: 1, no: 2, leaf: null },
    { tree, node: 1, mode: 'LEAF', feature: 0, value: 0, yes: 0, no: 0, leaf: stump.absent },
    { tree, node: 2, mode: 'LEAF', feature: 0, value: 0, yes: 0, no: 0, leaf: stump.present },
  ])
  const leaves = nodes.filter(node => node.leaf !== null)
  return smallOnnx({
    producer: 'skl2onnx',
    opsets: { '': 15, 'ai.onnx.ml': 1 },
    irVersion: 8,
    nodes: [
      {
        op: 'TreeEnsembleRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['X'],
        outputs: ['variable'],
        rawAttributes: [
          ints('n_targets', 1),
          floats('base_values', [base]),
          list('nodes_treeids', nodes, ({ tree }) => tree),
          list('nodes_nodeids', nodes, ({ node }) => node),
          list('nodes_featureids', nodes, ({ feature }) => feature),
          list('nodes_truenodeids', nodes, ({ yes }) => yes),
          list('nodes_falsenodeids', nodes, ({ no }) => no),
          floats(
            'nodes_values',
            nodes.map(({ value }) => value),
          ),
          strings(
            'nodes_modes',
            nodes.map(({ mode }) => mode),
          ),
          list('target_treeids', leaves, ({ tree }) => tree),
          list('target_nodeids', leaves, ({ node }) => node),
          list('target_ids', leaves, () => 0),
          floats(
            'target_weights',
            leaves.map(({ leaf }) => leaf!),
          ),
        ],
      },
    ],
    inputs: [{ name: 'X', shape: ['n', width] }],
    outputs: [{ name: 'variable', shape: ['n', 1] }],
  })
}

const TYPES = { int: 2, floats: 6, ints: 7, strings: 8 }

function ints(name: string, value: number): MessageWriter {
  return new MessageWriter().string(1, name).integer(3, value).integer(20, TYPES.int)
}

function list<T>(name: string, of: readonly T[], value: (item: T) => number): MessageWriter {
  const writer = new MessageWriter().string(1, name)
  for (const item of of) writer.integer(8, value(item))
  return writer.integer(20, TYPES.ints)
}

function floats(name: string, values: readonly number[]): MessageWriter {
  const writer = new MessageWriter().string(1, name)
  for (const value of values) writer.float(7, value)
  return writer.integer(20, TYPES.floats)
}

function strings(name: string, values: readonly string[]): MessageWriter {
  const writer = new MessageWriter().string(1, name)
  for (const value of values) writer.string(9, value)
  return writer.integer(20, TYPES.strings)
}

/** A model of nodes from `x` [n, 1024] to `y`. */
export function smallForeign(model: Partial<SmallModel> & Pick<SmallModel, 'nodes'>): Uint8Array {
  return smallOnnx({
    opsets: { '': 15 },
    irVersion: 8,
    inputs: [{ name: 'x', shape: ['n', WIDTH] }],
    outputs: [{ name: 'y', shape: ['n', 1] }],
    ...model,
  })
}
