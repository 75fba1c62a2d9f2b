/** What every kind of table file is read into. One reader a format. */
import type { StructureFormat } from '../structure-reader.ts'

export interface TableRow {
  /** 1-based line of the file (row of the sheet) on which the record begins. */
  line: number
  cells: string[]
  /** Columns whose cells the file holds as numbers: their decimal mark is a point, whatever the column's texts use. */
  numbers?: ReadonlySet<number>
  /** 1-based number of the record, where records are longer than a line. */
  record?: number
  /** Why the record cannot be read; its cells are then of no use. */
  problem?: { rule: string; message: string }
}

export interface RecordReader {
  /** From the beginning, every time. Blank lines are rows of blank cells. Throws ERR_2005 where the file breaks off. */
  rows(): AsyncIterable<TableRow>
}

export type TableFormat = 'csv' | 'tsv' | 'semicolon' | 'sdf' | 'smi' | 'xlsx'

/** What a table is, whichever file it comes from. */
export interface TableLayout {
  scan: { sizeBytes: number; sha256: string }
  encoding: string
  format: TableFormat
  structureFormat: StructureFormat
  /** Line of the header, 0 where there is none and the columns are numbered or named by the format. */
  headerLine: number
  header: string[]
  structures: StructureColumn[]
  /** Records of the first blocks, after the header, blank ones left out. */
  sample: TableRow[]
  reader: RecordReader
  /** Sheets of a workbook, and the one that is read. */
  sheets?: string[]
  sheet?: string
  /** Tables of an archive, and the one that is read. */
  members?: { name: string; sizeBytes: number }[]
  member?: string
}

export interface StructureColumn {
  column: number
  /** Position in the rows of the first cell that reads. */
  firstRow: number
}

export function isBlank(row: TableRow): boolean {
  return row.cells.every(cell => cell.trim() === '')
}
