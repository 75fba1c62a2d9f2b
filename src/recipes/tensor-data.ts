/** A tensor in main memory, as the sessions of `src/node` take it. */
export type TensorData =
  | { readonly dtype: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly dtype: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }

/** What models made elsewhere may read besides. */
export type WideTensorData =
  | TensorData
  | { readonly dtype: 'float64'; readonly data: Float64Array; readonly dims: readonly number[] }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array; readonly dims: readonly number[] }

/** The inputs of a model by name. */
export type BatchTensors = Readonly<Record<string, TensorData>>
