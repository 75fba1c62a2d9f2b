import { type DType, isFloat, type TensorType } from '../types.ts'

/** Throws unless there are exactly `count` operands, and returns them as such. */
export function checkArity(inputs: readonly TensorType[], min: number, max = min): void {
  if (inputs.length < min || inputs.length > max) {
    throw new Error(`expected ${min === max ? min : `${min} to ${max}`} operands, got ${inputs.length}`)
  }
}

export function checkFloat(type: TensorType): void {
  if (!isFloat(type.dtype)) throw new Error(`expected a float tensor, got ${type.dtype}`)
}

export function checkIndex(type: TensorType): void {
  if (type.dtype !== 'int32' && type.dtype !== 'int64') throw new Error(`expected an index tensor, got ${type.dtype}`)
}

export function checkDtype(type: TensorType, dtype: DType): void {
  if (type.dtype !== dtype) throw new Error(`expected ${dtype}, got ${type.dtype}`)
}

/** Throws unless all operands have one element type; returns it. */
export function checkSameDtype(inputs: readonly TensorType[]): DType {
  const [first, ...rest] = inputs
  if (first === undefined) throw new Error('expected at least one operand')
  for (const other of rest) checkDtype(other, first.dtype)
  return first.dtype
}
