import type { Value } from '../../graph.ts'
import { concat, reshape, slice, squeeze, transpose, unsqueeze } from '../../ops/layout.ts'
import { isStatic, normaliseAxis, staticDimAt } from '../../shape.ts'
import type { Shape } from '../../types.ts'
import { type Rules, rule, unbroadcast } from '../rule.ts'

type Layout = 'Concat' | 'Split' | 'Slice' | 'Reshape' | 'Transpose' | 'Expand' | 'Squeeze' | 'Unsqueeze'

function zeros(like: Value, shape: Shape): Value {
  if (!isStatic(shape)) throw new Error(`zeros of a named size, [${shape.join(', ')}], are not supported`)
  const count = shape.reduce((a, b) => a * b, 1)
  return like.graph.constant(new Array<number>(count).fill(0), like.dtype, shape)
}

export const layoutRules: Rules<Layout> = {
  Concat: rule(({ inputs, attributes: { axis } }, g) => {
    const sizes = inputs.map(input => staticDimAt(input.shape, axis, 'the gradient of Concat'))
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0))
    return sizes.map((size, i) => () => slice(g, { axis, start: starts[i]!, end: starts[i]! + size }))
  }),
  Split: {
    kind: 'multi',
    rule: ({ outputs, attributes: { axis } }, gradients) => [
      () =>
        concat(
          outputs.map((output, i) => gradients[i] ?? zeros(output, output.shape)),
          axis,
        ),
    ],
  },
  Slice: rule(({ inputs: [x], attributes: { axis, start, end } }, g) => [
    () => {
      const position = normaliseAxis(axis, x!.shape.length)
      const gap = (size: number) => (size === 0 ? [] : [zeros(x!, x!.shape.with(position, size))])
      return concat([...gap(start), g, ...gap(staticDimAt(x!.shape, axis, 'Slice') - end)], axis)
    },
  ]),
  Reshape: rule(({ inputs: [x] }, g) => [() => reshape(g, x!.shape)]),
  Transpose: rule(({ attributes: { permutation } }, g) => [
    () =>
      transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ]),
  Expand: rule(({ inputs: [x] }, g) => [() => unbroadcast(g, x!)]),
  Squeeze: rule(({ attributes: { axes } }, g) => [() => unsqueeze(g, axes)]),
  Unsqueeze: rule(({ attributes: { axes } }, g) => [() => squeeze(g, axes)]),
}
