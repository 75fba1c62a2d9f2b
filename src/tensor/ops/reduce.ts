/** Reductions and what is built on them: softmax and layer normalisation. */
import type { Value } from '../graph.ts'
import { normaliseAxes, normaliseAxis } from '../shape.ts'
import type { Shape } from '../types.ts'
import { checkArity, checkFloat, checkSameDtype } from './check.ts'
import type { OpDefinition, OpDefinitions, ReduceAttributes } from './definition.ts'

export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttributes): Shape {
  const reduced = new Set(normaliseAxes(axes, shape.length))
  return shape.flatMap((dim, axis) => (reduced.has(axis) ? (keepDims ? [1] : []) : [dim]))
}

/** ReduceSum takes its axes as an operand since opset 13, the others since opset 18; all do in the opset we write. */
const reduce: OpDefinition<ReduceAttributes> = {
  infer(inputs, attributes) {
    checkArity(inputs, 1)
    checkFloat(inputs[0]!)
    if (attributes.axes.length === 0) throw new Error('name the axes to reduce')
    return [{ dtype: inputs[0]!.dtype, shape: reducedShape(inputs[0]!.shape, attributes) }]
  },
  emit({ op, inputs, outputs, attributes: { axes, keepDims } }, writer) {
    writer.node(op, [inputs[0]!, writer.integers(axes)], outputs, { keepdims: { i: keepDims ? 1 : 0 } })
  },
}

const softmaxLike: OpDefinition<{ readonly axis: number }> = {
  infer(inputs, { axis }) {
    checkArity(inputs, 1)
    checkFloat(inputs[0]!)
    normaliseAxis(axis, inputs[0]!.shape.length)
    return [{ dtype: inputs[0]!.dtype, shape: inputs[0]!.shape }]
  },
  emit({ op, inputs, outputs, attributes }, writer) {
    writer.node(op, inputs, outputs, { axis: { i: attributes.axis } })
  },
}

export const reduceOps: OpDefinitions<
  'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'Softmax' | 'LogSoftmax' | 'LayerNormalization'
> = {
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  Softmax: softmaxLike,
  LogSoftmax: softmaxLike,
  LayerNormalization: {
    infer(inputs) {
      checkArity(inputs, 2, 3)
      const dtype = checkSameDtype(inputs)
      checkFloat(inputs[0]!)
      const [x, ...scaleAndBias] = inputs
      const features = x!.shape.at(-1)
      for (const { shape } of scaleAndBias) {
        if (shape.length !== 1 || shape[0] !== features) throw new Error(`scale and bias must be [${features}]`)
      }
      const statistics = { dtype, shape: [...x!.shape.slice(0, -1), 1] }
      return [{ dtype, shape: x!.shape }, statistics, statistics]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, inputs, outputs, { axis: { i: -1 }, epsilon: { f: attributes.epsilon } })
    },
  },
}

type ReduceOptions = { axes?: readonly number[]; keepDims?: boolean }

function applyReduce(op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax', x: Value, options: ReduceOptions): Value {
  const { axes = x.shape.map((_, axis) => axis), keepDims = false } = options
  return axes.length === 0 ? x : x.graph.apply(op, [x], { axes: normaliseAxes(axes, x.shape.length), keepDims })[0]!
}

/** Sum over the named axes, or over all of them. */
export const reduceSum = (x: Value, options: ReduceOptions = {}): Value => applyReduce('ReduceSum', x, options)
export const reduceMean = (x: Value, options: ReduceOptions = {}): Value => applyReduce('ReduceMean', x, options)
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value => applyReduce('ReduceMax', x, options)

export const softmax = (x: Value, axis = -1): Value => x.graph.apply('Softmax', [x], { axis })[0]!
export const logSoftmax = (x: Value, axis = -1): Value => x.graph.apply('LogSoftmax', [x], { axis })[0]!

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it (Ba et al. 2016). */
export function layerNorm(x: Value, options: { scale: Value; bias: Value; epsilon?: number }): Value {
  const { scale, bias, epsilon = 1e-5 } = options
  return x.graph.apply('LayerNormalization', [x, scale, bias], { epsilon })[0]!
}
