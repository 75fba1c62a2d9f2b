import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OwnedWorkspace } from '../../src/core/workspace/open-workspace.ts'
import { exampleRows } from '../support/example-rows.ts'
import { childrenOf, isAlive } from '../support/processes.ts'
import { createFolder, endOf, ownWorkspace, uploadText, waitForJob } from '../support/workspace.ts'

/** Long enough that no run ends by itself while a test looks at it. */
const ENDLESS = { epochs: 5000, patience: 5000 }

describe.runIf(process.platform === 'linux')('a trainer that is killed', () => {
  let files: Awaited<ReturnType<typeof createFolder>>
  let owned: OwnedWorkspace
  let datasetId: string

  beforeEach(async () => {
    files = await createFolder()
    owned = await ownWorkspace(join(files.folder, 'workspace'))
    const { header, lines } = exampleRows(120)
    const uploadId = await uploadText(owned, files.folder, { name: 'assay.csv', text: [header, ...lines].join('\n') })
    const roles = { id: 0, smiles: 1, value: 2, split: 3 }
    const { client } = owned.connection
    const started = await client.datasets.import({ uploadId, options: { roles, unit: 'nM', endpoint: 'Ki' } })
    datasetId = started.datasetId
    await endOf(client, started.jobId)
  }, 60_000)
  afterEach(async () => {
    await owned.close()
    await files.remove()
  })

  async function startEndlessRun(): Promise<string> {
    const { client } = owned.connection
    const job = await client.jobs.train({
      datasetId,
      recipe: 'dmpnn',
      preset: 'smoke',
      split: 'column',
      settings: ENDLESS,
      queue: { retries: 0 },
    })
    await waitForJob(client, job.id, ({ progress }) => (progress?.epoch ?? 0) >= 2)
    return job.id
  }

  async function trainers(): Promise<number[]> {
    const pids = childrenOf(process.pid)
    const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8')))
    return pids.filter((_, i) => commands[i]!.includes('trainer'))
  }

  it('is told as a crash with what it said last, and its place in the lane is free again', async () => {
    const { client } = owned.connection
    const jobId = await startEndlessRun()
    const [trainer] = await trainers()
    process.kill(trainer!, 'SIGKILL')

    const { job, transitions } = await client.jobs.get({ id: (await endOf(client, jobId)).id })
    expect(job).toMatchObject({ state: 'failed', reason: 'crash', error: { code: 'ERR_9001' } })
    expect(transitions.at(-1)).toMatchObject({ from: 'running', to: 'failed' })

    const next = await client.jobs.train({ datasetId, recipe: 'dmpnn', preset: 'smoke', split: 'column' })
    expect((await endOf(client, next.id)).state).toBe('completed')
  }, 90_000)

  it('is gone when its run is cancelled, and not a moment later than the state says so', async () => {
    const { client } = owned.connection
    const jobId = await startEndlessRun()
    const pids = await trainers()
    expect(pids).toHaveLength(1)
    await client.jobs.cancel({ id: jobId })
    expect((await endOf(client, jobId)).state).toBe('cancelled')
    expect(pids.filter(isAlive)).toEqual([])
  }, 90_000)
})
