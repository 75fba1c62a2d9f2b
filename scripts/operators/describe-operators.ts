/** The table of docs/operators.md, from the tables that the engine itself works by. */
import { createDmpnn } from '../../src/recipes/dmpnn/recipe.ts'
import type { DmpnnSettings } from '../../src/recipes/dmpnn/settings.ts'
import { checkRecipeSettings } from '../../src/recipes/registry.ts'
import { createReferenceStep } from '../../src/recipes/training/reference-step.ts'
import { gradientCases } from '../../src/tensor/grad/gradient-cases.ts'
import { gradientRules } from '../../src/tensor/grad/table.ts'
import { Graph } from '../../src/tensor/graph.ts'
import { emitModel } from '../../src/tensor/onnx/emit.ts'
import type { OpName } from '../../src/tensor/ops/definition.ts'
import { opTable } from '../../src/tensor/ops/table.ts'
import { buildTrainingStep } from '../../src/tensor/training-step.ts'
import { operatorsOf } from './operators-of.ts'

const INTRODUCTION = `# Operators

Every op of \`src/tensor\`. This file is written by \`node scripts/make-operators.ts\` and a test keeps it so.

- **Gradient**: the rule of \`src/tensor/grad/rules\`, or why there is none. A gradient that is needed and has no rule is an error that names the op.
- **Checked**: in how many cases (shapes with broadcasting, sizes of 0 and 1, named sizes) the rule is compared with central differences in float64, and
  the largest error allowed. An op without a rule is checked to say so.
- **Written as**: the ONNX operators it becomes.
- **Providers**: the CPU provider runs every op; that is what the checks run on. *All* marks ops whose ONNX operators are part of the reference step or of the
  network's training step, which every other provider has to run alike before it is offered; on WebGPU a test fails where one of them is left to the CPU.
  *CPU* marks ops that no recipe trains with and that no other provider has been asked to run.
`

export function describeOperators(): string {
  const everywhere = operatorsOfSteps()
  const rows = (Object.keys(opTable) as OpName[]).sort().map(op => {
    const written = writtenAs(op)
    const isEverywhere = written.every(operator => everywhere.has(operator))
    return `| ${op} | ${gradientOf(op)} | ${checkOf(op)} | ${written.join(', ')} | ${isEverywhere ? 'all' : 'CPU'} |`
  })
  return `${INTRODUCTION}\n| op | gradient | checked | written as | providers |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function gradientOf(op: OpName): string {
  const rule = gradientRules[op]
  return rule.kind === 'not differentiable' ? `none: ${rule.why}` : 'yes'
}

function checkOf(op: OpName): string {
  const cases = gradientCases[op]
  if (cases === 'not differentiable') return '–'
  return `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}, ${op === 'Cast' ? '1e-7' : '2e-8'}`
}

/** From the first case of the op, in float32; ops without a gradient are written one to one. */
function writtenAs(op: OpName): readonly string[] {
  const cases = gradientCases[op]
  if (op === 'GatherSum') return ['Gather', 'ReduceSum']
  if (cases === 'not differentiable' || opTable[op].emit === undefined) return [op]
  const found = cases.map(({ operands, build }) => {
    const graph = new Graph()
    const inputs = operands.map(({ shape }, i) => graph.input(`x${i}`, { dtype: 'float64', shape }))
    graph.output('y', build(inputs, graph))
    return operatorsOf(emitModel(graph, { name: op }).bytes)
  })
  return [op, ...(op === 'Expand' && found.some(operators => operators.has('Shape')) ? ['Shape'] : [])]
}

function operatorsOfSteps(): ReadonlySet<string> {
  const settings = checkRecipeSettings('dmpnn', 'production', {}) as DmpnnSettings
  const { training } = createDmpnn(settings)
  const steps = [createReferenceStep().step.model, buildTrainingStep(training).model]
  return new Set(steps.flatMap(({ bytes }) => [...operatorsOf(bytes)]))
}
