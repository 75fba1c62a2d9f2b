/** `export MODEL FILE`: a model as one file. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { findByNameOrId } from '../find.ts'
import { formatBytes } from '../format.ts'
import { checkWritable, saveDownload } from '../save-download.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function exportModel(wanted: string, file: string, context: CommandContext): Promise<void> {
  await checkWritable(file)
  await withSession(context, async session => {
    const model = findByNameOrId(await session.client.models.list(), wanted, 'ERR_3003')
    const { ticket } = await session.client.system.prepareDownload({ what: 'model', id: model.id })
    await saveDownload(session, ticket, file)
    const output = resolve(file)
    const { size: sizeBytes } = await stat(output)
    session.terminal.result({ model: { id: model.id }, output, sizeBytes }, [`${output}  ${formatBytes(sizeBytes)}`])
  })
}
