/** `import FILE…`: tables become data sets. */
import { basename, resolve } from 'node:path'
import type { Dataset, DuplicatePolicy, Endpoint, ImportOptions, LedgerEntry } from '../../shared/contract/datasets.ts'
import type { BinderyClient } from '../../shared/contract/index.ts'
import { AppError } from '../../shared/errors.ts'
import { type ColumnOptions, chooseColumns } from '../columns.ts'
import { asFailure, type FailureReport } from '../failure.ts'
import { followJob } from '../follow-job.ts'
import { formatPX } from '../format.ts'
import { type CommandContext, type Session, withSession } from '../session.ts'

export interface ImportCommandOptions extends ColumnOptions {
  name?: string
  endpoint?: Endpoint
  target?: string
  assay?: string
  member?: string
  sheet?: string
  decimal?: '.' | ','
  dateOrder?: 'day' | 'month'
  /** Of the records of a structure their median, every one, or none where values disagree by more than `conflict`. */
  duplicates?: 'median' | 'all' | 'drop-conflicting'
  conflict?: number
  neutralise?: boolean
}

const CONFLICT_LOG = 1

interface ImportReport {
  dataset: Pick<Dataset, 'id' | 'name' | 'state' | 'sha256'>
  rows: Dataset['rows']
  summary: Dataset['summary']
  ledger: LedgerEntry[]
}

/** Several files are imported one after the other; one that fails does not stop the rest. Answers whether all went well. */
export async function importFiles(
  files: readonly string[],
  options: ImportCommandOptions,
  context: CommandContext,
): Promise<boolean> {
  if (files.length > 1 && options.name !== undefined) {
    throw new AppError('ERR_2001', '--name names one data set, but there are several files', { path: '--name' })
  }
  return withSession(context, async session => {
    await noteInterruptedImports(session)
    if (files.length === 1) {
      const report = await importFile(session, files[0]!, options)
      session.terminal.result(report, describe(report))
      return true
    }
    const imports: ((ImportReport | FailureReport) & { file: string })[] = []
    for (const file of files) imports.push({ file, ...(await importFile(session, file, options).catch(asFailure)) })
    const lines = imports.flatMap(item =>
      'error' in item ? [`${item.file}: ${item.error.code} ${item.error.message}`] : describe(item),
    )
    session.terminal.result({ imports }, lines)
    return imports.every(item => !('error' in item))
  })
}

async function importFile(session: Session, file: string, options: ImportCommandOptions): Promise<ImportReport> {
  const { client } = session
  const uploadId = await session.registerFile(resolve(file), basename(file))
  const part = { member: options.member ?? null, sheet: options.sheet ?? null }
  const preview = await client.datasets.preview({ uploadId, ...part })
  const chosen: ImportOptions = {
    ...chooseColumns(options, preview),
    endpoint: options.endpoint ?? preview.endpoint ?? 'other',
    target: options.target ?? null,
    // `null` refuses a table of several assays, which nobody was asked about.
    assay: options.assay === 'all' ? '*' : (options.assay ?? null),
    ...part,
    ...(options.decimal === undefined ? {} : { decimalMark: options.decimal }),
    ...(options.dateOrder === undefined ? {} : { dateOrder: options.dateOrder }),
    ...(options.neutralise === undefined ? {} : { neutralise: options.neutralise }),
    duplicates: duplicatesOf(options),
    ...(options.name === undefined ? {} : { name: options.name }),
  }
  if (chosen.roles.value === null)
    session.terminal.note(`${basename(file)}: no column holds values; name one with --value`)
  const { jobId } = await client.datasets.import({ uploadId, options: chosen })
  return reportImport(session, jobId)
}

/** Follows an import to its end. */
async function reportImport(session: Session, jobId: string): Promise<ImportReport> {
  const { client } = session
  const { datasetId } = await followJob(session, jobId)
  if (datasetId === null) throw new AppError('ERR_3001', `${jobId} completed, but its data set has been removed`)
  const { id, name, state, sha256, rows, summary } = await client.datasets.get({ id: datasetId })
  return { dataset: { id, name, state, sha256 }, rows, summary, ledger: await readLedger(client, id) }
}

/** Imports anew what was cut short, with the file and the options it had. */
export async function resumeImport(id: string, session: Session): Promise<void> {
  await session.client.jobs.resume({ id })
  const report = await reportImport(session, id)
  session.terminal.result(report, describe(report))
}

/** Says which imports an earlier end of Bindery cut short, and how to have them. */
export async function noteInterruptedImports({ client, terminal }: Session): Promise<void> {
  const jobs = await client.jobs.list({ kind: 'import' })
  for (const job of jobs.filter(({ state }) => state === 'interrupted')) {
    terminal.note(`the import of "${job.name}" was cut short: "resume ${job.id}" imports it again`)
  }
}

function duplicatesOf({ duplicates = 'median', conflict }: ImportCommandOptions): DuplicatePolicy {
  if (duplicates === 'drop-conflicting') return { keep: 'agreeing', conflictLog: conflict ?? CONFLICT_LOG }
  if (conflict !== undefined) {
    throw new AppError('ERR_2001', '--conflict needs --duplicates drop-conflicting', { path: '--conflict' })
  }
  return { keep: duplicates }
}

async function readLedger(client: BinderyClient, id: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for (;;) {
    const page = await client.datasets.ledger({ id, offset: entries.length, limit: 1000 })
    entries.push(...page.entries)
    if (page.entries.length === 0 || entries.length >= page.total) return entries
  }
}

const SHOWN_ENTRIES = 20

function describe({ dataset, rows, summary, ledger }: ImportReport): string[] {
  const { read, accepted, altered, merged, rejected } = rows
  const refused = ledger.filter(entry => entry.fate === 'rejected')
  return [
    `${dataset.id}  ${dataset.name}`,
    `${read} rows read = ${accepted} accepted + ${altered} altered + ${merged} merged + ${rejected} rejected`,
    ...(accepted + altered === 0 ? ['no record can be used: correct the table, or name its columns'] : []),
    ...(summary === null
      ? []
      : [
          `${summary.structures} structures, ${summary.endpoint} in ${summary.unit}, mean pX ${formatPX(summary.meanPX)}`,
        ]),
    ...refused.slice(0, SHOWN_ENTRIES).map(entry => {
      const column = entry.column === null ? '' : `, column "${entry.column}"`
      return `  line ${entry.line}${column}: ${entry.message}`
    }),
    ...(refused.length > SHOWN_ENTRIES
      ? [`  and ${refused.length - SHOWN_ENTRIES} more rejected rows (--json lists all)`]
      : []),
  ]
}
