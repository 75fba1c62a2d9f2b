import { Graph, type Value } from './graph.ts'
import { type EmittedModel, emitModel } from './onnx/emit.ts'
import { layoutParameters, type ParameterSpec, unpackParameters } from './parameters.ts'
import { fuseGemmAdd } from './passes/fuse-gemm.ts'
import type { DType, Shape } from './types.ts'

export interface InputSpec {
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
}

export interface ForwardContext {
  readonly graph: Graph
  /** Throws on a name that is not declared. */
  parameter(name: string): Value
  input(name: string): Value
  /** Whether this graph trains: then the training inputs (dropout masks) can be read too. */
  readonly training: boolean
}

/** An architecture, written once: training differentiates `forward`, evaluation runs it, the exported model is it. */
export interface ModelDefinition {
  readonly parameters: readonly ParameterSpec[]
  readonly inputs: readonly InputSpec[]
  /** Builds the outputs, by name. Called once for each graph that is made. */
  forward(context: ForwardContext): Readonly<Record<string, Value>>
}

/** Names the builders use themselves; no input may have one of them. */
export const thetaName = 'theta'

export function lookup(kind: string, values: Readonly<Record<string, Value>>): (name: string) => Value {
  return name => {
    const value = values[name]
    if (value === undefined) throw new Error(`no ${kind} "${name}"; there are: ${Object.keys(values).join(', ')}`)
    return value
  }
}

export function declareInputs(graph: Graph, specs: readonly InputSpec[]): Record<string, Value> {
  return Object.fromEntries(specs.map(spec => [spec.name, graph.input(spec.name, spec)]))
}

/** The evaluation graph: theta [count] and the inputs → the outputs. */
export function buildForward(definition: ModelDefinition): EmittedModel {
  const graph = new Graph()
  const { count } = layoutParameters(definition.parameters)
  const theta = graph.input(thetaName, { dtype: 'float32', shape: [count] })
  return emitForward(graph, {
    definition,
    parameters: unpackParameters(theta, definition.parameters),
    name: 'evaluation',
  })
}

export interface ExportOptions {
  readonly theta: Float32Array
  readonly metadata: Readonly<Record<string, string>>
}

/** A self-contained model with the weights of theta stored in it. */
export function exportModel(definition: ModelDefinition, { theta, metadata }: ExportOptions): Uint8Array {
  const graph = new Graph()
  const { slots, count } = layoutParameters(definition.parameters)
  if (theta.length !== count) throw new Error(`theta must have ${count} elements, got ${theta.length}`)
  const parameters = Object.fromEntries(
    slots.map(({ name, shape, offset, size }) => {
      return [name, graph.constant(theta.slice(offset, offset + size), 'float32', shape)]
    }),
  )
  return emitForward(graph, { definition, parameters, name: 'model', metadata }).bytes
}

function emitForward(
  graph: Graph,
  options: {
    definition: ModelDefinition
    parameters: Record<string, Value>
    name: string
    metadata?: Readonly<Record<string, string>>
  },
): EmittedModel {
  const { definition, parameters, name, metadata = {} } = options
  const outputs = definition.forward({
    graph,
    parameter: lookup('parameter', parameters),
    input: lookup('input', declareInputs(graph, definition.inputs)),
    training: false,
  })
  for (const [key, value] of Object.entries(outputs)) graph.output(key, value)
  return emitModel(fuseGemmAdd(graph), { name, metadata })
}
