import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { childrenOf, isAlive } from '../support/processes.ts'
import { createFolder, endOf, ownWorkspace } from '../support/workspace.ts'

const script = join(import.meta.dirname, 'predicting-host.fixture.ts')
const ROWS = 10_000
/** Every 33rd, so that every block has some; 300 of them. */
const isBroken = (row: number): boolean => row % 33 === 7 && row < 33 * 300

let files: Awaited<ReturnType<typeof createFolder>>
let workspace: string
let table: string
const hosts: ChildProcess[] = []

beforeAll(async () => {
  files = await createFolder()
  workspace = join(files.folder, 'workspace')
  table = join(files.folder, 'table.csv')
  // Distinct small molecules: what is tested is the bookkeeping.
  const smiles = (row: number): string =>
    isBroken(row)
      ? `C1CC${'C'.repeat(row % 5)}`
      : `${'C'.repeat(1 + (row % 40))}O${'C'.repeat(1 + (Math.floor(row / 40) % 25))}N${'C'.repeat(1 + Math.floor(row / 1000))}`
  const lines = Array.from({ length: ROWS }, (_, row) => `m${row},${smiles(row)}`)
  await writeFile(table, `name,smiles\n${lines.join('\n')}\n`)
  const owned = await ownWorkspace(workspace)
  const { client } = owned.connection
  const { datasetId, jobId } = await client.datasets.importExample()
  await endOf(client, jobId)
  const job = await client.jobs.train({ datasetId, recipe: 'dmpnn', preset: 'smoke', provider: 'cpu' })
  expect((await endOf(client, job.id)).state).toBe('completed')
  await owned.close()
}, 180_000)
afterAll(async () => {
  for (const host of hosts) host.kill('SIGKILL')
  await files.remove()
})

interface Said {
  jobId: string
  done?: number
  ended?: string
  error?: unknown
}

/** Kills the host, and with `withChildren` all that it started, once it has said `until`; answers the last thing it said. */
async function runHost(args: string[], until: (said: Said) => boolean, withChildren = false): Promise<Said> {
  const host = spawn(process.execPath, [script, workspace, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  hosts.push(host)
  const exited = once(host, 'exit')
  for await (const line of createInterface(host.stdout!)) {
    const said = JSON.parse(line) as Said
    if (said.ended !== undefined) {
      await exited
      return said
    }
    if (!until(said)) continue
    const children = childrenOf(host.pid!)
    host.kill('SIGKILL')
    await exited
    if (withChildren) for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL')
    return said
  }
  throw new Error('the host ended without a word')
}

it.runIf(process.platform === 'linux')(
  'a table of 10,000 rows killed twice has every row once, and 300 errors',
  async () => {
    const first = await runHost(['start', table], ({ done = 0 }) => done >= 2_000)
    expect(first).not.toHaveProperty('ended')
    const second = await runHost(['resume', first.jobId], ({ done = 0 }) => done >= 6_000, true)
    expect(second).not.toHaveProperty('ended')
    expect(second.done).toBeGreaterThanOrEqual(6_000)
    expect(await runHost(['resume', first.jobId], () => false)).toMatchObject({ ended: 'completed', error: null })

    const owned = await ownWorkspace(workspace)
    try {
      const { client } = owned.connection
      const { transitions } = await client.jobs.get({ id: first.jobId })
      expect(transitions.filter(({ to }) => to === 'interrupted')).toHaveLength(2)
      const { resultId } = await client.predictions.find({ jobId: first.jobId })
      const lines: number[] = []
      const failed: number[] = []
      for (let offset = 0; offset < ROWS; offset += 1000) {
        const page = await client.predictions.result({ resultId, offset, limit: 1000 })
        expect(page).toMatchObject({ total: ROWS, all: ROWS, errors: 300 })
        for (const { line, error, prediction } of page.rows) {
          lines.push(line)
          if (error !== null) failed.push(line)
          expect(prediction === null).toBe(error !== null)
        }
      }
      expect(lines).toEqual(Array.from({ length: ROWS }, (_, row) => row + 2))
      expect(failed).toEqual(lines.filter(line => isBroken(line - 2)))
    } finally {
      await owned.close()
    }
  },
  600_000,
)
