import { createProbeProblem, type ProbeProblem } from '../../tensor/probe-problem.ts'

/**
 * The training problem that providers are compared on: 64 molecules of eight atoms, 128 wide, four steps. Large enough that a GPU shows
 * what it can do (0.3 GFLOP a step), small enough for a software one.
 */
export function createReferenceStep(): ProbeProblem {
  return createProbeProblem({ molecules: 64, hidden: 128, steps: 4 })
}
