import type { Graph, Node, Value } from '../graph.ts'
import type { OnnxAttribute, OnnxWriter, OpDefinition } from '../ops/definition.ts'
import { opTable } from '../ops/table.ts'
import { lowerFloat64 } from '../passes/lower-float64.ts'
import { liveNodes } from '../passes/rewrite.ts'
import type { DType, TensorType } from '../types.ts'
import { entryMessage, nodeMessage, tensorMessage, valueInfoMessage } from './messages.ts'
import { MessageWriter } from './protobuf.ts'

/** The operator set every model states, and the file format version that goes with it. */
export const opsetVersion = 20
export const irVersion = 9

export interface EmittedModel {
  readonly bytes: Uint8Array
  /** The inputs that are read, in order of declaration. Inputs that only dropped nodes used are not part of the model. */
  readonly inputs: readonly (TensorType & { readonly name: string })[]
  readonly outputs: readonly (TensorType & { readonly name: string })[]
}

/**
 * Writes a graph as an ONNX model. Only what its outputs need is written. The same graph gives the same bytes.
 *
 * @param metadata Texts stored in the model's `metadata_props`, in the order given.
 */
export function emitModel(
  graph: Graph,
  options: { name: string; metadata?: Readonly<Record<string, string>> },
): EmittedModel {
  if (graph.outputs.size === 0) throw new Error('the graph has no outputs')
  const lowered = lowerFloat64(graph)
  const { nodes, values } = collectLive(lowered)
  const writer = new GraphWriter(nameValues(lowered))
  for (const value of values) if (value.source.kind === 'constant') writer.constant(value, value.source.data)
  for (const node of nodes) writer.emit(node)
  for (const [name, value] of lowered.outputs) writer.alias(value, name)

  const inputs = [...lowered.inputs].filter(([, value]) => values.has(value)).map(([name, value]) => named(name, value))
  const outputs = [...lowered.outputs].map(([name, value]) => named(name, value))
  const body = writer.finish(options.name, { inputs, outputs })
  const opset = new MessageWriter().string(1, '').integer(2, opsetVersion)
  const model = new MessageWriter().integer(1, irVersion).string(2, 'bindery').message(7, body).message(8, opset)
  for (const [key, value] of Object.entries(options.metadata ?? {})) model.message(14, entryMessage(key, value))
  return { bytes: model.finish(), inputs, outputs }
}

function named(name: string, { dtype, shape }: TensorType) {
  return { name, dtype, shape }
}

/** Nodes and values the outputs depend on, in the order they were made. */
function collectLive(graph: Graph): { nodes: readonly Node[]; values: ReadonlySet<Value> } {
  const nodes = liveNodes(graph, writtenOperands)
  const values = [...graph.outputs.values(), ...nodes.flatMap(writtenOperands)]
  return { nodes, values: new Set(values.sort((a, b) => a.id - b.id)) }
}

function writtenOperands(node: Node): readonly Value[] {
  return node.inputs.slice(0, opTable[node.op].written)
}

/** Inputs and results of nodes that are outputs go by their names, everything else by its number. */
function nameValues(graph: Graph): (value: Value) => string {
  const outputNames = new Map<Value, string>()
  for (const [name, value] of graph.outputs) {
    if (value.source.kind === 'node' && !outputNames.has(value)) outputNames.set(value, name)
  }
  return value => {
    if (value.source.kind === 'input') return value.source.name
    return outputNames.get(value) ?? `v${value.id}`
  }
}

class GraphWriter implements OnnxWriter {
  private readonly nodes: MessageWriter[] = []
  private readonly initializers = new Map<string, MessageWriter>()
  private freshCount = 0
  private readonly nameOf: (value: Value) => string

  constructor(nameOf: (value: Value) => string) {
    this.nameOf = nameOf
  }

  emit(node: Node): void {
    const definition = opTable[node.op] as OpDefinition<unknown>
    const inputs = writtenOperands(node).map(this.nameOf)
    const outputs = node.outputs.map(this.nameOf)
    const { op, attributes, inputs: inputTypes, outputs: outputTypes } = node
    if (definition.emit === undefined) this.node(op, inputs, outputs)
    else definition.emit({ op, attributes, inputs, outputs, inputTypes, outputTypes }, this)
  }

  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
  ): void {
    const name = `${op}_${this.nodes.length}`
    this.nodes.push(nodeMessage({ op, name, inputs, outputs, attributes }))
  }

  constant(value: Value, data: Parameters<typeof tensorMessage>[1]['data']): void {
    this.initialise(this.nameOf(value), { dtype: value.dtype, shape: value.shape as readonly number[], data })
  }

  integers(values: readonly number[]): string {
    return this.initialise(`ints_${values.join('_')}`, { dtype: 'int64', shape: [values.length], data: values })
  }

  scalar(value: number, dtype: DType): string {
    return this.initialise(`${dtype}_${value}`, { dtype, shape: [], data: [value] })
  }

  fresh(): string {
    return `t${this.freshCount++}`
  }

  /** Gives an output whose value already has another name (an input, a constant, a second output) its own. */
  alias(value: Value, name: string): void {
    if (this.nameOf(value) !== name) this.node('Identity', [this.nameOf(value)], [name])
  }

  finish(name: string, ends: Pick<EmittedModel, 'inputs' | 'outputs'>): MessageWriter {
    const graph = new MessageWriter()
    for (const node of this.nodes) graph.message(1, node)
    graph.string(2, name)
    for (const initializer of this.initializers.values()) graph.message(5, initializer)
    for (const input of ends.inputs) graph.message(11, valueInfoMessage(input.name, input))
    for (const output of ends.outputs) graph.message(12, valueInfoMessage(output.name, output))
    return graph
  }

  private initialise(name: string, tensor: Parameters<typeof tensorMessage>[1]): string {
    if (!this.initializers.has(name)) this.initializers.set(name, tensorMessage(name, tensor))
    return name
  }
}
