import { Graph, type Node, type Value } from '../graph.ts'
import { isStatic } from '../shape.ts'

export type Replace = (node: Node, inputs: readonly Value[]) => readonly Value[] | undefined

/**
 * Copies what the outputs of a graph need, node by node. `replace` may build something else in the place of a node, from the
 * copies of its operands; where it returns nothing the node is copied as it is.
 */
export function rewriteGraph(graph: Graph, replace: Replace): Graph {
  const copy = new Graph()
  const copies = new Map<Value, Value>()
  for (const [name, value] of graph.inputs) copies.set(value, copy.input(name, value))
  const copyOf = (value: Value): Value => {
    const known = copies.get(value)
    if (known !== undefined) return known
    if (value.source.kind !== 'constant' || !isStatic(value.shape)) throw new Error('a node reads what was never made')
    const created = copy.constant(value.source.data, value.dtype, value.shape)
    copies.set(value, created)
    return created
  }
  for (const node of liveNodes(graph)) {
    const inputs = node.inputs.map(copyOf)
    const outputs = replace(node, inputs) ?? copy.apply(node.op, inputs, node.attributes)
    node.outputs.forEach((output, i) => {
      copies.set(output, outputs[i]!)
    })
  }
  for (const [name, value] of graph.outputs) copy.output(name, copyOf(value))
  return copy
}

/**
 * The nodes that the outputs depend on, in running order.
 *
 * @param operands What a node depends on, of its operands; all, unless said otherwise.
 */
export function liveNodes(graph: Graph, operands = (node: Node) => node.inputs): readonly Node[] {
  const needed = new Set(graph.outputs.values())
  const live = graph.nodes.toReversed().filter(node => {
    if (!node.outputs.some(output => needed.has(output))) return false
    for (const input of operands(node)) needed.add(input)
    return true
  })
  return live.reverse()
}

/** How often each value is read, by nodes the outputs need or as an output. */
export function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>()
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1)
  for (const node of liveNodes(graph)) node.inputs.forEach(use)
  for (const value of graph.outputs.values()) use(value)
  return uses
}
