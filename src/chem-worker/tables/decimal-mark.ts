/** Whether a column writes decimal commas, told from all its cells together. */
import type { DecimalMark } from '../../shared/affinity-number.ts'
import type { TableRow } from './record-reader.ts'

/** A comma that cannot separate thousands: another number of digits than three behind it, or nothing but 0 before it. */
const COMMA = /^[^\d,.]*(?:\d+,(?:\d{1,2}|\d{4,})|0+,\d+|\d{4,},\d{3})(?:\D|$)/
const POINT = /^[^\d,.]*(?:\d+\.(?:\d{1,2}|\d{4,})|0*\.\d+|\d{4,}\.\d{3})(?:\D|$)/
/** Both marks in one number: the later one is the decimal mark. */
const GROUPED_POINT = /\d,\d{3}\.\d/
const GROUPED_COMMA = /\d\.\d{3},\d/

export interface DecimalEvidence {
  commas: number
  points: number
}

export function weighCell(evidence: DecimalEvidence, cell: string): void {
  // A number is short; a long cell is something else.
  const text = cell.slice(0, 64).trim()
  if (GROUPED_COMMA.test(text) || COMMA.test(text)) evidence.commas++
  else if (GROUPED_POINT.test(text) || POINT.test(text)) evidence.points++
}

/** A cell that its file holds as a number says nothing about how the texts of its column are written. */
export function weighRow(evidence: DecimalEvidence, row: TableRow, column: number | null): void {
  if (column !== null && !row.numbers?.has(column)) weighCell(evidence, row.cells[column] ?? '')
}

/** `null` where nothing tells, or where both are used: then only cells that can be read in one way are taken. */
export function decimalMarkOf({ commas, points }: DecimalEvidence): DecimalMark {
  if (commas > 0 && points === 0) return ','
  if (points > 0 && commas === 0) return '.'
  return null
}
