/** A host process for tests that kill it: owns a workspace, starts a run on the example and says when it trains. */
import { endOf, ownWorkspace, waitForJob } from '../support/workspace.ts'

const [workspace] = process.argv.slice(2)
if (workspace === undefined) throw new Error('usage: training-host.fixture.ts WORKSPACE')

const owned = await ownWorkspace(workspace)
const { client } = owned.connection
const { datasetId, jobId } = await client.datasets.importExample()
await endOf(client, jobId)
const options = { recipe: 'dmpnn', preset: 'production', split: 'column', provider: 'cpu' } as const
const job = await client.jobs.train({ datasetId, ...options })
await waitForJob(client, job.id, ({ progress }) => (progress?.epoch ?? 0) >= 1)
console.log(JSON.stringify({ jobId: job.id }))
