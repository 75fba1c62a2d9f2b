/** Arithmetic of shapes whose sizes may be names. Every function throws on a mismatch and says which sizes disagree. */
import type { Dim, Shape } from './types.ts'

/** The shape two tensors broadcast to, by ONNX's (NumPy's) rule. A named size broadcasts with itself and with 1 only. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x === y || y === 1) return x
    if (x === 1) return y
    throw new Error(`cannot broadcast [${a.join(', ')}] with [${b.join(', ')}]: size ${x} meets ${y}`)
  })
}

export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/** Turns a negative axis into its position from the front; throws when it is out of range. */
export function normaliseAxis(axis: number, rank: number): number {
  const position = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || position < 0 || position >= rank) {
    throw new Error(`axis ${axis} is out of range for rank ${rank}`)
  }
  return position
}

export function normaliseAxes(axes: readonly number[], rank: number): readonly number[] {
  const sorted = axes.map(axis => normaliseAxis(axis, rank)).sort((a, b) => a - b)
  if (new Set(sorted).size !== sorted.length) throw new Error(`axes [${axes.join(', ')}] name one axis twice`)
  return sorted
}

/** The sum of sizes as one size: a number, or a name such as `atoms+1`. */
export function sumDims(dims: readonly Dim[]): Dim {
  const known = dims.filter(dim => typeof dim === 'number').reduce((a, b) => a + b, 0)
  const named = dims.filter(dim => typeof dim === 'string')
  if (named.length === 0) return known
  return [...named, ...(known === 0 ? [] : [known])].join('+')
}

export function dimAt(shape: Shape, axis: number): Dim {
  return shape[normaliseAxis(axis, shape.length)]!
}

export function staticDimAt(shape: Shape, axis: number, what: string): number {
  const dim = dimAt(shape, axis)
  if (typeof dim !== 'number') throw new Error(`${what}: the size of axis ${axis} must be known, got "${dim}"`)
  return dim
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every(dim => typeof dim === 'number')
}

/** The number of elements; throws when a size is only named. */
export function countElements(shape: Shape): number {
  if (!isStatic(shape)) throw new Error(`the element count of [${shape.join(', ')}] is not known`)
  return shape.reduce((a, b) => a * b, 1)
}
