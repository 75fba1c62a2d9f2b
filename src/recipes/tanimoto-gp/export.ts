/**
 * A fitted process as a self-contained ONNX model. What it reads are similarities to the training rows, which come from the
 * same code at fit and at prediction time; everything after them is here.
 */
import { Graph, type Value } from '../../tensor/graph.ts'
import { emitModel } from '../../tensor/onnx/emit.ts'
import { add, mul, relu, sqrt, square, sub } from '../../tensor/ops/elementwise.ts'
import { reshape } from '../../tensor/ops/layout.ts'
import { gemm, matmul } from '../../tensor/ops/linear.ts'
import { reduceSum } from '../../tensor/ops/reduce.ts'
import type { FittedGp } from './gaussian-process.ts'

/** The input of kernel k: similarities in [0, 1], float32 [molecules, training rows]. */
export function similarityInput(k: number): string {
  return `similarity${k}`
}

/**
 * Outputs in pX units, float32 [molecules] each: `prediction` and `spread`, the standard deviation of a new measurement.
 * The weights take 4·n·(n + 1) bytes.
 */
export function exportGp(gp: FittedGp, metadata: Readonly<Record<string, string>>): Uint8Array {
  const n = gp.alpha.length
  const { weights, noise } = gp.hyperParameters
  const { mean, sd } = gp.labels
  const graph = new Graph()
  const terms = weights.map((weight, k) =>
    mul(graph.input(similarityInput(k), { dtype: 'float32', shape: ['molecules', n] }), weight),
  )
  const covariance = terms.reduce((a, b) => add(a, b)) // [molecules, n]
  const alpha = graph.constant(gp.alpha, 'float32', [n, 1])
  const factorInverse = graph.constant(gp.factorInverse, 'float32', [n, n])
  const perMolecule = (x: Value) => reshape(x, ['molecules'])

  const standardised = perMolecule(matmul(covariance, alpha))
  const explained = perMolecule(reduceSum(square(gemm(covariance, factorInverse, { transB: true })), { axes: [1] }))
  const prior = weights.reduce((sum, weight) => sum + weight, 0)
  const variance = add(relu(sub(prior, explained)), noise)
  graph.output('prediction', add(mul(standardised, sd), mean))
  graph.output('spread', mul(sqrt(variance), sd))
  return emitModel(graph, { name: 'tanimoto-gp', metadata }).bytes
}
