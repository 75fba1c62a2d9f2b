/** A host that a soak kills: owns the workspace until its standard input ends, then closes in order and must end by itself. */
import { openWorkspace } from '../../src/core/workspace/open-workspace.ts'
import { forkNodeChild } from '../../src/node/node-fork.ts'

const [workspace] = process.argv.slice(2)
if (workspace === undefined) throw new Error('usage: soak-host.ts WORKSPACE')

const opened = await openWorkspace({
  workspace,
  host: 'headless',
  version: 'soak',
  fork: forkNodeChild,
  // Short, so that a soak ends today.
  jobs: { retry: { baseMs: 200, maxMs: 1_000 } },
})
if (opened.kind !== 'owned') throw new Error(`${workspace} is owned by process ${opened.owner.pid}`)
console.log('ready')
process.stdin.resume()
process.stdin.once('end', () => void opened.close())
