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
  fallback?: string[]
  also?: string[]
}

export async function predict(options: PredictCommandOptions, context: CommandContext): Promise<void> {
  await checkWritable(options.output)
  await withSession(context, async session => {
    const { client } = session
    const models = await client.models.list()
    const find = (name: string) => findByNameOrId(models, name, 'ERR_3003')
    const fallback = (options.fallback ?? []).map(name => find(name).id)
    const also = (options.also ?? []).map(name => find(name).id)
    const model = find(options.model)
    const uploadId = await session.registerFile(resolve(options.input), basename(options.input))
    const smilesColumn =
      options.smiles === undefined
        ? null
        : findColumn(options.smiles, (await client.datasets.preview({ uploadId })).columns, '--smiles')
    const { jobId, resultId } = await client.predictions.predictFile({
      modelId: model.id,
      fallback,
      also,
      uploadId,
      smilesColumn,
    })
    await followJob(session, jobId)

    const { total, errors, models: answered } = await client.predictions.result({ resultId, limit: 1 })
    const { ticket } = await client.system.prepareDownload({ what: 'prediction', id: resultId })
    await saveDownload(session, ticket, options.output)
    const output = resolve(options.output)
    const predicted = total - errors
    const instead = answered[0]?.instead ?? null
    const summary = {
      rows: total,
      predicted,
      errors,
      output,
      model: { id: model.id },
      job: { id: jobId },
      models: answered,
    }
    session.terminal.result(summary, [
      ...(instead === null ? [] : [`answered by ${answered[0]!.name}: ${instead.message}`]),
      `${total} rows: ${predicted} predicted, ${errors} with an error`,
      output,
    ])
  })
}
