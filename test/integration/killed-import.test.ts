import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openReadOnlyStore } from '../../src/core/store/open-store.ts'
import { makeZip } from '../support/make-zip.ts'
import { childrenOf, isAlive } from '../support/processes.ts'
import { createFolder, endOf, ownWorkspace } from '../support/workspace.ts'

const script = join(import.meta.dirname, 'importing-host.fixture.ts')
const RECORDS = 3_000
const KILLS = 4
/** Longer than the import takes to its first rows on a slow machine, shorter than it takes to its end. */
const LATEST_KILL_MS = 4_000

/** Different molecules that parse fast: the binary digits of a number as carbon and oxygen. */
const chain = (n: number): string => n.toString(2).replaceAll('0', 'C').replaceAll('1', 'OC')
/** Two records a structure: the first becomes a row, the second an entry of the ledger. */
const TABLE = `id,smiles,pKi\n${Array.from({ length: RECORDS }, (_, i) => `C${i},${chain(2 + (i >> 1))},${5 + (i % 40) / 10}`).join('\n')}\n`

describe.runIf(process.platform === 'linux')('a host that is killed while it imports', () => {
  let files: Awaited<ReturnType<typeof createFolder>>
  let workspace: string
  let host: ChildProcess | null = null

  beforeEach(async () => {
    files = await createFolder()
    workspace = join(files.folder, 'workspace')
  })
  afterEach(async () => {
    host?.kill('SIGKILL')
    await files.remove()
  })

  /** Starts a host that imports, and kills it a while after it has begun. */
  async function importAndKill(file: string, afterMs: number): Promise<string> {
    host = spawn(process.execPath, [script, workspace, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await Promise.race([
      once(createInterface(host.stdout!), 'line'),
      once(host, 'exit').then(([code]) => Promise.reject(new Error(`the host exited with ${code}`))),
    ])
    await sleep(afterMs)
    const children = childrenOf(host.pid!)
    const exited = once(host, 'exit')
    host.kill('SIGKILL')
    await exited
    await expect.poll(() => children.filter(isAlive), { timeout: 40_000 }).toEqual([])
    return JSON.parse(line).jobId
  }

  const uploads = (): string[] => readdirSync(join(workspace, 'uploads')).map(name => name.replace(/^up_\w+/, 'up'))

  function counts(): Record<string, number> {
    const store = openReadOnlyStore(join(workspace, 'bindery.sqlite'))
    const of = (table: string): number => store.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n
    const found = { datasets: of('datasets'), rows: of('dataset_rows'), ledger: of('ledger') }
    store.close()
    return found
  }

  async function expectNothingHalf(jobId: string): Promise<void> {
    const owned = await ownWorkspace(workspace)
    try {
      const { job } = await owned.connection.client.jobs.get({ id: jobId })
      expect(job).toMatchObject({ kind: 'import', state: 'interrupted', datasetId: null })
      expect(await owned.connection.client.datasets.list()).toEqual([])
    } finally {
      await owned.close()
    }
    expect(counts()).toEqual({ datasets: 0, rows: 0, ledger: 0 })
    // What it needs to begin anew, and nothing else: neither what was unpacked, nor half a file.
    expect(uploads().sort()).toEqual(['up.data', 'up.json'])
  }

  it('leaves nothing half, whenever that is, and imports the same file whole when asked again', async () => {
    const file = join(files.folder, 'table.zip')
    writeFileSync(file, makeZip([{ name: 'assay/table.csv', content: TABLE }]))
    const jobIds = new Set<string>()
    const rowsSeen: number[] = []
    for (let k = 0; k < KILLS; k++) {
      const jobId = await importAndKill(file, Math.random() * LATEST_KILL_MS)
      rowsSeen.push(counts().rows!)
      jobIds.add(jobId)
      await expectNothingHalf(jobId)
    }
    // One import all the time. That some kill hit it in the middle of its rows is likely, and shown where a check below fails.
    expect([...jobIds], `rows when killed: ${rowsSeen.join(', ')}`).toHaveLength(1)

    const [jobId] = [...jobIds]
    const owned = await ownWorkspace(workspace)
    try {
      const { client } = owned.connection
      await client.jobs.resume({ id: jobId! })
      const job = await endOf(client, jobId!)
      expect(job).toMatchObject({ state: 'completed', error: null })
      const dataset = await client.datasets.get({ id: job.datasetId! })
      expect(dataset).toMatchObject({ name: 'table', fileName: 'table.zip', state: 'ready' })
      expect(dataset.rows).toEqual({
        read: RECORDS,
        accepted: RECORDS / 2,
        altered: 0,
        merged: RECORDS / 2,
        rejected: 0,
      })
      await expect.poll(uploads).toEqual([])
      await expect(client.jobs.resume({ id: jobId! })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    } finally {
      await owned.close()
    }
    expect(counts()).toMatchObject({ datasets: 1, rows: RECORDS / 2 })
  }, 240_000)

  it('forgets an import that is not wanted any more, with its file', async () => {
    const file = join(files.folder, 'table.csv')
    writeFileSync(file, TABLE)
    const jobId = await importAndKill(file, 500)
    await expectNothingHalf(jobId)
    const owned = await ownWorkspace(workspace)
    try {
      await owned.connection.client.jobs.remove({ id: jobId })
      expect(uploads()).toEqual([])
    } finally {
      await owned.close()
    }
  }, 120_000)
})
