/** `split`: what a split would make of a data set, without training on it; with `--output` also every row with its part. */
import { writeFileAtomic } from '../../node/atomic-write.ts'
import type { SplitFold, SplitKind, SplitPreview } from '../../shared/contract/jobs.ts'
import { findByNameOrId } from '../find.ts'
import { formatPX, formatTable } from '../format.ts'
import { checkWritable } from '../save-download.ts'
import { type CommandContext, type Session, withSession } from '../session.ts'

export interface SplitCommandOptions {
  dataset: string
  split: SplitKind
  seed?: number
  fold?: SplitFold
  output?: string
}

const PARTS = ['train', 'validation', 'test'] as const
const PAGE_ROWS = 1000

export async function split(options: SplitCommandOptions, context: CommandContext): Promise<void> {
  const { dataset: wanted, output, ...rest } = options
  if (output !== undefined) await checkWritable(output)
  await withSession(context, async session => {
    const { client, terminal } = session
    const dataset = findByNameOrId(await client.datasets.list(), wanted, 'ERR_3001')
    const request = { ...rest, datasetId: dataset.id }
    const preview = await client.jobs.splitPreview(request)
    if (output !== undefined) await writeFileAtomic(output, await rowsAsText(session, request))
    const file = output === undefined ? {} : { output }
    terminal.result({ dataset: { id: dataset.id }, split: rest, preview, ...file }, describe(preview))
  })
}

async function rowsAsText({ client }: Session, request: Parameters<Session['client']['jobs']['splitRows']>[0]) {
  const parts = await client.jobs.splitRows(request)
  const partOf = new Map(PARTS.flatMap(part => parts[part].map(row => [row, part] as const)))
  const lines = ['line,id,smiles,part']
  for (let offset = 0; offset < partOf.size; offset += PAGE_ROWS) {
    const { rows } = await client.datasets.rows({ id: request.datasetId, offset, limit: PAGE_ROWS })
    for (const { index, line, id, smiles } of rows)
      lines.push(`${line},${quoted(id ?? '')},${smiles},${partOf.get(index)}`)
  }
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function describe(preview: SplitPreview): string[] {
  const { labels, groups, dates, similarity, nearestTrainSimilarity } = preview
  const shift =
    labels === null
      ? []
      : [`${signed(labels.meanDifference)} log units, KS ${labels.ks.toFixed(3)} (p ${labels.ksP.toPrecision(2)})`]
  return [
    ...formatTable(
      ['part', 'rows'],
      PARTS.map(part => [part, preview[part]]),
    ),
    ...(groups === null ? [] : [`groups: ${groups.all}, ${groups.tested} of them in the test part`]),
    ...(dates === null
      ? []
      : [`dates: ${dates.learnedFrom} to ${dates.learnedTo}, tested ${dates.testedFrom} to ${dates.testedTo}`]),
    ...shift.map(text => `test values against those learned from: ${text}`),
    `similarity of test compounds to the nearest training compound: mean ${formatPX(nearestTrainSimilarity)}, median ${formatPX(similarity?.median ?? null)}`,
  ]
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}
