/**
 * Short jobs under random cancels, pauses and kills of trainers and host.
 *
 *   npm run -s bench:soak -- [--json] [--jobs 200] [--seed 1]
 *
 * Exits with 1 where a job did not end, a process or an open file was left, or the store differs from the files. Linux only.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { faultsOf } from './soak/faults.ts'
import { runSoak } from './soak/run-soak.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
})
const folder = mkdtempSync(path.join(tmpdir(), 'bindery-soak-'))
try {
  const report = await runSoak({
    workspace: path.join(folder, 'workspace'),
    jobs: Number(options.jobs),
    seed: Number(options.seed),
    log: line => console.error(line),
  })
  const faults = faultsOf(report)
  if (options.json) console.log(JSON.stringify({ ...report, faults }))
  else
    for (const [name, value] of Object.entries({ ...report, faults })) console.log(`${name}: ${JSON.stringify(value)}`)
  if (faults.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
