/** A first look at a table: what it is, what its columns seem to be, and what its first records become. */
import type { RowPreview } from '../../shared/contract/datasets.ts'
import type { CallHandler } from '../call.ts'
import { checkRoles } from './check-roles.ts'
import { proposeRoles } from './column-roles.ts'
import { decimalMarkOf, weighCell } from './decimal-mark.ts'
import { parseRecord, type RecordContext } from './record-parser.ts'
import type { TableRow } from './record-reader.ts'
import { readLayout } from './table-layout.ts'

const SHOWN = 50
const MAX_CELL = 500

export const previewTable: CallHandler<'previewTable'> = async (input, context) => {
  const layout = await readLayout(input.file, context.reader, context.breathe)
  const { roles, reasons, unit, endpoint } = proposeRoles(layout, input.fileName)
  return {
    fileName: input.fileName,
    sizeBytes: layout.scan.sizeBytes,
    format: layout.format,
    encoding: layout.encoding,
    headerLine: layout.headerLine,
    columns: layout.header.map(name => name.slice(0, MAX_CELL)),
    rows: layout.sample
      .slice(0, SHOWN)
      .map(row => ({ line: row.line, cells: row.cells.map(cell => cell.slice(0, MAX_CELL)) })),
    proposal: roles,
    reasons,
    unit,
    endpoint,
  }
}

export const previewRows: CallHandler<'previewRows'> = async (input, context) => {
  const layout = await readLayout(input.file, context.reader, context.breathe)
  checkRoles(input.options.roles, layout.header)
  const evidence = { commas: 0, points: 0 }
  for (const row of layout.sample) weighCell(evidence, row.cells[input.options.roles.value] ?? '')
  const record = {
    options: input.options,
    header: layout.header,
    decimalMark: decimalMarkOf(evidence),
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
