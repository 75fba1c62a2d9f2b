/** What every kind of table file is read into. One reader a format: delimited text now, workbooks and SD files later. */
export interface TableRow {
  /** 1-based line of the file on which the record begins. */
  line: number
  cells: string[]
}

export interface RecordReader {
  /** From the beginning, every time. Blank lines are rows of blank cells. Throws ERR_2005 where the file breaks off. */
  rows(): AsyncIterable<TableRow>
}

export function isBlank(row: TableRow): boolean {
  return row.cells.every(cell => cell.trim() === '')
}
