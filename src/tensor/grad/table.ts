import type { RuleTable } from './rule.ts'
import { elementwiseRules } from './rules/elementwise.ts'
import { gatherRules } from './rules/gather.ts'
import { layoutRules } from './rules/layout.ts'
import { linearRules } from './rules/linear.ts'
import { reduceRules } from './rules/reduce.ts'

/** The gradient of every op, or why it has none. An op without an entry does not compile. */
export const gradientRules: RuleTable = {
  ...elementwiseRules,
  ...linearRules,
  ...reduceRules,
  ...layoutRules,
  ...gatherRules,
}
