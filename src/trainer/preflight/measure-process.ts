/** What a Gaussian process costs on this machine: its tuning, which does not grow with the rows, and what does. */
import { factorCholesky, inverseFromFactorInverse, invertFactor } from '../../recipes/linear-algebra/cholesky.ts'
import type { GemmEngine } from '../../recipes/linear-algebra/gemm-engine.ts'
import type { KernelRecord } from '../../recipes/serving/kernel-file.ts'
import { standardisation } from '../../recipes/tanimoto-gp/gaussian-process.ts'
import { createKernelIndex, similarities } from '../../recipes/tanimoto-gp/kernel.ts'
import { fitHyperParameters } from '../../recipes/tanimoto-gp/marginal-likelihood.ts'
import { kernelInputs, type ProcessPlan } from '../../recipes/tanimoto-gp/process-plan.ts'
import type { ProcessProbe } from '../../shared/probe-profile.ts'
import { throwIfStopping } from '../member.ts'
import { createOrtGemmEngine } from '../ort-gemm-engine.ts'
import { type NetworkTask, peakBytes } from './measure-network.ts'

export interface ProcessTask extends Pick<NetworkTask, 'config' | 'table' | 'rows' | 'isStopping'> {
  readonly process: ProcessPlan
  /** Rows that it will learn from. */
  readonly learned: number
}

/** Where the algebra is timed if there are more rows: its blocks are as large there as in any larger matrix. */
const ALGEBRA_ROWS = [1_536, 2_048] as const

export async function measureProcess(task: ProcessTask): Promise<ProcessProbe> {
  const { config, table, rows, process, learned } = task
  const watch = {
    get isStopping() {
      return task.isStopping()
    },
  }
  const gemm = await createOrtGemmEngine({
    ...(config.threads === undefined ? {} : { threads: config.threads }),
    checkpoint: () => throwIfStopping(watch),
  })
  try {
    const exact = rows.filter(row => config.spec.rows.bound[row] === 0).slice(0, process.tuningRows)
    const inputs = kernelInputs(process.terms, exact.map(row => table.record(row)) as KernelRecord[])
    const n = exact.length
    const compared = performance.now()
    const kernels = inputs.map(input => similarities(createKernelIndex(input), input)) // [n, n] each
    const tuned = performance.now()
    const labels = Float64Array.from(exact, row => config.spec.rows.y[row]!)
    const { mean, sd } = standardisation(labels)
    await fitHyperParameters(gemm, { n, kernels, y: labels.map(value => (value - mean) / sd) })
    const tuningMs = performance.now() - tuned
    const held = peakBytes()
    const algebra = await measureAlgebra(gemm, learned)
    return { tuningRows: n, tuningMs, pairMs: (tuned - compared) / n ** 2, ...algebra, peakBytes: held }
  } finally {
    await gemm.release()
  }
}

async function measureAlgebra(gemm: GemmEngine, learned: number): Promise<{ squareMs: number; cubeMs: number }> {
  const [few, many] = ALGEBRA_ROWS
  if (learned <= few) return { squareMs: 0, cubeMs: (await timeAlgebra(gemm, learned)) / learned ** 3 }
  const [a, b] = [await timeAlgebra(gemm, few), await timeAlgebra(gemm, many)]
  // t = square·n² + cube·n³ through both; neither share is negative, however the clock was disturbed.
  const cubeMs = Math.max(0, (b / many ** 2 - a / few ** 2) / (many - few))
  const squareMs = Math.max(0, a / few ** 2 - cubeMs * few)
  return { squareMs, cubeMs: squareMs === 0 ? b / many ** 3 : cubeMs }
}

/** All that a fit and its held-out predictions do with a covariance of n rows, in milliseconds. */
async function timeAlgebra(gemm: GemmEngine, n: number): Promise<number> {
  // Ornstein–Uhlenbeck: positive definite, and without a zero that a loop would skip.
  const byDistance = Float64Array.from({ length: n }, (_, distance) => Math.exp(-distance / n))
  const covariance = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) covariance[i * n + j] = byDistance[Math.abs(i - j)]!
  const start = performance.now()
  const factor = await factorCholesky(gemm, covariance, { n, diagonal: 0.1 })
  await inverseFromFactorInverse(gemm, factor, await invertFactor(gemm, factor))
  return performance.now() - start
}
