import type { DType, Shape, TensorType } from '../types.ts'

type None = Readonly<Record<string, never>>
export interface ReduceAttributes {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

/** Every op of the graph and its attributes. Names are ONNX's; `GatherSum` alone is ours (ops/gather.ts says why). */
export interface OpAttributes {
  Add: None
  Sub: None
  Mul: None
  Div: None
  Pow: None
  Min: None
  Max: None
  Neg: None
  Abs: None
  Sign: None
  Exp: None
  Log: None
  Sqrt: None
  Reciprocal: None
  Erf: None
  Relu: None
  Gelu: None
  Sigmoid: None
  Tanh: None
  Softplus: None
  /** max(0, min(1, alpha·x + beta)) */
  HardSigmoid: { readonly alpha: number; readonly beta: number }
  Clip: { readonly min?: number | undefined; readonly max?: number | undefined }
  Greater: None
  Less: None
  Equal: None
  And: None
  Or: None
  Not: None
  IsNaN: None
  IsInf: None
  Where: None
  Cast: { readonly to: DType }
  MatMul: None
  Gemm: { readonly transA: boolean; readonly transB: boolean; readonly alpha: number; readonly beta: number }
  ReduceSum: ReduceAttributes
  ReduceMean: ReduceAttributes
  ReduceMax: ReduceAttributes
  Softmax: { readonly axis: number }
  LogSoftmax: { readonly axis: number }
  LayerNormalization: { readonly epsilon: number }
  Concat: { readonly axis: number }
  Split: { readonly axis: number; readonly sizes: readonly number[] }
  Slice: { readonly axis: number; readonly start: number; readonly end: number }
  Reshape: { readonly shape: Shape }
  Transpose: { readonly permutation: readonly number[] }
  Expand: { readonly shape: Shape }
  Squeeze: { readonly axes: readonly number[] }
  Unsqueeze: { readonly axes: readonly number[] }
  Identity: None
  Gather: { readonly axis: number }
  GatherSum: None
}

export type OpName = keyof OpAttributes

/** An attribute as ONNX stores it: integer, float, or list of integers. */
export type OnnxAttribute = { readonly i: number } | { readonly f: number } | { readonly ints: readonly number[] }

/** What an op writes ONNX through. Names are value names. */
export interface OnnxWriter {
  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Record<string, OnnxAttribute>,
  ): void
  /** Stores integers (always int64: shapes, axes, sizes) and returns the initializer's name. */
  integers(values: readonly number[]): string
  /** Stores a rank-0 float and returns the initializer's name. */
  scalar(value: number, dtype: DType): string
  /** A name no other value has. */
  fresh(): string
}

export interface EmittedNode<A> {
  readonly op: string
  readonly attributes: A
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly inputTypes: readonly TensorType[]
  readonly outputTypes: readonly TensorType[]
}

export interface OpDefinition<A> {
  /** Types of the outputs. Throws when operands or attributes do not fit. */
  infer(inputs: readonly TensorType[], attributes: A): readonly TensorType[]
  /** How many leading operands the written op reads; the rest serve the gradient only. Absent: all. */
  readonly written?: number
  /** Writes the node. Absent: the ONNX op of the same name with the same operands and no attributes. */
  emit?(node: EmittedNode<A>, writer: OnnxWriter): void
}

export type OpTable = { readonly [K in OpName]: OpDefinition<OpAttributes[K]> }
export type OpDefinitions<K extends OpName> = Pick<OpTable, K>
