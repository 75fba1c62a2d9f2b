import type { Node, Value } from '../../graph.ts'
import type { ReduceAttributes } from '../../ops/definition.ts'
import { add, cast, div, equal, exp, mul, sub } from '../../ops/elementwise.ts'
import { expandLike, unsqueeze } from '../../ops/layout.ts'
import { reduceMean, reduceSum } from '../../ops/reduce.ts'
import { dimAt } from '../../shape.ts'
import { type Rules, rule, unbroadcast } from '../rule.ts'

/** A reduced tensor with its reduced axes back as size 1. */
function restoreAxes(reduced: Value, { axes, keepDims }: ReduceAttributes): Value {
  return keepDims ? reduced : unsqueeze(reduced, axes)
}

/** How many elements each mean was taken over. A named size would need a size known only at run time. */
function reducedCount({ inputs: [x], attributes: { axes } }: Node<'ReduceMean'>): number {
  return axes
    .map(axis => dimAt(x!.shape, axis))
    .reduce<number>((count, dim) => {
      if (typeof dim === 'string') {
        throw new Error(`the gradient of ReduceMean over "${dim}" is not supported: use ReduceSum and a scale input`)
      }
      return count * dim
    }, 1)
}

export const reduceRules: Rules<
  'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'Softmax' | 'LogSoftmax' | 'LayerNormalization'
> = {
  ReduceSum: rule(({ inputs: [x], attributes }, g) => [() => expandLike(restoreAxes(g, attributes), x!)]),
  ReduceMean: rule((node, g) => [
    () => expandLike(restoreAxes(mul(g, 1 / reducedCount(node)), node.attributes), node.inputs[0]!),
  ]),
  // equal maxima share the gradient evenly
  ReduceMax: rule(({ inputs: [x], outputs: [y], attributes }, g) => [
    () => {
      const chosen = cast(equal(x!, restoreAxes(y!, attributes)), x!.dtype)
      const count = reduceSum(chosen, { axes: attributes.axes, keepDims: true })
      return mul(chosen, div(restoreAxes(g, attributes), count))
    },
  ]),
  // y·(g − Σ g·y)
  Softmax: rule(({ outputs: [y], attributes: { axis } }, g) => [
    () => mul(y!, sub(g, reduceSum(mul(g, y!), { axes: [axis], keepDims: true }))),
  ]),
  // g − softmax(x)·Σ g
  LogSoftmax: rule(({ outputs: [y], attributes: { axis } }, g) => [
    () => sub(g, mul(exp(y!), reduceSum(g, { axes: [axis], keepDims: true }))),
  ]),
  LayerNormalization: {
    kind: 'multi',
    rule: ({ inputs: [x, scale, bias], outputs: [, mean, inverseDeviation] }, [g, ...statistics]) => {
      if (g === undefined || statistics.some(gradient => gradient !== undefined)) {
        throw new Error('LayerNormalization: only its first output has a gradient')
      }
      const normalised = () => mul(sub(x!, mean!), inverseDeviation!)
      return [
        () => {
          const [n, scaled] = [normalised(), mul(g, scale!)]
          const meanOf = (value: Value) => reduceMean(value, { axes: [-1], keepDims: true })
          return mul(sub(scaled, add(meanOf(scaled), mul(n, meanOf(mul(scaled, n))))), inverseDeviation!)
        },
        () => unbroadcast(mul(g, normalised()), scale!),
        () => unbroadcast(g, bias!),
      ]
    },
  },
}
