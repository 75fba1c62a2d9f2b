/** `delete`, `restore` and `trash`: data sets that are not wanted, and their way back. */
import { findByNameOrId } from '../find.ts'
import { formatBytes, formatTable, formatTime } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function deleteDataset(
  wanted: string,
  { allVersions = false }: { allVersions?: boolean },
  context: CommandContext,
): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const dataset = findByNameOrId(await client.datasets.list(), wanted, 'ERR_3001')
    await client.datasets.remove({ id: dataset.id, allVersions })
    const trash = await client.versions.trash()
    const deleted = trash.filter(
      item => item.dataset.id === dataset.id || (allVersions && item.dataset.familyId === dataset.familyId),
    )
    const ids = deleted.map(item => item.dataset.id)
    terminal.result({ deleted: ids }, [`in the trash: ${ids.join(', ')}; "restore ${ids.join(' ')}" takes it back`])
  })
}

export async function restore(ids: string[], context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const datasets = await client.versions.restore({ ids })
    terminal.result(
      { datasets },
      datasets.map(({ id, name, version }) => `${id}  ${name} (version ${version}) is back`),
    )
  })
}

export async function trash({ purge = false }: { purge?: boolean }, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const items = await client.versions.trash()
    if (purge) {
      const ids = items.map(({ dataset }) => dataset.id)
      const { freedBytes } = ids.length === 0 ? { freedBytes: 0 } : await client.versions.purge({ ids })
      terminal.result({ purged: ids, freedBytes }, [
        `${ids.length} deleted for good, about ${formatBytes(freedBytes)} freed`,
      ])
      return
    }
    const rows = items.map(({ dataset, bytes }) => [
      dataset.id,
      dataset.name,
      dataset.version,
      dataset.summary?.structures ?? null,
      formatBytes(bytes),
      formatTime(dataset.trashedAt ?? 0),
    ])
    const header = ['id', 'name', 'version', 'structures', 'size', 'deleted']
    terminal.result({ trash: items }, rows.length === 0 ? ['the trash is empty'] : formatTable(header, rows))
  })
}
