/** A first look at a table: what it is, what its columns seem to be, and what its first records become. */
import type { ImportOptions, RowPreview, TableGroup, TablePreview } from '../../shared/contract/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import type { CallContext, CallHandler } from '../call.ts'
import { type Structures, structuresHere } from '../structures/read-structures.ts'
import { checkRoles } from './check-roles.ts'
import { proposeRoles } from './column-roles.ts'
import { dateOrderOf, weighDateOf } from './dates.ts'
import { decimalMarkOf, weighRow } from './decimal-mark.ts'
import { chooseGroups, type GroupChoice, GroupSurvey, NO_CHOICE } from './groups.ts'
import { openTable } from './open-table.ts'
import { draftRecord, parseRecord, type RecordContext } from './record-parser.ts'
import type { TableLayout, TableRow } from './record-reader.ts'
import { resolveRoles, surveyTable } from './survey-table.ts'
import { readRecords } from './table-records.ts'

const SHOWN = 50
const MAX_CELL = 500
const MAX_GROUPS = 200
/** Records that a trial looks at: what takes no longer than a user waits for. */
const MAX_TRIED = 20_000

export const previewTable: CallHandler<'previewTable'> = async (input, context) => {
  const layout = await openTable(input, context)
  const { roles, reasons, unit, endpoint } = proposeRoles(layout, input.fileName)
  const groups = await previewGroups(layout, roles, context)
  return {
    fileName: input.fileName,
    sizeBytes: layout.scan.sizeBytes,
    format: layout.format,
    encoding: layout.encoding,
    headerLine: layout.headerLine,
    columns: shownColumns(layout.header),
    rows: await shownRows(layout, context),
    proposal: roles,
    reasons,
    unit,
    endpoint,
    ...(groups.length < 2 ? {} : { groups: groups.slice(0, MAX_GROUPS) }),
    ...(layout.members === undefined ? {} : { members: layout.members }),
    ...(layout.member === undefined ? {} : { member: layout.member }),
    ...(layout.sheets === undefined ? {} : { sheets: layout.sheets }),
    ...(layout.sheet === undefined ? {} : { sheet: layout.sheet }),
  }
}

export function shownColumns(header: readonly string[]): string[] {
  return header.map(name => name.slice(0, MAX_CELL))
}

/** Only where a column names them: else the whole file would be read for nothing. */
async function previewGroups(
  layout: TableLayout,
  roles: TablePreview['proposal'],
  context: CallContext<never>,
): Promise<TableGroup[]> {
  const { smiles, value, target = null, endpoint = null, assay = null } = roles
  if (target === null && endpoint === null && assay === null) return []
  const surveyed = { smiles: smiles ?? 0, value: value ?? layout.header.length, target, endpoint, assay }
  return (await surveyTable(layout, surveyed, context)).groups
}

/** The first records as they are; instead of a molblock, which nobody can read, its SMILES. */
async function shownRows(layout: TableLayout, { reader, breathe }: CallContext<never>): Promise<TablePreview['rows']> {
  const rows: TablePreview['rows'] = []
  for (const { line, cells } of layout.sample.slice(0, SHOWN)) {
    const shown = cells.map(cell => cell.slice(0, MAX_CELL))
    if (layout.structureFormat === 'molblock') {
      const outcome = await reader.smilesOf(cells[0] ?? '')
      shown[0] = 'value' in outcome ? outcome.value.slice(0, MAX_CELL) : ''
    }
    rows.push({ line, cells: shown })
    await breathe()
  }
  return rows
}

export const previewRows: CallHandler<'previewRows'> = async (input, context) => {
  const layout = await openTable(input, context)
  return readShownRows(layout, trialContext(layout, input), context)
}

export const tryOptions: CallHandler<'tryOptions'> = async (input, context) => {
  const layout = await openTable(input, context)
  const record = trialContext(layout, input)
  const rows = await readShownRows(layout, record, context)
  const refusals = new Map<string, number>()
  let records = 0
  let isWhole = true
  for await (const part of readRecords(layout, record.roles)) {
    if (!('record' in part)) continue
    if (records === MAX_TRIED) {
      isWhole = false
      break
    }
    records++
    const draft = draftRecord(part.record, record)
    if ('problem' in draft) refusals.set(draft.problem.rule, (refusals.get(draft.problem.rule) ?? 0) + 1)
    await context.breathe()
  }
  const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0)
  const listed = [...refusals].map(([rule, count]) => ({ rule, count })).sort((a, b) => b.count - a.count)
  return { rows, records, isWhole, readable: records - refused, refusals: listed }
}

/** What the sample tells about the columns: the whole table may tell more, which the import will know. */
function trialContext(layout: TableLayout, input: { options: ImportOptions; fileName: string }): RecordContext {
  const roles = resolveRoles(layout, input)
  checkRoles(roles, layout.header)
  const evidence = { commas: 0, points: 0 }
  const dates = { dayFirst: 0, monthFirst: 0 }
  const groups = new GroupSurvey(roles)
  for (const row of layout.sample) {
    weighRow(evidence, row, roles.value)
    weighDateOf(dates, row, roles.date)
    groups.add(row)
  }
  return {
    options: input.options,
    header: layout.header,
    roles,
    choice: choiceSoFar(groups, input.options),
    structureFormat: layout.structureFormat,
    decimalMark: input.options.decimalMark ?? decimalMarkOf(evidence),
    dateOrder: input.options.dateOrder ?? dateOrderOf(dates),
  }
}

async function readShownRows(
  layout: TableLayout,
  record: RecordContext,
  { reader, breathe }: CallContext<never>,
): Promise<RowPreview[]> {
  const structures = structuresHere(reader)
  const rows: RowPreview[] = []
  for (const row of layout.sample.slice(0, SHOWN)) {
    rows.push(await previewRow(row, record, structures))
    await breathe()
  }
  return rows
}

/** A choice that is still to be made refuses no row of a preview. */
function choiceSoFar(survey: GroupSurvey, options: ImportOptions): GroupChoice {
  try {
    return chooseGroups(survey.groups(), options)
  } catch (error) {
    if (error instanceof AppError && error.code === 'ERR_2006') return NO_CHOICE
    throw error
  }
}

async function previewRow(row: TableRow, context: RecordContext, structures: Structures): Promise<RowPreview> {
  const parsed = await parseRecord(row, context, structures)
  if ('problem' in parsed) {
    const { column, message } = parsed.problem
    const where = column === null ? '' : `column "${context.header[column] ?? column + 1}": `
    return { line: row.line, smiles: null, pX: null, relation: null, problem: `${where}${message}` }
  }
  const { structure, affinity } = parsed.compound
  return { line: row.line, smiles: structure.smiles, pX: affinity.pX, relation: affinity.relation, problem: null }
}
