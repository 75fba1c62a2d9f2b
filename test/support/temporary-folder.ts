/** A temporary folder for one run of the tests, removed with all that is left in it, also by a process that was killed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What `tmpdir()` asks, by platform. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/** Before the workers are forked, which inherit it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'bindery-tests-'))
  for (const name of VARIABLES) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
