import type { GradientModel } from '../recipes/recipe.ts'
import { ensembleModel, ensembleTheta } from '../recipes/serving/ensemble.ts'
import type { MemberOutcome } from './member.ts'
import { outOfFold } from './out-of-fold.ts'
import { learnedRows, type RunPlan } from './run-plan.ts'
import type { TrainedPart } from './trained.ts'

/** The trained members as one model. */
export function networkPart(network: GradientModel, plan: RunPlan, members: readonly MemberOutcome[]): TrainedPart {
  const scaled = members.map(({ theta, scale }) => ({ theta, labelMean: scale.mean, labelSd: scale.sd }))
  const best = members.reduce((a, b) => (b.bestScore < a.bestScore ? b : a))
  const unseen = [...outOfFold(plan.folds, members)].map(
    ([row, prediction]) => [row, { prediction, spread: null }] as const,
  )
  return {
    recipe: 'dmpnn',
    definition: ensembleModel(network.evaluation, scaled),
    theta: ensembleTheta(scaled),
    unseen: new Map(unseen),
    learned: learnedRows(plan),
    boundsLeftOut: 0,
    kernels: null,
    epochs: members.reduce((sum, member) => sum + member.epochs, 0),
    bestEpoch: best.bestEpoch,
  }
}
