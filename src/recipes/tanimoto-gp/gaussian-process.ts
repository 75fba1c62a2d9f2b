/**
 * Exact Gaussian process regression over sums of MinMax kernels (Rasmussen & Williams 2006, algorithm 2.1), with
 * held-out predictions of any group of training rows in closed form (eqs. 5.10–5.12, for groups: Sundararajan & Keerthi
 * 2001), so that calibration and stacking cost no further fits.
 */
import {
  type CholeskyFactor,
  factorCholesky,
  inverseFromFactorInverse,
  invertFactor,
  solveVector,
} from '../linear-algebra/cholesky.ts'
import type { GemmEngine } from '../linear-algebra/gemm-engine.ts'
import { createKernelIndex, type KernelIndex, type KernelInput, pickRows, similarities } from './kernel.ts'
import { combineKernels, fitHyperParameters, type GpHyperParameters } from './marginal-likelihood.ts'

export interface FittedGp {
  readonly hyperParameters: GpHyperParameters
  readonly labels: { readonly mean: number; readonly sd: number }
  readonly kernels: readonly KernelIndex[]
  readonly factor: CholeskyFactor
  /** (C + σ²·I)⁻¹·y, standardised labels. [n] */
  readonly alpha: Float64Array
  /** L⁻¹, for variances. [n, n] */
  readonly factorInverse: Float64Array
}

export interface GpPrediction {
  /** Label units. [rows] */
  readonly mean: Float64Array
  /** Standard deviation of a new measurement, noise included, label units. [rows] */
  readonly sd: Float64Array
}

export interface GpFitInput {
  /** One a term of the covariance; all have the same rows. */
  readonly inputs: readonly KernelInput[]
  readonly y: Float64Array
  /** Rows on which the hyper-parameters are chosen: all, or a random part where the table is large. */
  readonly tuningRows: readonly number[]
  readonly watch?: GpWatch
}

/** What a fit tells, and where it may be stopped between two products. */
export interface GpWatch {
  /** @param value −log of the posterior of the hyper-parameters, up to a constant; may be infinite. */
  evaluated?(evaluation: number, value: number): void
  /** Called every few hundred rows of similarities; may throw. */
  beforeSlab?(): void
}

/** Rows whose similarities are computed at once: bounds the memory beside the covariance, and the time until it can be stopped. */
const SLAB_ROWS = 128

export async function fitGp(gemm: GemmEngine, { inputs, y, tuningRows, watch = {} }: GpFitInput): Promise<FittedGp> {
  const labels = standardisation(y)
  const standardised = y.map(value => (value - labels.mean) / labels.sd)
  const hyperParameters = await tuneHyperParameters(gemm, { inputs, standardised, tuningRows, watch })
  const kernels = inputs.map(createKernelIndex)
  const factor = await factorCovariance(gemm, { inputs, kernels, hyperParameters, watch })
  const alpha = solveVector(factor, standardised)
  return { hyperParameters, labels, kernels, factor, alpha, factorInverse: await invertFactor(gemm, factor) }
}

function tuneHyperParameters(
  gemm: GemmEngine,
  options: Pick<GpFitInput, 'inputs' | 'tuningRows'> & { standardised: Float64Array; watch: GpWatch },
): Promise<GpHyperParameters> {
  const { inputs, tuningRows, standardised, watch } = options
  const n = tuningRows.length
  const kernels = inputs.map(input => {
    const picked = pickRows(input, tuningRows)
    const out = new Float64Array(n * n)
    addSelfSimilarities(out, { kernel: createKernelIndex(picked), input: picked, weight: 1, watch })
    mirrorLower(out, n)
    return out
  })
  const y = Float64Array.from(tuningRows, row => standardised[row]!)
  return fitHyperParameters(gemm, { n, kernels, y }, (evaluation, value) => watch.evaluated?.(evaluation, value))
}

/** In a function of its own, so that the covariance can be freed before L is inverted. */
function factorCovariance(
  gemm: GemmEngine,
  parts: { inputs: readonly KernelInput[]; kernels: readonly KernelIndex[] } & {
    hyperParameters: GpHyperParameters
    watch: GpWatch
  },
): Promise<CholeskyFactor> {
  const { inputs, kernels, hyperParameters, watch } = parts
  const n = kernels[0]?.index.rows ?? 0
  const covariance = new Float64Array(n * n)
  for (const [k, input] of inputs.entries()) {
    addSelfSimilarities(covariance, { kernel: kernels[k]!, input, weight: hyperParameters.weights[k]!, watch })
  }
  return factorCholesky(gemm, covariance, { n, diagonal: hyperParameters.noise })
}

/** The lower triangle of out += weight · similarities of the rows to themselves; the upper one stays. [rows, rows] */
function addSelfSimilarities(
  out: Float64Array,
  parts: { kernel: KernelIndex; input: KernelInput; weight: number; watch: GpWatch },
): void {
  const { kernel, input, weight, watch } = parts
  const { rows } = kernel.index
  for (let first = 0; first < rows; first += SLAB_ROWS) {
    watch.beforeSlab?.()
    const end = Math.min(rows, first + SLAB_ROWS)
    const positions = Array.from({ length: end - first }, (_, i) => first + i)
    const slab = similarities(kernel, pickRows(input, positions), end) // [positions, end]
    for (const [i, row] of positions.entries()) {
      for (let column = 0; column <= row; column++) {
        out[row * rows + column] = out[row * rows + column]! + weight * slab[i * end + column]!
      }
    }
  }
}

