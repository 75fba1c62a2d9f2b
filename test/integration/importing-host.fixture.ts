/** A host process for tests that kill it: begins an import, or the one that was cut short anew, and says so. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { ownWorkspace, waitForJob } from '../support/workspace.ts'

const [workspace, file] = process.argv.slice(2)
if (workspace === undefined || file === undefined) throw new Error('usage: importing-host.fixture.ts WORKSPACE FILE')

const { app, connection } = await ownWorkspace(workspace)
const { client } = connection
const [left] = (await client.jobs.list({ kind: 'import' })).filter(job => job.state === 'interrupted')
if (left !== undefined) await client.jobs.resume({ id: left.id })
const jobId = left?.id ?? (await begin())
// One that only waits is no import that is cut short: the next host begins it by itself.
await waitForJob(client, jobId, job => job.state !== 'queued')
console.log(JSON.stringify({ jobId }))

async function begin(): Promise<string> {
  // A copy in the workspace, as a browser leaves it.
  const uploadId = await app.uploads.receive(createReadStream(file!), basename(file!), 1e9)
  const options = { roles: { id: 0, smiles: 1, value: 2 }, unit: 'pX', endpoint: 'Ki' } as const
  return (await client.datasets.import({ uploadId, options })).jobId
}
