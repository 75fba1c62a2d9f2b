/**
 * The CPU provider has no float64 kernel for Erf, Gelu and Softplus. In float64, which is used to check gradients, they are written
 * with ops it has; float32 keeps its kernels.
 */
import type { Graph, Value } from '../graph.ts'
import {
  abs,
  add,
  div,
  exp,
  less,
  log,
  max,
  min,
  mul,
  neg,
  reciprocal,
  sign,
  square,
  sub,
  where,
} from '../ops/elementwise.ts'
import { rewriteGraph } from './rewrite.ts'

export function lowerFloat64(graph: Graph): Graph {
  const needed = graph.nodes.some(node => node.op in decompositions && node.inputs[0]?.dtype === 'float64')
  if (!needed) return graph
  return rewriteGraph(graph, (node, [x]) => {
    const decompose = (decompositions as Partial<Record<string, (x: Value) => Value>>)[node.op]
    return decompose !== undefined && x?.dtype === 'float64' ? [decompose(x)] : undefined
  })
}

const decompositions = {
  Erf: erfFloat64,
  // x·(1 + erf(x/√2)) / 2
  Gelu: (x: Value) => mul(mul(x, 0.5), add(erfFloat64(mul(x, Math.SQRT1_2)), 1)),
  // log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)
  Softplus: (x: Value) => add(max(x, 0), log(add(exp(neg(abs(x))), 1))),
}

/**
 * The series 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!! (Abramowitz & Stegun 7.1.6) where |x| < 2.5, and the continued
 * fraction of erfc (7.1.14) beyond; both to about 1e-14.
 */
function erfFloat64(x: Value): Value {
  const magnitude = abs(x)
  const scale = exp(neg(square(magnitude)))
  const near = min(magnitude, 2.5)
  let series: Value = mul(near, 0)
  for (let n = 60; n >= 1; n--) series = mul(add(series, 1), mul(square(near), 2 / (2 * n + 1)))
  const small = mul(mul(mul(near, add(series, 1)), scale), 2 / Math.sqrt(Math.PI))
  const far = max(magnitude, 2.5)
  let fraction: Value = far
  for (let n = 60; n >= 1; n--) fraction = add(far, div(fraction.graph.scalar(n / 2, 'float64'), fraction))
  const large = sub(1, mul(mul(scale, reciprocal(fraction)), 1 / Math.sqrt(Math.PI)))
  return mul(sign(x), where(less(magnitude, 2.5), small, large))
}
