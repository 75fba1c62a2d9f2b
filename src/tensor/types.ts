/** Element types of the graph and the shapes of its values. */

export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool'
export type FloatType = 'float32' | 'float64'
export type IndexType = 'int32' | 'int64'

/** A size known when the graph is built, or the name of one known when it runs (`'atoms'`). Equal names are equal sizes. */
export type Dim = number | string
export type Shape = readonly Dim[]

export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

/** What fills a constant. Booleans are numbers 0 and 1 here. */
export type ConstantData = readonly number[] | Float32Array | Float64Array | Int32Array

/** TensorProto.DataType, the numbers ONNX gives the element types. */
export const onnxTypeCodes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 }

export function isFloat(dtype: DType): dtype is FloatType {
  return dtype === 'float32' || dtype === 'float64'
}

export function describeType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`
}
