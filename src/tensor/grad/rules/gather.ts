import { gatherSum } from '../../ops/gather.ts'
import { notDifferentiable, type Rules, rule } from '../rule.ts'

export const gatherRules: Rules<'Gather' | 'GatherSum'> = {
  Gather: notDifferentiable('it would scatter: use GatherSum, which carries the inverse lists'),
  GatherSum: rule(({ inputs: [, lists, inverse] }, g) => [() => gatherSum(g, { lists: inverse!, inverse: lists! })]),
}
