/** Ops that move or regroup elements without computing. */
import type { Value } from '../graph.ts'
import {
  broadcastShapes,
  dimAt,
  isSameShape,
  isStatic,
  normaliseAxes,
  normaliseAxis,
  staticDimAt,
  sumDims,
} from '../shape.ts'
import type { Shape } from '../types.ts'
import { checkArity, checkSameDtype } from './check.ts'
import type { OpDefinitions } from './definition.ts'

type LayoutName = 'Concat' | 'Split' | 'Slice' | 'Reshape' | 'Transpose' | 'Expand' | 'Squeeze' | 'Unsqueeze'

export const layoutOps: OpDefinitions<LayoutName> = {
  Concat: {
    infer(inputs, { axis }) {
      const dtype = checkSameDtype(inputs)
      const first = inputs[0]!.shape
      const position = normaliseAxis(axis, first.length)
      for (const { shape } of inputs) {
        if (shape.length !== first.length || shape.some((dim, i) => i !== position && dim !== first[i])) {
          throw new Error(`all axes but ${axis} must agree`)
        }
      }
      return [{ dtype, shape: first.with(position, sumDims(inputs.map(input => input.shape[position]!))) }]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, inputs, outputs, { axis: { i: attributes.axis } })
    },
  },
  Split: {
    infer(inputs, { axis, sizes }) {
      checkArity(inputs, 1)
      const { dtype, shape } = inputs[0]!
      const position = normaliseAxis(axis, shape.length)
      const total = sizes.reduce((a, b) => a + b, 0)
      if (staticDimAt(shape, axis, 'Split') !== total) throw new Error(`sizes sum to ${total}, not ${shape[position]}`)
      return sizes.map(size => ({ dtype, shape: shape.with(position, size) }))
    },
    emit({ op, inputs, outputs, attributes: { axis, sizes } }, writer) {
      writer.node(op, [inputs[0]!, writer.integers(sizes)], outputs, { axis: { i: axis } })
    },
  },
  Slice: {
    infer(inputs, { axis, start, end }) {
      checkArity(inputs, 1)
      const { dtype, shape } = inputs[0]!
      const size = staticDimAt(shape, axis, 'Slice')
      if (!(start >= 0 && start <= end && end <= size)) throw new Error(`[${start}, ${end}) is not within ${size}`)
      return [{ dtype, shape: shape.with(normaliseAxis(axis, shape.length), end - start) }]
    },
    emit({ op, inputs, outputs, attributes: { axis, start, end } }, writer) {
      const parameters = [[start], [end], [axis]].map(values => writer.integers(values))
      writer.node(op, [inputs[0]!, ...parameters], outputs)
    },
  },
  Reshape: {
    infer(inputs, { shape }) {
      checkArity(inputs, 1)
      reshapeTarget(inputs[0]!.shape, shape)
      return [{ dtype: inputs[0]!.dtype, shape }]
    },
    emit({ op, inputs, outputs, inputTypes, attributes }, writer) {
      const { target, allowZero } = reshapeTarget(inputTypes[0]!.shape, attributes.shape)
      writer.node(op, [inputs[0]!, writer.integers(target)], outputs, allowZero ? { allowzero: { i: 1 } } : {})
    },
  },
  Transpose: {
    infer(inputs, { permutation }) {
      checkArity(inputs, 1)
      const { dtype, shape } = inputs[0]!
      if (permutation.length !== shape.length) throw new Error(`expected ${shape.length} axes in the permutation`)
      normaliseAxes(permutation, shape.length)
      return [{ dtype, shape: permutation.map(axis => dimAt(shape, axis)) }]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, inputs, outputs, { perm: { ints: attributes.permutation } })
    },
  },
  /** The optional second operand is a tensor that has the target shape, needed where a size is only named. */
  Expand: {
    infer(inputs, { shape }) {
      checkArity(inputs, 1, 2)
      const [x, like] = inputs
      if (like === undefined && !isStatic(shape)) throw new Error('named sizes need a tensor to take them from')
      if (like !== undefined && !isSameShape(like.shape, shape)) throw new Error('the second operand has another shape')
      if (!isSameShape(broadcastShapes(x!.shape, shape), shape)) {
        throw new Error(`[${x!.shape.join(', ')}] does not expand to [${shape.join(', ')}]`)
      }
      return [{ dtype: x!.dtype, shape }]
    },
    emit({ op, inputs, outputs, attributes: { shape } }, writer) {
      const sizes = isStatic(shape) ? writer.integers(shape) : writer.fresh()
      if (!isStatic(shape)) writer.node('Shape', [inputs[1]!], [sizes])
      writer.node(op, [inputs[0]!, sizes], outputs)
    },
  },
  Squeeze: {
    infer(inputs, { axes }) {
      checkArity(inputs, 1)
      const { dtype, shape } = inputs[0]!
      const dropped = new Set(normaliseAxes(axes, shape.length))
      for (const axis of dropped) if (shape[axis] !== 1) throw new Error(`axis ${axis} has size ${shape[axis]}, not 1`)
      return [{ dtype, shape: shape.filter((_, axis) => !dropped.has(axis)) }]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, [inputs[0]!, writer.integers(attributes.axes)], outputs)
    },
  },
  Unsqueeze: {
    infer(inputs, { axes }) {
      checkArity(inputs, 1)
      const { dtype, shape } = inputs[0]!
      const added = new Set(normaliseAxes(axes, shape.length + axes.length))
      const kept = [...shape]
      const rank = shape.length + axes.length
      return [{ dtype, shape: Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : kept.shift()!)) }]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, [inputs[0]!, writer.integers(attributes.axes)], outputs)
    },
  },
}

