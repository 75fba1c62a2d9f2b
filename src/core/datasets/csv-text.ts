/**
 * CSV as we write it: RFC 4180 quoting, CRLF, UTF-8 with a byte order mark so that Excel reads it as what it is.
 *
 * A cell that begins like a formula would run when a spreadsheet opens the file (CWE-1236). Text cells that begin with
 * `=`, `+`, `-`, `@`, a tab or a carriage return get an apostrophe in front; numbers are written by us and stay numbers.
 */
export type CsvCell = string | number | null

export const CSV_MARK = '\ufeff'

export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

export function csvCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const safe = isFormulaLike(cell) ? `'${cell}` : cell
  return /[",\r\n;\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Cells of a file of the user's, given back exactly as they were: what they do elsewhere, they did in that file. */
export function exactCsvLine(cells: readonly string[]): string {
  const quoted = cells.map(cell =>
    /[",\r\n;\t]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell,
  )
  return `${quoted.join(',')}\r\n`
}

/** A plain number such as `-8.2` computes nothing and may stay as it is. */
function isFormulaLike(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
}
