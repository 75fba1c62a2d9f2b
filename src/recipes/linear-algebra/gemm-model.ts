import { Graph } from '../../tensor/graph.ts'
import { emitModel } from '../../tensor/onnx/emit.ts'
import { gemm } from '../../tensor/ops/linear.ts'

/** A model of one node: y[m, n] = c + alpha · aᵀ·b in float64, with a [k, m] and b [k, n]. */
export function transposedProductModel(alpha: 1 | -1): Uint8Array {
  const graph = new Graph()
  const a = graph.input('a', { dtype: 'float64', shape: ['k', 'm'] })
  const b = graph.input('b', { dtype: 'float64', shape: ['k', 'n'] })
  const c = graph.input('c', { dtype: 'float64', shape: ['m', 'n'] })
  graph.output('y', gemm(a, b, { added: c, transA: true, alpha }))
  return emitModel(graph, { name: 'transposed-product' }).bytes
}
