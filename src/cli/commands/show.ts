/** `show ID`: everything about one thing; which kind it is, its id says. */
import type { BinderyClient } from '../../shared/contract/index.ts'
import { AppError } from '../../shared/errors.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function show(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const value = await fetchById(client, id)
    terminal.result(
      value,
      Object.values(value).flatMap(part => describe(part, '')),
    )
  })
}

async function fetchById(client: BinderyClient, id: string): Promise<object> {
  const [kind] = id.split('_', 1)
  if (kind === 'ds') return { dataset: await client.datasets.get({ id }), lineage: await lineageOf(client, id) }
  if (kind === 'job') return client.jobs.get({ id })
  if (kind === 'mdl') return client.models.get({ id })
  throw new AppError('ERR_2001', `"${id}": expected the id of a data set (ds_…), a job (job_…) or a model (mdl_…)`)
}

/** Its versions by id, each with what was made of it. */
async function lineageOf(client: BinderyClient, id: string) {
  const { versions } = await client.versions.lineage({ id })
  return versions.map(({ dataset, runs, models }) => ({
    id: dataset.id,
    version: dataset.version,
    edit: dataset.edit,
    trashedAt: dataset.trashedAt,
    runs,
    models,
  }))
}

const MAX_ITEMS = 12

/** One `name: value` a line, nested parts indented. Long lists are told by their length. */
function describe(value: unknown, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${String(value)}`]
  return Object.entries(value).flatMap(([name, part]) => {
    if (part === null) return [`${indent}${name}: –`]
    if (Array.isArray(part)) return describeList(name, part, indent)
    if (typeof part === 'object') return [`${indent}${name}:`, ...describe(part, `${indent}  `)]
    return [`${indent}${name}: ${part}`]
  })
}

function describeList(name: string, items: readonly unknown[], indent: string): string[] {
  const isShort = items.length <= MAX_ITEMS
  if (isShort && items.every(item => typeof item !== 'object')) return [`${indent}${name}: ${items.join(', ') || '–'}`]
  if (!isShort) return [`${indent}${name}: ${items.length} items`]
  return [`${indent}${name}:`, ...items.flatMap(item => [`${indent}  -`, ...describe(item, `${indent}    `)])]
}
