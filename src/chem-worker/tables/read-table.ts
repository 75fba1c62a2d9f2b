/** The records of a table with their structures as written, for predictions: nothing but the structure column is needed. */
import { AppError } from '../../shared/errors.ts'
import type { CallHandler } from '../call.ts'
import { proposeRoles } from './column-roles.ts'
import { readLayout } from './table-layout.ts'
import { readRecords } from './table-records.ts'

export const readTable: CallHandler<'readTable'> = async (input, context) => {
  const layout = await readLayout(input.file, context.reader, context.breathe)
  const smilesColumn = input.smilesColumn ?? proposeRoles(layout, input.fileName).roles.smiles
  if (smilesColumn === null || smilesColumn >= layout.header.length) {
    throw new AppError(
      'ERR_2002',
      `there is no column ${(smilesColumn ?? 0) + 1}: the table has ${layout.header.length}`,
    )
  }
  let records = 0
  for await (const part of readRecords(layout, { smiles: smilesColumn, value: null })) {
    if (!('record' in part)) continue
    const { line, cells } = part.record
    records++
    await context.emit({ line, smiles: (cells[smilesColumn] ?? '').trim(), cells })
    context.progress(records, null)
  }
  return { header: layout.header, smilesColumn, records }
}
