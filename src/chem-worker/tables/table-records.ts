/** The rows below a header, told apart: records, blank lines, and the totals that stand below a table. */
import { isBlank, type TableLayout, type TableRow } from './record-reader.ts'
import { looksLikeSmiles } from './structure-columns.ts'

export type TablePart = { record: TableRow } | { ignored: IgnoredLines }

/** Lines that are no records. */
export interface IgnoredLines {
  line: number
  rule: 'record.preamble' | 'record.blank' | 'record.footer'
  raw: string | null
  message: string
}

export interface RecordColumns {
  smiles: number
  value: number | null
}

const FOOTER_WORD =
  /^(grand )?(total|sum|summe|gesamt|gesamtsumme|mean|average|avg|mittelwert|median|count|anzahl|n|std|stdev|sd|min|max|minimum|maximum|end of (file|report|table)|ende)\b[:\s]*$/i
/** A tail longer than this is no footer: its rows are records, whatever they look like. */
const MAX_TAIL = 50

/** Records that are longer than a line stand by themselves: no titles, blank lines or totals are among them. */
export async function* readRecords(layout: TableLayout, columns: RecordColumns): AsyncGenerator<TablePart> {
  let blank: { first: number; last: number } | null = null
  /** What may be the footer, as long as no record follows. */
  let tail: TableRow[] = []

  for await (const row of layout.reader.rows()) {
    if (row.record !== undefined) {
      yield { record: row }
      continue
    }
    if (row.line === layout.headerLine) continue
    if (isBlank(row)) {
      if (blank === null) blank = { first: row.line, last: row.line }
      else blank.last = row.line
      continue
    }
    const isAbove = row.line < layout.headerLine
    const afterBlank = blank !== null || tail.length > 0
    if (blank !== null) {
      yield { ignored: blankLines(blank) }
      blank = null
    }
    if (isAbove) yield { ignored: ignoredRow(row, 'record.preamble') }
    else if (tail.length < MAX_TAIL && mayBeFooter(row, columns, afterBlank)) tail.push(row)
    else {
      for (const record of tail) yield { record }
      tail = []
      yield { record: row }
    }
  }
  for (const row of tail) yield { ignored: ignoredRow(row, 'record.footer') }
  if (blank !== null) yield { ignored: blankLines(blank) }
}

/** Named as a total, or set apart by a blank line and without a structure and a value. */
function mayBeFooter(row: TableRow, columns: RecordColumns, afterBlank: boolean): boolean {
  if (looksLikeSmiles(row.cells[columns.smiles] ?? '')) return false
  const first = row.cells.find(cell => cell.trim() !== '') ?? ''
  if (FOOTER_WORD.test(first.trim())) return true
  const hasValue = columns.value !== null && (row.cells[columns.value] ?? '').trim() !== ''
  return afterBlank && !hasValue
}

function ignoredRow(row: TableRow, rule: 'record.preamble' | 'record.footer'): IgnoredLines {
  const where = rule === 'record.preamble' ? 'above the header' : 'below the table'
  return { line: row.line, rule, raw: row.cells.join(' ').trim(), message: `a line ${where}, not a compound` }
}

function blankLines({ first, last }: { first: number; last: number }): IgnoredLines {
  const message = first === last ? 'a blank line' : `blank lines to line ${last}`
  return { line: first, rule: 'record.blank', raw: null, message }
}
