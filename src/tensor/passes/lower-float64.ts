/**
 * The CPU provider has no float64 kernel for Erf, Gelu, HardSigmoid and Softplus, and keeps the statistics of LayerNormalization in float32.
 * In float64, which is used to check gradients, they are written with ops it has; float32 keeps its kernels.
 */
import type { Graph, Node, Value } from '../graph.ts'
import {
  abs,
  add,
  clip,
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
  sqrt,
  square,
  sub,
  where,
} from '../ops/elementwise.ts'
import { reduceMean } from '../ops/reduce.ts'
import { rewriteGraph } from './rewrite.ts'

export function lowerFloat64(graph: Graph): Graph {
  if (!graph.nodes.some(isLowered)) return graph
  return rewriteGraph(graph, (node, inputs) => (isLowered(node) ? decompositions[node.op](inputs, node) : undefined))
}

type LoweredName = 'Erf' | 'Gelu' | 'HardSigmoid' | 'Softplus' | 'LayerNormalization'

function isLowered(node: Node): node is Node<LoweredName> {
  return node.op in decompositions && node.inputs[0]?.dtype === 'float64'
}

const decompositions: Record<LoweredName, (inputs: readonly Value[], node: Node<LoweredName>) => readonly Value[]> = {
  Erf: ([x]) => [erfFloat64(x!)],
  // x·(1 + erf(x/√2)) / 2
  Gelu: ([x]) => [mul(mul(x!, 0.5), add(erfFloat64(mul(x!, Math.SQRT1_2)), 1))],
  HardSigmoid: ([x], node) => {
    const { alpha, beta } = node.attributes as Node<'HardSigmoid'>['attributes']
    return [clip(add(mul(x!, alpha), beta), { min: 0, max: 1 })]
  },
  // log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)
  Softplus: ([x]) => [add(max(x!, 0), log(add(exp(neg(abs(x!))), 1)))],
  LayerNormalization: ([x, scale, bias], node) => {
    const { epsilon } = node.attributes as Node<'LayerNormalization'>['attributes']
    const mean = reduceMean(x!, { axes: [-1], keepDims: true })
    const centred = sub(x!, mean)
    const variance = reduceMean(square(centred), { axes: [-1], keepDims: true })
    const inverseDeviation = reciprocal(sqrt(add(variance, epsilon)))
    const scaled = mul(mul(centred, inverseDeviation), scale!)
    return [bias === undefined ? scaled : add(scaled, bias), mean, inverseDeviation]
  },
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
