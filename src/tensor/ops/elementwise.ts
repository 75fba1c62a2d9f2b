/** Ops that work element by element, with ONNX's broadcasting. */
import type { Graph, Value } from '../graph.ts'
import { broadcastShapes } from '../shape.ts'
import { type DType, type FloatType, onnxTypeCodes, type TensorType } from '../types.ts'
import { checkArity, checkDtype, checkFloat, checkSameDtype } from './check.ts'
import type { OpDefinition, OpDefinitions, OpName } from './definition.ts'

type UnaryName =
  | 'Neg' | 'Abs' | 'Sign' | 'Exp' | 'Log' | 'Sqrt' | 'Reciprocal' | 'Erf' | 'Relu' | 'Gelu' | 'Sigmoid' | 'Tanh' | 'Softplus' // biome-ignore format: a list
type BinaryName = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Min' | 'Max'
type CompareName = 'Greater' | 'Less' | 'Equal'
type Operand = Value | number

function broadcastType(inputs: readonly TensorType[], dtype: DType): TensorType {
  return { dtype, shape: inputs.map(input => input.shape).reduce(broadcastShapes) }
}

const unary: OpDefinition<unknown> = {
  infer(inputs) {
    checkArity(inputs, 1)
    checkFloat(inputs[0]!)
    return [{ dtype: inputs[0]!.dtype, shape: inputs[0]!.shape }]
  },
}
const binary: OpDefinition<unknown> = {
  infer(inputs) {
    checkArity(inputs, 2)
    return [broadcastType(inputs, checkSameDtype(inputs))]
  },
}
const compare: OpDefinition<unknown> = {
  infer(inputs) {
    checkArity(inputs, 2)
    checkSameDtype(inputs)
    return [broadcastType(inputs, 'bool')]
  },
}
const logical: OpDefinition<unknown> = {
  infer(inputs) {
    checkArity(inputs, 2)
    for (const input of inputs) checkDtype(input, 'bool')
    return [broadcastType(inputs, 'bool')]
  },
}
const test: OpDefinition<unknown> = {
  infer(inputs) {
    checkArity(inputs, 1)
    checkFloat(inputs[0]!)
    return [{ dtype: 'bool', shape: inputs[0]!.shape }]
  },
}

export const elementwiseOps: OpDefinitions<
  | UnaryName
  | BinaryName
  | CompareName
  | 'And'
  | 'Or'
  | 'Not'
  | 'IsNaN'
  | 'IsInf'
  | 'Where'
  | 'Cast'
  | 'HardSigmoid'
  | 'Clip'
  | 'Identity'
> = {
  Neg: unary,
  Abs: unary,
  Sign: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Reciprocal: unary,
  Erf: unary,
  Relu: unary,
  Gelu: unary,
  Sigmoid: unary,
  Tanh: unary,
  Softplus: unary,
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: binary,
  Min: binary,
  Max: binary,
  Greater: compare,
  Less: compare,
  Equal: compare,
  And: logical,
  Or: logical,
  Not: {
    infer(inputs) {
      checkArity(inputs, 1)
      checkDtype(inputs[0]!, 'bool')
      return [{ dtype: 'bool', shape: inputs[0]!.shape }]
    },
  },
  IsNaN: test,
  IsInf: test,
  Identity: {
    infer(inputs) {
      checkArity(inputs, 1)
      return [{ dtype: inputs[0]!.dtype, shape: inputs[0]!.shape }]
    },
  },
  Where: {
    infer(inputs) {
      checkArity(inputs, 3)
      checkDtype(inputs[0]!, 'bool')
      return [broadcastType(inputs, checkSameDtype(inputs.slice(1)))]
    },
  },
  Cast: {
    infer(inputs, { to }) {
      checkArity(inputs, 1)
      return [{ dtype: to, shape: inputs[0]!.shape }]
    },
    emit({ inputs, outputs, attributes }, writer) {
      writer.node('Cast', inputs, outputs, { to: { i: onnxTypeCodes[attributes.to] } })
    },
  },
  HardSigmoid: {
    infer: inputs => unary.infer(inputs, undefined),
    emit({ op, inputs, outputs, attributes: { alpha, beta } }, writer) {
      writer.node(op, inputs, outputs, { alpha: { f: alpha }, beta: { f: beta } })
    },
  },
  Clip: {
    infer(inputs, { min, max }) {
      if (min !== undefined && max !== undefined && min > max) throw new Error(`min ${min} is above max ${max}`)
      return unary.infer(inputs, undefined)
    },
    emit({ inputs, outputs, attributes: { min, max }, inputTypes }, writer) {
      const dtype = inputTypes[0]!.dtype
      const bound = (value: number | undefined) => (value === undefined ? '' : writer.scalar(value, dtype))
      writer.node('Clip', [inputs[0]!, bound(min), ...(max === undefined ? [] : [bound(max)])], outputs)
    },
  },
}

