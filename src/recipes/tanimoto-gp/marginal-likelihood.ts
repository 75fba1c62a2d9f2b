/**
 * Hyper-parameters of the Gaussian process by maximum marginal likelihood (Rasmussen & Williams 2006, eqs. 5.8 and 5.9).
 *
 * The covariance of standardised labels is Σₖ wₖ·Kₖ + σ²·I over MinMax kernels Kₖ, whose diagonals are one. Parameters are
 * [log w₁ … log wₖ, log σ²]. A weak normal prior on each keeps a kernel that the data do not speak about from running away.
 */
import { factorCholesky, inverseFromFactorInverse, invertFactor, solveVector } from '../linear-algebra/cholesky.ts'
import { NotPositiveDefiniteError } from '../linear-algebra/dense-lower.ts'
import type { GemmEngine } from '../linear-algebra/gemm-engine.ts'
import { type Evaluation, minimise } from '../linear-algebra/minimise.ts'

export interface GpHyperParameters {
  /** One a kernel, in units of the label variance. */
  readonly weights: readonly number[]
  /** σ², in units of the label variance. */
  readonly noise: number
}

interface LikelihoodProblem {
  readonly n: number
  readonly kernels: readonly Float64Array[] // each [n, n]
  readonly y: Float64Array // [n], mean 0, variance 1
}

/** Centre and standard deviation of the prior on the logarithm of a parameter. */
const PRIOR_WEIGHT = { centre: Math.log(0.3), sd: 2 }
const PRIOR_NOISE = { centre: Math.log(0.1), sd: 1.5 }

/** −log p(y | parameters) − log prior, up to a constant, and its gradient. Infinite where the matrix is not positive definite. */
export async function negativeLogPosterior(
  gemm: GemmEngine,
  problem: LikelihoodProblem,
  parameters: readonly number[],
): Promise<Evaluation> {
  const { n, kernels, y } = problem
  const weights = parameters.slice(0, -1).map(Math.exp)
  const noise = Math.exp(parameters.at(-1)!)
  const covariance = combineKernels(kernels, weights)
  let factor: Awaited<ReturnType<typeof factorCholesky>>
  try {
    factor = await factorCholesky(gemm, covariance, { n, diagonal: noise })
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return { value: Infinity, gradient: parameters.map(() => 0) }
    throw error
  }
  const alpha = solveVector(factor, y)
  const inverse = await inverseFromFactorInverse(gemm, factor, await invertFactor(gemm, factor))
  let fit = 0
  for (let i = 0; i < n; i++) fit += y[i]! * alpha[i]!
  const value = 0.5 * (fit + factor.logDeterminant)
  // ∂/∂θ = −½ tr((α·αᵀ − C⁻¹)·∂C/∂θ), and ∂C/∂log w = w·K
  const gradient = weights.map((weight, k) => -0.5 * weight * weightedTrace(kernels[k]!, alpha, inverse))
  let noiseTrace = 0
  for (let i = 0; i < n; i++) noiseTrace += alpha[i]! ** 2 - inverse[i * n + i]!
  gradient.push(-0.5 * noise * noiseTrace)
  return addPrior({ value, gradient }, parameters)
}

function weightedTrace(kernel: Float64Array, alpha: Float64Array, inverse: Float64Array): number {
  const n = alpha.length
  let sum = 0
  for (let i = 0; i < n; i++) {
    const a = alpha[i]!
    for (let j = 0; j < n; j++) sum += (a * alpha[j]! - inverse[i * n + j]!) * kernel[i * n + j]!
  }
  return sum
}

function addPrior({ value, gradient }: Evaluation, parameters: readonly number[]): Evaluation {
  let total = value
  const slope = gradient.map((g, i) => {
    const { centre, sd } = i === parameters.length - 1 ? PRIOR_NOISE : PRIOR_WEIGHT
    const z = (parameters[i]! - centre) / sd
    total += 0.5 * z * z
    return g + z / sd
  })
  return { value: total, gradient: slope }
}

/** Σ wₖ·Kₖ, element by element. */
export function combineKernels(kernels: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const out = new Float64Array(kernels[0]?.length ?? 0)
  for (const [k, kernel] of kernels.entries()) {
    const weight = weights[k]!
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + weight * kernel[i]!
  }
  return out
}

/** Of the likelihood; most tables take about 25. */
export const MAX_EVALUATIONS = 60

/** The most probable hyper-parameters for these rows; costs about 30 factorisations of [n, n]. */
export async function fitHyperParameters(
  gemm: GemmEngine,
  problem: LikelihoodProblem,
  evaluated: (evaluation: number, value: number) => void = () => undefined,
): Promise<GpHyperParameters> {
  const count = problem.kernels.length
  const start = [...problem.kernels.map(() => Math.log(0.9 / count)), Math.log(0.2)]
  let evaluations = 0
  const evaluate = async (at: readonly number[]) => {
    const evaluation = await negativeLogPosterior(gemm, problem, at)
    evaluated(++evaluations, evaluation.value)
    return evaluation
  }
  const found = await minimise(evaluate, start, {
    maxEvaluations: MAX_EVALUATIONS,
    gradientTolerance: 0.05,
    maxStep: 1.5,
  })
  return { weights: found.at.slice(0, -1).map(Math.exp), noise: Math.exp(found.at.at(-1)!) }
}
