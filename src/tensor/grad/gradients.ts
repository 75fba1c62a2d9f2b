import type { Node, Value } from '../graph.ts'
import { add } from '../ops/elementwise.ts'
import { countElements } from '../shape.ts'
import { isFloat } from '../types.ts'
import type { GradientRule, MultiGradientRule } from './rule.ts'
import { gradientRules } from './table.ts'

/**
 * Appends to the graph the gradient of a one-element float `loss` with respect to each of `targets`, by one walk from the loss back.
 * Only what lies between the targets and the loss is differentiated.
 * Throws, naming the op, where a gradient is needed through an op that has none, and when a target does not influence the loss.
 */
export function gradients(loss: Value, targets: readonly Value[]): readonly Value[] {
  if (!isFloat(loss.dtype) || countElements(loss.shape) !== 1) throw new Error('the loss must be one float')
  const graph = loss.graph
  const onPath = valuesDependingOn(graph.nodes, targets)
  const found = new Map<Value, Value>([[loss, graph.constant([1], loss.dtype, loss.shape as readonly number[])]])

  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => found.has(output) && onPath.has(output))) continue
    ruleOutputs(node, found).forEach((build, i) => {
      const input = node.inputs[i]!
      if (!onPath.has(input)) return
      if (build === undefined) throw new Error(`${node.op} has no gradient for operand ${i}`)
      const sum = found.get(input)
      found.set(input, sum === undefined ? build() : add(sum, build()))
    })
  }

  return targets.map((target, i) => {
    const gradient = found.get(target)
    if (gradient === undefined) throw new Error(`target ${i} (${describeSource(target)}) does not influence the loss`)
    return gradient
  })
}

function ruleOutputs(node: Node, found: ReadonlyMap<Value, Value>): ReturnType<MultiGradientRule<never>> {
  const entry = gradientRules[node.op]
  const incoming = node.outputs.map(output => found.get(output))
  switch (entry.kind) {
    case 'not differentiable':
      throw new Error(`${node.op} has no gradient: ${entry.why}`)
    case 'multi':
      return (entry.rule as MultiGradientRule<never>)(node as unknown as Node<never>, incoming)
    case 'rule':
      return (entry.rule as GradientRule<never>)(node as unknown as Node<never>, incoming[0]!)
  }
}

function valuesDependingOn(nodes: readonly Node[], targets: readonly Value[]): ReadonlySet<Value> {
  const dependent = new Set(targets)
  for (const node of nodes) {
    if (!node.inputs.some(input => dependent.has(input))) continue
    for (const output of node.outputs) if (isFloat(output.dtype)) dependent.add(output)
  }
  return dependent
}

function describeSource({ source }: Value): string {
  if (source.kind === 'input') return `input "${source.name}"`
  return source.kind === 'constant' ? 'a constant' : `output ${source.output} of ${source.node.op}`
}
