/**
 * Imports every table of a folder through the command line and compares what comes out with the folder's `expected.json`.
 *
 *   npm run -s bench:messy -- FOLDER [--json]
 *
 * `expected.json` names for each file counts of `rows`, keys of `summary`, or the code of its refusal; `note` is for people. A
 * folder of such tables is not part of the project: without one there is nothing to check, which is said and is no success.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Dataset } from '../src/shared/contract/datasets.ts'

interface Report {
  dataset?: { state: string }
  rows?: Dataset['rows']
  summary?: Record<string, unknown>
  datasets?: unknown[]
  error?: { code: string; message: string }
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [folder] = positionals
if (folder === undefined || !existsSync(path.join(folder, 'expected.json'))) {
  console.error(`not checked: there is no ${path.join(folder ?? 'FOLDER', 'expected.json')} on this machine`)
  process.exit(2)
}
const cli = path.resolve(import.meta.dirname, '../src/cli/index.ts')
const ROWS = ['read', 'accepted', 'altered', 'merged', 'rejected']

const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, object>
const scratch = mkdtempSync(path.join(tmpdir(), 'bindery-messy-'))
const results: { file: string; problems: string[] }[] = []
try {
  for (const [file, wanted] of Object.entries(expected)) {
    const problems = await check(path.join(folder, file), wanted)
    results.push({ file, problems })
    if (!values.json) console.log(`${problems.length === 0 ? 'as expected' : 'DIFFERS'}  ${file}`)
    if (!values.json) for (const problem of problems) console.log(`    ${problem}`)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
const differing = results.filter(({ problems }) => problems.length > 0)
if (values.json) console.log(JSON.stringify({ files: results.length, differing }))
else console.log(`${results.length - differing.length} of ${results.length} files as expected`)
process.exitCode = differing.length === 0 ? 0 : 1

async function check(file: string, wanted: object): Promise<string[]> {
  const workspace = path.join(scratch, path.basename(file))
  const report = await bindery('--workspace', workspace, 'import', file)
  const problems: string[] = []
  const compare = (name: string, want: unknown, got: unknown): void => {
    if (want !== got) problems.push(`${name}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`)
  }
  const { note: _note, error, ...facts } = wanted as Record<string, unknown>
  compare('error', error, report.error?.code)
  if (report.error !== undefined) {
    if (error === undefined) problems.push(report.error.message)
    compare('data sets left', 0, (await bindery('--workspace', workspace, 'datasets')).datasets?.length)
    return problems
  }
  compare('state', 'ready', report.dataset?.state)
  const { read = 0, accepted = 0, altered = 0, merged = 0, rejected = 0 } = report.rows ?? {}
  compare('accepted + altered + merged + rejected', read, accepted + altered + merged + rejected)
  for (const [name, want] of Object.entries(facts)) {
    const place = ROWS.includes(name) ? report.rows : report.summary
    compare(name, want, (place as Record<string, unknown> | undefined)?.[name])
  }
  return problems
}

function bindery(...args: string[]): Promise<Report> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, '--json', ...args], { maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Report)
      } catch {
        reject(new Error(`no answer in JSON from ${args.join(' ')}: ${stderr || error?.message}`))
      }
    })
  })
}
