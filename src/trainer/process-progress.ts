import { MAX_EVALUATIONS } from '../recipes/tanimoto-gp/marginal-likelihood.ts'
import type { RunReporter } from './run-reporter.ts'

/** What most tables take; progress waits where one takes more. */
const USUAL_EVALUATIONS = Math.round(MAX_EVALUATIONS / 2)

/** How far a fit has come, by the multiplications it has done of those it will need. */
export class ProcessProgress {
  readonly #reporter: RunReporter
  readonly #startedAt = performance.now()
  /** Of an evaluation of the likelihood: factor, inverse of the factor and inverse take a sixth of a cube each. */
  readonly #evaluationCost: number
  readonly #total: number
  #evaluations = 0
  /** Since the last evaluation. */
  #multiplications = 0

  constructor(reporter: RunReporter, { rows, tuning }: { rows: number; tuning: number }) {
    this.#reporter = reporter
    this.#evaluationCost = tuning ** 3 / 2
    this.#total = USUAL_EVALUATIONS * this.#evaluationCost + rows ** 3 / 2
    this.#tell()
  }

  multiplied({ m, n, k }: { m: number; n: number; k: number }): void {
    this.#multiplications += m * n * k
    this.#tell()
  }

  evaluated(): void {
    this.#evaluations++
    this.#multiplications = 0
    this.#tell()
  }

  #tell(): void {
    const tuned = Math.min(this.#evaluations, USUAL_EVALUATIONS) * this.#evaluationCost
    const share = Math.min(0.99, (tuned + this.#multiplications) / this.#total)
    const elapsedMs = performance.now() - this.#startedAt
    this.#reporter.trainingProgress({
      done: share,
      total: 1,
      etaMs: share < 0.02 ? null : Math.round((elapsedMs * (1 - share)) / share),
      epoch: null,
      epochs: null,
    })
  }
}
