/**
 * How the error on the test compounds falls with the number of compounds that are learned from: whether more measurements of the same
 * kind would help. The model is a cheap one, a Gaussian process on the Tanimoto similarity of one fingerprint; its hyper-parameters are
 * found anew each time, as they would be with fewer compounds.
 */
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import type { LearningCurve } from '../../shared/evaluation.ts'
import { randomPermutation } from '../../tensor/random.ts'
import { factorCholesky, solveVector } from '../linear-algebra/cholesky.ts'
import type { GemmEngine } from '../linear-algebra/gemm-engine.ts'
import { mean, rmse } from '../metrics/regression.ts'
import { createMinMaxIndex, minMaxSimilarities } from '../similarity/min-max-index.ts'
import { standardisation } from '../tanimoto-gp/gaussian-process.ts'
import { combineKernels, fitHyperParameters } from '../tanimoto-gp/marginal-likelihood.ts'

export const CURVE_SHARES = [0.125, 0.25, 0.5, 0.75, 1] as const
/** Draws of each share; there is one way to take all. */
export const CURVE_REPEATS = 3
/** What is learned from at most: the largest fit then takes some seconds. */
export const CURVE_ROWS = 2_000
const LEAST_ROWS = 8
const TUNING_ROWS = 200

export interface LearningCurveTask {
  /** At most `CURVE_ROWS`. [rows] */
  readonly learned: readonly SparseCounts[]
  readonly y: Float64Array
  readonly test: readonly SparseCounts[]
  readonly measured: Float64Array
  readonly seed: number
  /** Before each fit; may throw. */
  beforeFit?(done: number, total: number): void
}

export async function learningCurve(gemm: GemmEngine, task: LearningCurveTask): Promise<LearningCurve['points']> {
  const { learned, y, test, measured, seed } = task
  const rows = learned.length
  const index = createMinMaxIndex(learned)
  const own = minMaxSimilarities(index, learned) // [rows, rows]
  const cross = minMaxSimilarities(index, test) // [test, rows]
  const sizes = [...new Set(CURVE_SHARES.map(share => Math.max(LEAST_ROWS, Math.round(share * rows))))].filter(
    size => size <= rows,
  )
  const repeatsOf = (size: number): number => (size === rows ? 1 : CURVE_REPEATS)
  const total = sizes.reduce((sum, size) => sum + repeatsOf(size), 0)
  let done = 0
  const points: LearningCurve['points'] = []
  for (const size of sizes) {
    const errors: number[] = []
    for (let repeat = 0; repeat < repeatsOf(size); repeat++) {
      task.beforeFit?.(done++, total)
      const drawn = randomPermutation({ seed, stream: `learning curve ${size}`, step: repeat }, rows).slice(0, size)
      const predicted = await fitAndPredict(gemm, { drawn, rows, own, cross, y, queries: test.length })
      const error = rmse(measured, predicted)
      if (error !== null) errors.push(error)
    }
    if (errors.length === 0) continue
    points.push({ rows: size, rmse: mean(errors), lowest: Math.min(...errors), highest: Math.max(...errors) })
  }
  return points
}

interface Fit {
  readonly drawn: Uint32Array
  readonly rows: number
  readonly own: Float64Array
  readonly cross: Float64Array
  readonly y: Float64Array
  readonly queries: number
}

async function fitAndPredict(gemm: GemmEngine, { drawn, rows, own, cross, y, queries }: Fit): Promise<Float64Array> {
  const n = drawn.length
  const { mean: middle, sd: scale } = standardisation(Float64Array.from(drawn, row => y[row]!))
  const labels = Float64Array.from(drawn, row => (y[row]! - middle) / scale)
  const kernelOf = (chosen: Uint32Array): Float64Array => {
    const kernel = new Float64Array(chosen.length ** 2)
    for (const [i, a] of chosen.entries()) {
      for (const [j, b] of chosen.entries()) kernel[i * chosen.length + j] = own[a * rows + b]!
    }
    return kernel
  }
  const tuning = drawn.subarray(0, TUNING_ROWS)
  const problem = { n: tuning.length, kernels: [kernelOf(tuning)], y: labels.subarray(0, tuning.length) }
  const { weights, noise } = await fitHyperParameters(gemm, problem)
  const factor = await factorCholesky(gemm, combineKernels([kernelOf(drawn)], weights), { n, diagonal: noise })
  const alpha = solveVector(factor, labels)
  return Float64Array.from({ length: queries }, (_, q) => {
    let sum = 0
    for (const [i, row] of drawn.entries()) sum += cross[q * rows + row]! * alpha[i]!
    return middle + scale * weights[0]! * sum
  })
}
