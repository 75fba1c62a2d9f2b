import type { Graph, Node, Value } from '../graph.ts'
import { gemm } from '../ops/linear.ts'
import { broadcastShapes, isSameShape, isStatic } from '../shape.ts'
import { countUses, rewriteGraph } from './rewrite.ts'

/**
 * Folds `Add(Gemm(a, b), c)` into `Gemm(a, b, c)` where nothing else reads the product and c is a bias or the product is a
 * weight's gradient: one pass over memory less, and the runtime can then join a following Relu as well. A term as large as a
 * product of named size is left alone: the runtime would copy it first, on one thread, which takes longer than adding it.
 */
export function fuseGemmAdd(graph: Graph): Graph {
  const uses = countUses(graph)
  const isFusable = (value: Value, other: Value): boolean =>
    uses.get(value) === 1 && isPlainGemm(value) && isCheaperInside(other, value)

  return rewriteGraph(graph, (node, [left, right]) => {
    if (node.op !== 'Add') return undefined
    const [a, b] = node.inputs as [Value, Value]
    // of two products the later one takes the earlier as its added term
    const candidates = [
      { product: a, copy: left!, other: b, otherCopy: right! },
      { product: b, copy: right!, other: a, otherCopy: left! },
    ].filter(candidate => isFusable(candidate.product, candidate.other))
    const chosen = candidates.sort((x, y) => y.product.id - x.product.id)[0]
    if (chosen === undefined || chosen.copy.source.kind !== 'node') return undefined
    const { inputs, attributes } = chosen.copy.source.node as Node<'Gemm'>
    return [gemm(inputs[0]!, inputs[1]!, { ...attributes, added: chosen.otherCopy })]
  })
}

function isCheaperInside(added: Value, product: Value): boolean {
  if (isSameShape(added.shape, product.shape)) return isStatic(product.shape)
  return isSameShape(broadcastShapes(product.shape, added.shape), product.shape)
}

function isPlainGemm({ source }: Value): boolean {
  return source.kind === 'node' && source.node.op === 'Gemm' && source.node.inputs.length === 2
}
