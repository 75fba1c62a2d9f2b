/** Writes the outcome of every journey, with the reason of every skip, to the file named by BINDERY_OUTCOMES. */
import { relative, sep } from 'node:path'
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter'
import type { Outcome } from './outcome.ts'
import { appendOutcomes } from './outcome-file.ts'

export default class OutcomeReporter implements Reporter {
  private tests: TestCase[] = []
  private readonly errors: TestError[] = []

  onBegin(_config: FullConfig, suite: Suite): void {
    this.tests = suite.allTests()
  }

  onError(error: TestError): void {
    this.errors.push(error)
  }

  onEnd(_result: FullResult): void {
    const outcomes = this.tests.map(outcomeOf)
    for (const error of this.errors) {
      const reason = firstLine(error.message ?? error.value ?? 'unknown')
      outcomes.push({ suite: 'journeys', file: '', name: 'runner', state: 'failed', reason })
    }
    appendOutcomes(outcomes)
  }

  printsToStdio(): boolean {
    return false
  }
}

function outcomeOf(test: TestCase): Outcome {
  const suite = test.parent.project()?.name ?? 'journeys'
  const file = relative(process.cwd(), test.location.file).split(sep).join('/')
  const name = test.titlePath().slice(3).join(' › ')
  // A flaky test passed only when repeated: it is not a pass.
  if (test.outcome() === 'expected') return { suite, file, name, state: 'passed', reason: '' }
  if (test.outcome() === 'skipped') return { suite, file, name, state: 'skipped', reason: skipReason(test) }
  const message = test.results.flatMap(result => result.errors).find(error => error.message !== undefined)?.message
  return { suite, file, name, state: 'failed', reason: firstLine(message ?? 'did not finish') }
}

function skipReason(test: TestCase): string {
  const annotations = [...test.annotations, ...test.results.flatMap(result => result.annotations)]
  const skip = annotations.find(annotation => annotation.type === 'skip' || annotation.type === 'fixme')
  // Tests after a failed one of a serial group never start.
  return skip?.description ?? 'did not run: an earlier step failed or the run was stopped'
}

function firstLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Playwright colours its messages
  return (text.split('\n')[0] ?? '').replaceAll(/\u001b\[[0-9;]*m/g, '')
}
