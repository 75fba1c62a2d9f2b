import type { OpAttributes, OpName } from './ops/definition.ts'
import { opTable } from './ops/table.ts'
import { countElements } from './shape.ts'
import { type ConstantData, type DType, describeType, type FloatType, type Shape, type TensorType } from './types.ts'

/** One tensor of a graph: an input, a constant, or an output of a node. */
export interface Value extends TensorType {
  readonly graph: Graph
  /** Position in order of creation; what a node reads always has a smaller id than what it writes. */
  readonly id: number
  readonly source:
    | { readonly kind: 'input'; readonly name: string }
    | { readonly kind: 'constant'; readonly data: ConstantData }
    | { readonly kind: 'node'; readonly node: Node; readonly output: number }
}

export interface Node<K extends OpName = OpName> {
  readonly op: K
  readonly attributes: OpAttributes[K]
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/**
 * A graph under construction. Nodes are kept in the order they were applied, which is an order they can run in.
 * `apply` checks types and shapes at once, so a mistake is reported on the line that makes it.
 */
export class Graph {
  readonly nodes: Node[] = []
  readonly inputs = new Map<string, Value>()
  readonly outputs = new Map<string, Value>()
  private readonly scalars = new Map<string, Value>()
  private valueCount = 0

  /** Declares a tensor fed at run time. Names are unique. */
  input(name: string, type: TensorType): Value {
    if (this.inputs.has(name)) throw new Error(`input "${name}" is declared twice`)
    const value = this.createValue(type, { kind: 'input', name })
    this.inputs.set(name, value)
    return value
  }

  /** A tensor stored in the model. */
  constant(data: ConstantData, dtype: DType, shape: readonly number[] = [data.length]): Value {
    if (data.length !== countElements(shape)) {
      throw new Error(`constant of shape [${shape.join(', ')}] got ${data.length} elements`)
    }
    return this.createValue({ dtype, shape }, { kind: 'constant', data })
  }

  /** A rank-0 constant, stored once per number and type. */
  scalar(value: number, dtype: FloatType | 'int32' | 'int64'): Value {
    const key = `${dtype}:${Object.is(value, -0) ? '-0' : value}`
    const known = this.scalars.get(key)
    if (known !== undefined) return known
    const created = this.constant([value], dtype, [])
    this.scalars.set(key, created)
    return created
  }

  /** Adds a node and returns its outputs. Throws, naming the op, when the operands do not fit. */
  apply<K extends OpName>(op: K, inputs: readonly Value[], attributes: OpAttributes[K]): readonly Value[] {
    for (const input of inputs) if (input.graph !== this) throw new Error(`${op}: an operand belongs to another graph`)
    let types: readonly TensorType[]
    try {
      types = opTable[op].infer(inputs, attributes)
    } catch (error) {
      throw new Error(`${op}(${inputs.map(describeType).join(', ')}): ${(error as Error).message}`, { cause: error })
    }
    const outputs: Value[] = []
    const node: Node<K> = { op, attributes, inputs, outputs }
    types.forEach((type, output) => {
      outputs.push(this.createValue(type, { kind: 'node', node: node as unknown as Node, output }))
    })
    this.nodes.push(node as unknown as Node)
    return outputs
  }

  /** Names a value as a result of the model. */
  output(name: string, value: Value): void {
    if (value.graph !== this) throw new Error(`output "${name}" belongs to another graph`)
    if (this.outputs.has(name)) throw new Error(`output "${name}" is declared twice`)
    this.outputs.set(name, value)
  }

  private createValue(type: { dtype: DType; shape: Shape }, source: Value['source']): Value {
    return { graph: this, id: this.valueCount++, dtype: type.dtype, shape: type.shape, source }
  }
}
