/** How a table file is laid out: encoding, delimiter, where its header is. Told from its first blocks. */
import path from 'node:path'
import iconv from 'iconv-lite'
import { AppError } from '../../shared/errors.ts'
import type { StructureReader } from '../structure-reader.ts'
import { headerWords } from './column-names.ts'
import { createDelimitedReader, type Delimited, type Delimiter, rowsOfText } from './delimited-records.ts'
import { isBlank, type RecordReader, type TableRow } from './record-reader.ts'
import { findStructureColumns, type StructureColumn } from './structure-columns.ts'
import { checkText, type Encoding, encodingOf, type FileScan, readHead, scanFile } from './text-encoding.ts'

export interface TableLayout {
  scan: FileScan
  encoding: Encoding
  format: 'csv' | 'tsv' | 'semicolon'
  /** Line of the header, 0 where there is none and the columns are numbered. */
  headerLine: number
  header: string[]
  structures: StructureColumn[]
  /** Records of the first blocks, after the header, blank ones left out. */
  sample: TableRow[]
  reader: RecordReader
}

const HEAD_BYTES = 512 * 1024
const HEAD_ROWS = 500
const MAX_COLUMNS = 2_000
const FORMATS = { ',': 'csv', '\t': 'tsv', ';': 'semicolon' } as const

/** Throws ERR_2005, saying why, for a file that is no table of molecules. */
export async function readLayout(
  file: string,
  reader: StructureReader,
  breathe: () => Promise<void>,
): Promise<TableLayout> {
  const head = await readHead(file, HEAD_BYTES)
  checkText(head)
  const scan = await scanFile(file, breathe)
  const encoding = encodingOf(head, scan.isUtf8)
  const text = iconv.decode(wholeUnits(head, encoding), encoding, { stripBOM: true })
  const isWhole = scan.sizeBytes === head.length
  const { delimiter, rows, structures } = await chooseDelimiter(text, isWhole, reader)
  checkHasStructures(rows, structures, file)
  const header = findHeader(rows, structures[0]!)
  const names = header === null ? numbered(rows) : rows[header]!.cells.map(cell => cell.trim())
  if (names.length > MAX_COLUMNS)
    throw new AppError('ERR_2005', `expected at most ${MAX_COLUMNS} columns, got ${names.length}`)
  const format: Delimited = { encoding, delimiter }
  return {
    scan,
    encoding,
    format: FORMATS[delimiter],
    headerLine: header === null ? 0 : rows[header]!.line,
    header: names,
    structures,
    sample: rows.slice(header === null ? 0 : header + 1).filter(row => !isBlank(row)),
    reader: createDelimitedReader(file, format),
  }
}

/** A head may end inside a UTF-16 unit; half a UTF-8 character at its end only spoils the last, incomplete record. */
function wholeUnits(head: Buffer, encoding: Encoding): Buffer {
  return encoding.startsWith('utf-16') ? head.subarray(0, head.length - (head.length % 2)) : head
}

interface Candidate {
  delimiter: Delimiter
  rows: TableRow[]
  structures: StructureColumn[]
  score: number
}

/** The delimiter under which most rows have the same number of cells, one column of them structures. */
async function chooseDelimiter(text: string, isWhole: boolean, reader: StructureReader): Promise<Candidate> {
  const candidates: Candidate[] = []
  for (const delimiter of [',', ';', '\t'] as const) {
    const rows = await headRows(text, delimiter, isWhole)
    const structures = await findStructureColumns(rows, reader)
    const { width, share } = commonWidth(rows)
    // Structures decide; then regular rows; then more columns.
    const score = (structures.length > 0 ? 1_000 : 0) + (width > 1 ? 100 * share : 0) + Math.min(width, 50) / 10
    candidates.push({ delimiter, rows, structures, score })
  }
  return candidates.reduce((best, next) => (next.score > best.score ? next : best))
}

/** Rows of the head; the last one may be cut off and is left out unless the head is the whole file. */
async function headRows(text: string, delimiter: Delimiter, isWhole: boolean): Promise<TableRow[]> {
  const rows: TableRow[] = []
  try {
    for await (const row of rowsOfText(text, delimiter)) {
      rows.push(row)
      if (rows.length > HEAD_ROWS) return rows.slice(0, HEAD_ROWS)
    }
  } catch (error) {
    // The cut may have gone through a quoted cell; a file that is broken itself fails again when it is read whole.
    if (!(error instanceof AppError) || rows.length === 0) return rows
  }
  return isWhole ? rows : rows.slice(0, -1)
}

function commonWidth(rows: readonly TableRow[]): { width: number; share: number } {
  const counts = new Map<number, number>()
  const filled = rows.filter(row => !isBlank(row))
  for (const { cells } of filled) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  const [width, count] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])
  return { width, share: filled.length === 0 ? 0 : count / filled.length }
}

function checkHasStructures(rows: readonly TableRow[], structures: readonly StructureColumn[], file: string): void {
  if (structures.length > 0) return
  const filled = rows.filter(row => !isBlank(row))
  if (filled.length === 0) throw new AppError('ERR_2005', 'the file has no records')
  const names = filled[0]!.cells.map(cell => cell.trim())
  if (filled.length === 1 && headerWords(names) > 0) {
    throw new AppError('ERR_2005', `the file has a header (${shortList(names)}) and no records below it`)
  }
  const hint =
    path.extname(file) === '.sdf' ? 'SD files are not read yet' : 'a column with a structure in each record is needed'
  throw new AppError('ERR_2005', `no column holds SMILES among ${shortList(names)}: ${hint}`)
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(name => `"${name.slice(0, 40)}"`)
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '')
}

/**
 * The position of the header: the first row above the first structure with names that headers have, else the last filled
 * row above it; `null` where the first row is a record already.
 */
function findHeader(rows: readonly TableRow[], structure: StructureColumn): number | null {
  const above = [...rows.keys()].slice(0, structure.firstRow).filter(i => !isBlank(rows[i]!))
  const named = above.find(
    i => (rows[i]!.cells[structure.column] ?? '').trim() !== '' && headerWords(rows[i]!.cells) > 0,
  )
  return named ?? above.at(-1) ?? null
}

function numbered(rows: readonly TableRow[]): string[] {
  const width = Math.max(...rows.map(row => row.cells.length))
  return Array.from({ length: width }, (_, i) => `column ${i + 1}`)
}
