/** What a test run reports, whichever runner it was, and the words `npm test` ends with. */

export interface Outcome {
  /** Vitest, or the Playwright project (`headless`, `electron`). */
  suite: string
  /** Path from the repository's root, with `/`. */
  file: string
  name: string
  state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or the first line of why it failed. */
  reason: string
}

/** The only tests that may be skipped where nothing else may be: those that need a window of Electron. */
export const ELECTRON_SUITE = 'electron'

export interface Verdict {
  lines: string[]
  ok: boolean
}

/** The last lines of `npm test`. `strict` (CI): a skipped test outside the Electron suite counts as a failure. */
export function summarise(outcomes: readonly Outcome[], strict: boolean): Verdict {
  const count = (state: Outcome['state'], of = outcomes) => of.filter(outcome => outcome.state === state).length
  const lines = [...new Set(outcomes.map(outcome => outcome.suite))].map(suite => {
    const own = outcomes.filter(outcome => outcome.suite === suite)
    return `${suite}: ${count('passed', own)} passed, ${count('failed', own)} failed, ${count('skipped', own)} skipped`
  })
  for (const failure of outcomes.filter(outcome => outcome.state === 'failed')) {
    lines.push(`  failed  ${failure.file} › ${failure.name}: ${failure.reason}`)
  }
  lines.push(...skipLines(outcomes))
  const unexpected = outcomes.filter(outcome => outcome.state === 'skipped' && outcome.suite !== ELECTRON_SUITE)
  const refused = strict && unexpected.length > 0
  if (refused)
    lines.push(`CI=true allows only tests of the Electron window to be skipped: ${unexpected.length} others were`)
  if (outcomes.length === 0) lines.push('no test ran')
  lines.push(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  return { lines, ok: count('failed') === 0 && count('passed') > 0 && !refused }
}

function skipLines(outcomes: readonly Outcome[]): string[] {
  const byReason = new Map<string, number>()
  for (const { state, suite, reason } of outcomes) {
    if (state !== 'skipped') continue
    const key = `${suite}: ${reason}`
    byReason.set(key, (byReason.get(key) ?? 0) + 1)
  }
  return [...byReason].map(([reason, tests]) => `  skipped ${tests} × ${reason}`)
}
