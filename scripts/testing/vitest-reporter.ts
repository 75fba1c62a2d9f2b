/** Writes the outcome of every Vitest test, with the reason of every skip, to the file named by BINDERY_OUTCOMES. */
import { relative, sep } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type { Outcome } from './outcome.ts'
import { appendOutcomes } from './outcome-file.ts'

const SUITE = 'unit and integration'

export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): void {
    const outcomes = modules.flatMap(outcomesOf)
    for (const error of unhandled) {
      outcomes.push({
        suite: SUITE,
        file: '',
        name: 'unhandled error',
        state: 'failed',
        reason: firstLine(error.message),
      })
    }
    appendOutcomes(outcomes)
  }
}

function outcomesOf(module: TestModule): Outcome[] {
  const file = relative(process.cwd(), module.moduleId).split(sep).join('/')
  const outcomes = [...module.children.allTests()].map(test => ({ suite: SUITE, file, ...outcomeOf(test) }))
  // A file that fails to load or a hook that throws outside a test has no failed test of its own.
  const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap(suite => [...suite.errors()])]
  for (const error of errors) {
    outcomes.push({ suite: SUITE, file, name: 'file or hook', state: 'failed', reason: firstLine(error.message) })
  }
  return outcomes
}

function outcomeOf(test: TestCase): Pick<Outcome, 'name' | 'state' | 'reason'> {
  const result = test.result()
  const name = test.fullName
  if (result.state === 'passed') return { name, state: 'passed', reason: '' }
  if (result.state === 'skipped') return { name, state: 'skipped', reason: result.note ?? 'no reason given' }
  return { name, state: 'failed', reason: firstLine(result.errors?.[0]?.message ?? 'did not finish') }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
