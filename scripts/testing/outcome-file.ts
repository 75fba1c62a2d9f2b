/** Outcomes travel from the runners' reporters to `npm test` as JSON lines in one file. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Outcome } from './outcome.ts'

/** Name of the environment variable that says where reporters write. Without it they write nothing. */
export const OUTCOMES_VARIABLE = 'BINDERY_OUTCOMES'

export function appendOutcomes(outcomes: readonly Outcome[]): void {
  const path = process.env[OUTCOMES_VARIABLE]
  if (path === undefined) return
  appendFileSync(path, outcomes.map(outcome => `${JSON.stringify(outcome)}\n`).join(''))
}

export function readOutcomes(path: string): Outcome[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Outcome)
}