/**
 * The integers ONNX's Reshape takes: known sizes as they are, a named size that stays at its position as 0 ("copy"), and at
 * most one other as -1 ("infer").
 */
function reshapeTarget(from: Shape, to: Shape): { target: number[]; allowZero: boolean } {
  if (isStatic(from) && isStatic(to)) {
    const [before, after] = [from, to].map(shape => shape.reduce((a, b) => a * b, 1))
    if (before !== after) throw new Error(`cannot regroup ${before} elements as [${to.join(', ')}]`)
    return { target: [...to], allowZero: to.includes(0) }
  }
  const target = to.map((dim, i) => (typeof dim === 'number' ? dim : dim === from[i] ? 0 : -1))
  if (target.filter(dim => dim === -1).length > 1) {
    throw new Error(`cannot tell the named sizes of [${to.join(', ')}] from [${from.join(', ')}]`)
  }
  if (to.includes(0)) throw new Error('a size of 0 beside named sizes is not supported')
  return { target, allowZero: false }
}

export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...rest] = values
  if (first === undefined) throw new Error('Concat: nothing to join')
  return rest.length === 0 ? first : first.graph.apply('Concat', values, { axis })[0]!
}

/** Cuts an axis of known size into consecutive pieces. */
export function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  return sizes.length === 1 ? [x] : x.graph.apply('Split', [x], { axis, sizes })
}

/** Elements start ≤ i < end of one axis of known size. */
export function slice(x: Value, range: { axis: number; start: number; end: number }): Value {
  return x.graph.apply('Slice', [x], range)[0]!
}

export function reshape(x: Value, shape: Shape): Value {
  return isSameShape(x.shape, shape) ? x : x.graph.apply('Reshape', [x], { shape })[0]!
}

export function transpose(x: Value, permutation: readonly number[]): Value {
  return x.graph.apply('Transpose', [x], { permutation })[0]!
}

/** Repeats x to a known shape. */
export function expand(x: Value, shape: readonly number[]): Value {
  return isSameShape(x.shape, shape) ? x : x.graph.apply('Expand', [x], { shape })[0]!
}

/** Repeats x to the shape of another tensor, whose sizes may be named. */
export function expandLike(x: Value, like: Value): Value {
  if (isSameShape(x.shape, like.shape)) return x
  return x.graph.apply('Expand', isStatic(like.shape) ? [x] : [x, like], { shape: like.shape })[0]!
}

export function squeeze(x: Value, axes: readonly number[]): Value {
  return axes.length === 0 ? x : x.graph.apply('Squeeze', [x], { axes: normaliseAxes(axes, x.shape.length) })[0]!
}

export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length
  return axes.length === 0 ? x : x.graph.apply('Unsqueeze', [x], { axes: normaliseAxes(axes, rank) })[0]!
}