function mirrorLower(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j]!
}

export function standardisation(y: Float64Array): { mean: number; sd: number } {
  let mean = 0
  for (const value of y) mean += value / y.length
  let variance = 0
  for (const value of y) variance += (value - mean) ** 2 / Math.max(1, y.length - 1)
  return { mean, sd: variance > 0 ? Math.sqrt(variance) : 1 }
}

/** Mean and standard deviation for queries. O(n) and O(n²) a query. */
export async function predictGp(
  gemm: GemmEngine,
  gp: FittedGp,
  queries: readonly KernelInput[],
): Promise<GpPrediction> {
  const { weights, noise } = gp.hyperParameters
  const n = gp.alpha.length
  const rows = queries[0]?.rows.length ?? 0
  const cross = combineKernels(
    gp.kernels.map((kernel, k) => similarities(kernel, queries[k]!)),
    weights,
  ) // [rows, n]
  const prior = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = new Float64Array(rows)
  const sd = new Float64Array(rows)
  // v = L⁻¹·k for all queries at once: [n, rows] = (L⁻ᵀ)ᵀ·(crossᵀ)
  const explained = await explainedVariance(gemm, gp, cross, rows)
  for (let q = 0; q < rows; q++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += cross[q * n + i]! * gp.alpha[i]!
    mean[q] = gp.labels.mean + gp.labels.sd * sum
    sd[q] = gp.labels.sd * Math.sqrt(Math.max(prior - explained[q]!, 0) + noise)
  }
  return { mean, sd }
}

const QUERY_BLOCK = 256
const ROW_BLOCK = 512

async function explainedVariance(gemm: GemmEngine, gp: FittedGp, cross: Float64Array, rows: number) {
  const n = gp.alpha.length
  const explained = new Float64Array(rows)
  for (let q = 0; q < rows; q += QUERY_BLOCK) {
    const width = Math.min(QUERY_BLOCK, rows - q)
    const k = transposeRows(cross, { first: q, count: width, columns: n }) // [n, width]
    for (let r = 0; r < n; r += ROW_BLOCK) {
      const height = Math.min(ROW_BLOCK, n - r)
      const depth = r + height // L⁻¹ is lower triangular
      const slab = transposeRows(gp.factorInverse, { first: r, count: height, columns: n }).subarray(0, depth * height)
      const v = new Float64Array(height * width)
      await gemm.addTransposedProduct({ m: height, n: width, k: depth, alpha: 1, a: slab, b: k, c: v })
      for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) explained[q + j]! += v[i * width + j]! ** 2
    }
  }
  return explained
}

/** Rows `first` … of a row-major matrix, transposed. [columns, count] */
function transposeRows(
  matrix: Float64Array,
  { first, count, columns }: { first: number; count: number; columns: number },
) {
  const out = new Float64Array(columns * count)
  for (let r = 0; r < count; r++) {
    const source = (first + r) * columns
    for (let c = 0; c < columns; c++) out[c * count + r] = matrix[source + c]!
  }
  return out
}

/**
 * What the process would predict for each group of training rows had it not seen them, in closed form from one fit:
 * μ₍S₎ = y₍S₎ − (C⁻¹₍SS₎)⁻¹·α₍S₎ and covariance (C⁻¹₍SS₎)⁻¹. Groups of one are leave-one-out. Hyper-parameters and the
 * label mean stay those of all rows. Rows outside every group keep NaN.
 */
export async function heldOutPredictions(
  gemm: GemmEngine,
  gp: FittedGp,
  { y, groups }: { y: Float64Array; groups: readonly (readonly number[])[] },
): Promise<GpPrediction> {
  const n = y.length
  const inverse = await inverseFromFactorInverse(gemm, gp.factor, gp.factorInverse)
  const mean = new Float64Array(n).fill(Number.NaN)
  const sd = new Float64Array(n).fill(Number.NaN)
  for (const group of groups) {
    const size = group.length
    const block = new Float64Array(size * size)
    for (const [i, row] of group.entries())
      for (const [j, column] of group.entries()) block[i * size + j] = inverse[row * n + column]!
    const factor = await factorCholesky(gemm, block, { n: size, diagonal: 0 })
    const residual = solveVector(
      factor,
      Float64Array.from(group, row => gp.alpha[row]!),
    )
    const root = await invertFactor(gemm, factor) // block⁻¹ = rootᵀ·root
    for (const [i, row] of group.entries()) {
      let variance = 0
      for (let r = i; r < size; r++) variance += root[r * size + i]! ** 2
      mean[row] = y[row]! - gp.labels.sd * residual[i]!
      sd[row] = gp.labels.sd * Math.sqrt(variance)
    }
  }
  return { mean, sd }
}
