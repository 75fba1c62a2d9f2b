/**
 * A fitted process as a model. What it reads are similarities to the training rows, which come from the same code at fit and
 * at prediction time; everything after them is here.
 */
import type { ModelDefinition } from '../../tensor/model-definition.ts'
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
 * The weights, `gpTheta`, take 4·n·(n + 1) bytes.
 */
export function gpModel(gp: FittedGp): ModelDefinition {
  const n = gp.alpha.length
  const { weights, noise } = gp.hyperParameters
  const { mean, sd } = gp.labels
  const prior = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    parameters: [
      { name: 'alpha', shape: [n, 1], initialiser: 'zeros' },
      { name: 'factorInverse', shape: [n, n], initialiser: 'zeros' },
    ],
    inputs: weights.map((_, k) => ({ name: similarityInput(k), dtype: 'float32', shape: ['molecules', n] })),
    forward({ input, parameter }) {
      const covariance = weights.map((weight, k) => mul(input(similarityInput(k)), weight)).reduce((a, b) => add(a, b))
      const standardised = reshape(matmul(covariance, parameter('alpha')), ['molecules'])
      const rotated = gemm(covariance, parameter('factorInverse'), { transB: true }) // [molecules, n]
      const explained = reduceSum(square(rotated), { axes: [1] })
      const variance = add(relu(sub(prior, explained)), noise)
      return { prediction: add(mul(standardised, sd), mean), spread: mul(sqrt(variance), sd) }
    },
  }
}

/** The parameters of `gpModel`, one after the other. */
export function gpTheta(gp: FittedGp): Float32Array {
  const theta = new Float32Array(gp.alpha.length + gp.factorInverse.length)
  theta.set(gp.alpha)
  theta.set(gp.factorInverse, gp.alpha.length)
  return theta
}
