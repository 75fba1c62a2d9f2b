/** A first look at a table: what it is, what its columns seem to be, and what its first records become. */
import type { RowPreview, TablePreview } from '../../shared/contract/datasets.ts'
import type { CallContext, CallHandler } from '../call.ts'
import { checkRoles } from './check-roles.ts'
import { proposeRoles } from './column-roles.ts'
import { decimalMarkOf, weighRow } from './decimal-mark.ts'
import { openTable } from './open-table.ts'
import { parseRecord, type RecordContext } from './record-parser.ts'
import type { TableLayout, TableRow } from './record-reader.ts'

const SHOWN = 50
const MAX_CELL = 500

export const previewTable: CallHandler<'previewTable'> = async (input, context) => {
  const layout = await openTable(input, context)
  const { roles, reasons, unit, endpoint } = proposeRoles(layout, input.fileName)
  return {
    fileName: input.fileName,
    sizeBytes: layout.scan.sizeBytes,
    format: layout.format,
    encoding: layout.encoding,
    headerLine: layout.headerLine,
    columns: layout.header.map(name => name.slice(0, MAX_CELL)),
    rows: await shownRows(layout, context),
    proposal: roles,
    reasons,
    unit,
    endpoint,
    ...(layout.members === undefined ? {} : { members: layout.members }),
    ...(layout.member === undefined ? {} : { member: layout.member }),
    ...(layout.sheets === undefined ? {} : { sheets: layout.sheets }),
    ...(layout.sheet === undefined ? {} : { sheet: layout.sheet }),
  }
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
  checkRoles(input.options.roles, layout.header)
  const evidence = { commas: 0, points: 0 }
  for (const row of layout.sample) weighRow(evidence, row, input.options.roles.value)
  const record = {
    options: input.options,
    header: layout.header,
    structureFormat: layout.structureFormat,
    decimalMark: input.options.decimalMark ?? decimalMarkOf(evidence),
    reader: context.reader,
  }
  const rows: RowPreview[] = []
  for (const row of layout.sample.slice(0, SHOWN)) {
    rows.push(await previewRow(row, record))
    await context.breathe()
  }
  return rows
}

async function previewRow(row: TableRow, context: RecordContext): Promise<RowPreview> {
  const parsed = await parseRecord(row, context)
  if ('problem' in parsed) {
    const { column, message } = parsed.problem
    const where = column === null ? '' : `column "${context.header[column] ?? column + 1}": `
    return { line: row.line, smiles: null, pX: null, relation: null, problem: `${where}${message}` }
  }
  const { structure, affinity } = parsed.compound
  return { line: row.line, smiles: structure.smiles, pX: affinity.pX, relation: affinity.relation, problem: null }
}
