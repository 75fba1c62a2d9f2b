/** The records of a table with their structures as written, for predictions: nothing but the structure column is needed. */
import { AppError } from '../../shared/errors.ts'
import type { TableRecord } from '../../shared/table-protocol.ts'
import type { CallContext, CallHandler } from '../call.ts'
import { checkMemberChosen } from './archives/choose-member.ts'
import { proposeRoles } from './column-roles.ts'
import { estimateRecords } from './estimate-records.ts'
import { openTable } from './open-table.ts'
import type { TableLayout, TableRow } from './record-reader.ts'
import { readRecords } from './table-records.ts'

export const readTable: CallHandler<'readTable'> = async (input, context) => {
  const layout = await openTable(input, context)
  const smilesColumn = input.smilesColumn ?? proposeRoles(layout, input.fileName).roles.smiles
  if (smilesColumn === null || smilesColumn >= layout.header.length) {
    throw new AppError(
      'ERR_2002',
      `there is no column ${(smilesColumn ?? 0) + 1}: the table has ${layout.header.length}`,
    )
  }
  checkMemberChosen(layout, input.member)
  const afterLine = input.afterLine ?? 0
  const total = await estimateRecords(input.file, layout, context)
  let records = 0
  for await (const part of readRecords(layout, { smiles: smilesColumn, value: null })) {
    if (!('record' in part)) continue
    records++
    context.progress(records, total)
    if (part.record.line > afterLine) {
      await context.emit(await toRecord(part.record, smilesColumn, layout, context))
    } else await context.breathe()
  }
  return { header: layout.header, smilesColumn, records }
}

/** A molblock gives way to its SMILES: that is what is predicted from and what a table of results can show. */
async function toRecord(
  row: TableRow,
  column: number,
  layout: TableLayout,
  { reader }: CallContext<TableRecord>,
): Promise<TableRecord> {
  const { line, cells, problem } = row
  const written = cells[column] ?? ''
  if (layout.structureFormat === 'smiles') return { line, smiles: written.trim(), cells }
  const outcome = problem === undefined ? await reader.smilesOf(written) : { refusal: problem }
  const smiles = 'value' in outcome ? outcome.value : ''
  const shown = layout.header.map((_, i) => (i === column ? smiles : (cells[i] ?? '')))
  return { line, smiles, cells: shown, ...('value' in outcome ? {} : { problem: outcome.refusal }) }
}
