/** `datasets`, `jobs`, `models`: what there is. */
import { formatBytes, formatPX, formatTable, formatTime } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'
import { noteInterruptedImports } from './import.ts'

export async function listDatasets(context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { client, terminal } = session
    await noteInterruptedImports(session)
    const datasets = await client.datasets.list()
    const rows = datasets.map(d => [
      d.id,
      d.name,
      d.version,
      d.state,
      d.summary?.structures ?? null,
      d.endpoint,
      formatPX(d.summary?.meanPX ?? null),
      formatTime(d.createdAt),
    ])
    const header = ['id', 'name', 'version', 'state', 'structures', 'endpoint', 'mean pX', 'created']
    terminal.result({ datasets }, listing(header, rows, 'no data sets: import a table with "import FILE"'))
  })
}

export async function listJobs(context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { client, terminal } = session
    await noteInterruptedImports(session)
    const jobs = await client.jobs.list({})
    const rows = jobs.map(job => [
      job.id,
      `${job.kind} #${job.number}`,
      job.name,
      job.state,
      job.result === null ? null : formatPX(job.result.metrics.test.rmse),
      formatTime(job.createdAt),
    ])
    terminal.result({ jobs }, listing(['id', 'job', 'name', 'state', 'test RMSE', 'created'], rows, 'no jobs'))
  })
}

export async function listModels(context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const models = await client.models.list()
    const rows = models.map(m => [
      m.id,
      m.name,
      m.isCurrent ? `${m.version} *` : m.version,
      m.state,
      m.recipe,
      m.endpoint,
      formatPX(m.testRmse),
      formatBytes(m.sizeBytes),
      formatTime(m.createdAt),
    ])
    const header = ['id', 'name', 'version', 'state', 'recipe', 'endpoint', 'test RMSE', 'size', 'created']
    terminal.result({ models }, listing(header, rows, 'no models: train one with "train --dataset ID"'))
  })
}

function listing(header: string[], rows: (string | number | null)[][], empty: string): string[] {
  return rows.length === 0 ? [empty] : formatTable(header, rows)
}
