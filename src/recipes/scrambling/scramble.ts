/**
 * y-scrambling (Rücker, Rücker and Meringer 2007, J. Chem. Inf. Model. 47, 2345): the labels are put into random order before a model
 * learns from them. What it then explains of the test labels is chance; a model that does not stand clear of it has found nothing.
 *
 * The model is a cheap one, a Gaussian process over three kernels on at most `MOST_ROWS` rows, so that ten repeats take seconds. Its
 * hyper-parameters are found anew each time: they are part of what could fit chance.
 */
import type { Scrambling } from '../../shared/contract/evaluation.ts'
import { randomPermutation } from '../../tensor/random.ts'
import { factorCholesky, solveVector } from '../linear-algebra/cholesky.ts'
import type { GemmEngine } from '../linear-algebra/gemm-engine.ts'
import { pearson, r2, rmse } from '../metrics/regression.ts'
import { standardisation } from '../tanimoto-gp/gaussian-process.ts'
import { createKernelIndex, type KernelInput, pickRows, similarities } from '../tanimoto-gp/kernel.ts'
import { combineKernels, fitHyperParameters } from '../tanimoto-gp/marginal-likelihood.ts'
import type { KernelTerm } from '../tanimoto-gp/process-plan.ts'

/** In the features of every recipe. */
export const SCRAMBLING_TERMS = [
  { kind: 'min-max', section: 'morgan-count-r2-chiral' },
  { kind: 'min-max', section: 'atom-pairs' },
  { kind: 'min-max', section: 'torsions' },
] as const satisfies readonly KernelTerm[]

export const SCRAMBLING_REPEATS = 10
export const MOST_ROWS = 1_000
const TUNING_ROWS = 200

export interface ScramblingTask {
  /** What is learned from, one a term; at most `MOST_ROWS` rows. */
  readonly inputs: readonly KernelInput[]
  /** Their labels. [rows] */
  readonly y: Float64Array
  /** The test rows, one a term. */
  readonly queries: readonly KernelInput[]
  /** Their labels, which stay as they are. */
  readonly measured: Float64Array
  readonly seed: number
  readonly repeats: number
  /** Before the model as it is and before each repeat; may throw. */
  beforeFit?(done: number): void
}

export async function scramble(gemm: GemmEngine, task: ScramblingTask): Promise<Scrambling> {
  const { inputs, y, queries, seed, repeats } = task
  const rows = y.length
  const tuning = randomPermutation({ seed, stream: 'scrambling rows', step: 0 }, rows).slice(0, TUNING_ROWS)
  const kernels = {
    tuning: inputs.map(input => selfSimilarities(pickRows(input, [...tuning]))),
    own: inputs.map(selfSimilarities),
    cross: inputs.map((input, k) => similarities(createKernelIndex(input), queries[k]!)), // [test rows, rows]
  }
  const figures: Scrambling['repeats'] = []
  for (let repeat = 0; repeat <= repeats; repeat++) {
    task.beforeFit?.(repeat)
    // Repeat 0 is the model as it is.
    const order = repeat === 0 ? null : randomPermutation({ seed, stream: 'scrambling', step: repeat }, rows)
    const labels = y.map((_, i) => y[order ? order[i]! : i]!)
    figures.push(await fitAndJudge(gemm, { labels, tuning, kernels, measured: task.measured }))
  }
  const [unscrambled, ...scrambled] = figures
  return { recipe: 'tanimoto-gp', rows, unscrambled: unscrambled!, repeats: scrambled }
}

interface FitTask {
  readonly labels: Float64Array
  readonly tuning: ArrayLike<number>
  readonly kernels: Record<'tuning' | 'own' | 'cross', readonly Float64Array[]>
  readonly measured: Float64Array
}

async function fitAndJudge(gemm: GemmEngine, { labels, tuning, kernels, measured }: FitTask) {
  const { mean, sd } = standardisation(labels)
  const y = labels.map(value => (value - mean) / sd)
  const tuned = Float64Array.from(tuning, row => y[row]!)
  const { weights, noise } = await fitHyperParameters(gemm, { n: tuned.length, kernels: kernels.tuning, y: tuned })
  const n = y.length
  const factor = await factorCholesky(gemm, combineKernels(kernels.own, weights), { n, diagonal: noise })
  const alpha = solveVector(factor, y)
  const cross = combineKernels(kernels.cross, weights)
  const predicted = measured.map((_, q) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += cross[q * n + i]! * alpha[i]!
    return mean + sd * sum
  })
  return { rmse: rmse(measured, predicted), r2: r2(measured, predicted), pearson: pearson(measured, predicted) }
}

function selfSimilarities(input: KernelInput): Float64Array {
  return similarities(createKernelIndex(input), input)
}
