/**
 * `npm test`: unit and integration tests, the build if the sources are newer, the journeys in a real browser. Everything runs
 * even after a failure; the last line is "N passed, N failed, N skipped".
 *
 * With CI=true only tests of the Electron window may be skipped.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isBuildFresh } from './testing/build-state.ts'
import { type FoundBrowser, findBrowser } from './testing/find-browser.ts'
import { type Outcome, summarise } from './testing/outcome.ts'
import { OUTCOMES_VARIABLE, readOutcomes } from './testing/outcome-file.ts'
import { root, runCommand } from './testing/run-command.ts'

const folder = join(root, 'test-results')
const strict = process.env.CI === 'true'

/** Runs one runner; a runner that fails without naming a failed test is itself a failure. */
async function runTests(name: string, command: string[], env: Record<string, string> = {}): Promise<Outcome[]> {
  const path = join(folder, `${name}.outcomes.jsonl`)
  rmSync(path, { force: true })
  const { code } = await runCommand(command, { output: 'shown', env: { ...env, [OUTCOMES_VARIABLE]: path } })
  const outcomes = readOutcomes(path)
  const explained = outcomes.some(outcome => outcome.state === 'failed')
  if (outcomes.length > 0 && (code === 0 || explained)) return outcomes
  const reason = outcomes.length === 0 ? `no test was reported (exit ${code})` : `exit ${code} without a failed test`
  return [...outcomes, { suite: name, file: '', name: 'runner', state: 'failed', reason }]
}

async function runJourneys(browser: FoundBrowser): Promise<Outcome[]> {
  if (!isBuildFresh(root)) {
    console.log('building: out/ is older than the sources')
    const built = await runCommand(['electron-vite', 'build'], { output: 'kept' })
    if (built.code !== 0) {
      console.error(built.output)
      return [{ suite: 'journeys', file: '', name: 'build', state: 'failed', reason: 'electron-vite build failed' }]
    }
  }
  return runTests(
    'journeys',
    ['playwright', 'test'],
    browser.path === null ? { BINDERY_NO_BROWSER: browser.note } : { BINDERY_CHROMIUM: browser.path },
  )
}

mkdirSync(folder, { recursive: true })
// First, because installing it brings the software GPU that the WebGPU tests among the unit tests run on.
const browser = findBrowser()
console.log(`browser: ${browser.note}`)
const reporters = ['--reporter=default', '--reporter=./scripts/testing/vitest-reporter.ts']
const outcomes = [...(await runTests('unit', ['vitest', 'run', ...reporters])), ...(await runJourneys(browser))]
const { lines, ok } = summarise(outcomes, strict)
console.log(`\n${lines.join('\n')}`)
process.exitCode = ok ? 0 : 1