function applyOne<
  K extends OpName & (UnaryName | BinaryName | CompareName | 'And' | 'Or' | 'Not' | 'IsNaN' | 'IsInf' | 'Where'),
>(op: K, operands: readonly Operand[]): Value {
  const first = operands.find(operand => typeof operand !== 'number')
  if (first === undefined) throw new Error(`${op}: at least one operand must be a tensor`)
  const typed = operands.find(operand => typeof operand !== 'number' && operand.dtype !== 'bool') as Value | undefined
  const graph: Graph = first.graph
  const dtype = (typed?.dtype ?? 'float32') as FloatType
  const values = operands.map(operand => (typeof operand === 'number' ? graph.scalar(operand, dtype) : operand))
  return graph.apply(op, values, {} as never)[0]!
}

export const add = (a: Operand, b: Operand): Value => applyOne('Add', [a, b])
export const sub = (a: Operand, b: Operand): Value => applyOne('Sub', [a, b])
export const mul = (a: Operand, b: Operand): Value => applyOne('Mul', [a, b])
export const div = (a: Operand, b: Operand): Value => applyOne('Div', [a, b])
export const pow = (a: Operand, b: Operand): Value => applyOne('Pow', [a, b])
export const min = (a: Operand, b: Operand): Value => applyOne('Min', [a, b])
export const max = (a: Operand, b: Operand): Value => applyOne('Max', [a, b])
export const neg = (x: Value): Value => applyOne('Neg', [x])
export const abs = (x: Value): Value => applyOne('Abs', [x])
export const sign = (x: Value): Value => applyOne('Sign', [x])
export const exp = (x: Value): Value => applyOne('Exp', [x])
export const log = (x: Value): Value => applyOne('Log', [x])
export const sqrt = (x: Value): Value => applyOne('Sqrt', [x])
export const reciprocal = (x: Value): Value => applyOne('Reciprocal', [x])
export const erf = (x: Value): Value => applyOne('Erf', [x])
export const relu = (x: Value): Value => applyOne('Relu', [x])
/** Exact Gelu, x·Φ(x). */
export const gelu = (x: Value): Value => applyOne('Gelu', [x])
export const sigmoid = (x: Value): Value => applyOne('Sigmoid', [x])
/** x·σ(x), also called swish. */
export const silu = (x: Value): Value => mul(x, sigmoid(x))
export const tanh = (x: Value): Value => applyOne('Tanh', [x])
export const softplus = (x: Value): Value => applyOne('Softplus', [x])
export const square = (x: Value): Value => mul(x, x)
export const greater = (a: Operand, b: Operand): Value => applyOne('Greater', [a, b])
export const less = (a: Operand, b: Operand): Value => applyOne('Less', [a, b])
export const equal = (a: Operand, b: Operand): Value => applyOne('Equal', [a, b])
export const and = (a: Value, b: Value): Value => applyOne('And', [a, b])
export const or = (a: Value, b: Value): Value => applyOne('Or', [a, b])
export const not = (x: Value): Value => applyOne('Not', [x])
export const isNan = (x: Value): Value => applyOne('IsNaN', [x])
export const isInf = (x: Value): Value => applyOne('IsInf', [x])
/** Elements of `a` where the condition holds, of `b` elsewhere. */
export const where = (condition: Value, a: Operand, b: Operand): Value => applyOne('Where', [condition, a, b])

export function cast(x: Value, to: DType): Value {
  return x.dtype === to ? x : x.graph.apply('Cast', [x], { to })[0]!
}

/** max(0, min(1, alpha·x + beta)) */
export function hardSigmoid(x: Value, { alpha = 0.2, beta = 0.5 }: { alpha?: number; beta?: number } = {}): Value {
  return x.graph.apply('HardSigmoid', [x], { alpha, beta })[0]!
}

export function clip(x: Value, bounds: { min?: number | undefined; max?: number | undefined }): Value {
  return x.graph.apply('Clip', [x], bounds)[0]!
}
