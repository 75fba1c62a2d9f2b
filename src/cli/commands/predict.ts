/** `predict`: a table in, the same table with predictions out. */
import { basename, resolve } from 'node:path'
import { findColumn } from '../columns.ts'
import { findByNameOrId } from '../find.ts'
import { followJob } from '../follow-job.ts'
import { checkWritable, saveDownload } from '../save-download.ts'
import { type CommandContext, withSession } from '../session.ts'

export interface PredictCommandOptions {
  model: string
  input: string
  output: string
  smiles?: string
}

export async function predict(options: PredictCommandOptions, context: CommandContext): Promise<void> {
  await checkWritable(options.output)
  await withSession(context, async session => {
    const { client } = session
    const model = findByNameOrId(await client.models.list(), options.model, 'ERR_3003')
    const uploadId = await session.registerFile(resolve(options.input), basename(options.input))
    const smilesColumn =
      options.smiles === undefined
        ? null
        : findColumn(options.smiles, (await client.datasets.preview({ uploadId })).columns, '--smiles')
    const { jobId, resultId } = await client.predictions.predictFile({ modelId: model.id, uploadId, smilesColumn })
    await followJob(session, jobId)

    const { total, errors } = await client.predictions.result({ resultId, limit: 1 })
    const { ticket } = await client.system.prepareDownload({ what: 'prediction', id: resultId })
    await saveDownload(session, ticket, options.output)
    const output = resolve(options.output)
    const predicted = total - errors
    session.terminal.result({ rows: total, predicted, errors, output, model: { id: model.id }, job: { id: jobId } }, [
      `${total} rows: ${predicted} predicted, ${errors} with an error`,
      output,
    ])
  })
}
