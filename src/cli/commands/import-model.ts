/** `import-model FILE`: a model that came as a passport. */
import path from 'node:path'
import { findByNameOrId } from '../find.ts'
import { formatPX } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export interface ImportModelOptions {
  name?: string
  versionOf?: string
}

export async function importModel(file: string, options: ImportModelOptions, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    const { client, terminal } = session
    const versionOf =
      options.versionOf === undefined
        ? undefined
        : findByNameOrId(await client.models.list(), options.versionOf, 'ERR_3003').id
    const uploadId = await session.registerFile(path.resolve(file), path.basename(file))
    const { name } = options
    const model = await client.registry.importPassport({
      uploadId,
      ...(name === undefined ? {} : { name }),
      ...(versionOf === undefined ? {} : { versionOf }),
    })
    const { verification } = model
    const seen =
      verification === null || verification.rows === 0
        ? 'nothing is enclosed that shows that it gives the results of its card'
        : `its ${verification.rows} enclosed test compounds were predicted again: as its card says`
    terminal.result({ model }, [`${model.id}  ${model.name}  test RMSE ${formatPX(model.testRmse)}`, seen])
  })
}
