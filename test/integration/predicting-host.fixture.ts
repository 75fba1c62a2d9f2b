/** A host process for tests that kill it: owns a workspace, starts or resumes the prediction of a table, says how far it is. */
import { endOf, ownWorkspace } from '../support/workspace.ts'

const [workspace, what, id] = process.argv.slice(2)
if (workspace === undefined || what === undefined || id === undefined) {
  throw new Error('usage: predicting-host.fixture.ts WORKSPACE start FILE | WORKSPACE resume JOB')
}
const owned = await ownWorkspace(workspace)
const { client } = owned.connection
const say = (message: object): void => console.log(JSON.stringify(message))

let jobId = id
if (what === 'start') {
  const [model] = await client.models.list()
  const uploadId = await owned.connection.registerFile(id, 'table.csv')
  ;({ jobId } = await client.predictions.predictFile({ modelId: model!.id, uploadId }))
} else await client.jobs.resume({ id })

const timer = setInterval(async () => {
  const { job } = await client.jobs.get({ id: jobId })
  say({ jobId, done: job.progress?.done ?? 0 })
}, 20)
const job = await endOf(client, jobId)
clearInterval(timer)
say({ jobId, ended: job.state, error: job.error })
await owned.close()
