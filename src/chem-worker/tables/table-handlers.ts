import type { TableCalls } from '../../shared/table-protocol.ts'
import type { CallHandlers } from '../call.ts'
import { checkImport } from './check-import.ts'
import { importTable } from './import-table.ts'
import { previewRows, previewTable, tryOptions } from './preview-table.ts'
import { readTable } from './read-table.ts'

export const tableHandlers: CallHandlers<keyof TableCalls> = {
  previewTable,
  previewRows,
  tryOptions,
  checkImport,
  importTable,
  readTable,
}
