import type { Node, Value } from '../graph.ts'
import type { OpName } from '../ops/definition.ts'
import { reshape } from '../ops/layout.ts'
import { reduceSum } from '../ops/reduce.ts'
import { isSameShape } from '../shape.ts'

/**
 * The gradient of one op: for each operand a function that builds it from the gradient of the output, or nothing where the
 * operand has none. A function is called only when that gradient is needed.
 */
export type GradientRule<K extends OpName> = (node: Node<K>, g: Value) => readonly (Gradient | undefined)[]
export type Gradient = () => Value

/** For ops of several outputs: `gradients[i]` is absent where output i does not reach the loss. */
export type MultiGradientRule<K extends OpName> = (
  node: Node<K>,
  gradients: readonly (Value | undefined)[],
) => readonly (Gradient | undefined)[]

export type RuleTable = {
  readonly [K in OpName]:
    | { readonly kind: 'rule'; readonly rule: GradientRule<K> }
    | { readonly kind: 'multi'; readonly rule: MultiGradientRule<K> }
    | { readonly kind: 'not differentiable'; readonly why: string }
}
export type Rules<K extends OpName> = Pick<RuleTable, K>

export const rule = <K extends OpName>(build: GradientRule<K>) => ({ kind: 'rule', rule: build }) as const
export const notDifferentiable = (why: string) => ({ kind: 'not differentiable', why }) as const

/** Sums a gradient over the axes along which its operand was broadcast. */
export function unbroadcast(g: Value, to: Value): Value {
  if (isSameShape(g.shape, to.shape)) return g
  const lead = g.shape.length - to.shape.length
  const axes = g.shape.flatMap((dim, axis) => (axis < lead || (to.shape[axis - lead] === 1 && dim !== 1) ? [axis] : []))
  const onlyLeading = axes.length === lead
  return reshape(reduceSum(g, { axes, keepDims: !onlyLeading }), to.shape)
}
