/** Tables as text: delimited ones and SMILES files, told from their first blocks. */
import { AppError } from '../../shared/errors.ts'
import { createDelimitedReader, type Delimiter, rowsOfText } from './delimited-records.ts'
import { HEAD_ROWS, type LayoutContext, layoutOfRows } from './line-layout.ts'
import { isBlank, type StructureColumn, type TableLayout, type TableRow } from './record-reader.ts'
import { isSmilesFileName, smilesColumns, smilesRows } from './smi-rows.ts'
import { findStructureColumns } from './structure-columns.ts'
import type { Encoding, FileScan } from './text-encoding.ts'
import { textLines } from './text-lines.ts'

const FORMATS = { ',': 'csv', '\t': 'tsv', ';': 'semicolon' } as const

export interface TextHead {
  file: string
  fileName: string
  scan: FileScan
  encoding: Encoding
  /** The first blocks, decoded. */
  text: string
  /** They are all there is. */
  isWhole: boolean
}

export async function readTextLayout(head: TextHead, context: LayoutContext): Promise<TableLayout> {
  const smiles = isSmilesFileName(head.fileName) ? await readSmilesLayout(head, context) : null
  return smiles ?? readDelimitedLayout(head, context)
}

async function readDelimitedLayout(
  { file, scan, encoding, text, isWhole }: TextHead,
  context: LayoutContext,
): Promise<TableLayout> {
  const { delimiter, rows, structures } = await chooseDelimiter(text, isWhole, context)
  return {
    scan,
    encoding,
    format: FORMATS[delimiter],
    ...layoutOfRows(rows, structures),
    reader: createDelimitedReader(file, { encoding, delimiter }),
  }
}

/** `null` where the file has tabs or commas with structures among them: then it is a delimited table under another name. */
async function readSmilesLayout(
  { file, scan, encoding, text, isWhole }: TextHead,
  context: LayoutContext,
): Promise<TableLayout | null> {
  const whole = text.split(/\r\n?|\n/)
  const lines = (isWhole ? whole : whole.slice(0, -1)).slice(0, HEAD_ROWS)
  const columns = smilesColumns(lines)
  const rows: TableRow[] = []
  for await (const row of smilesRows(each(lines), columns)) rows.push(row)
  const structures = await findStructureColumns(rows, context.reader)
  if (structures[0]?.column !== 0 || lines.some(line => line.includes('\t\t'))) return null
  return {
    scan,
    encoding,
    format: 'smi',
    ...layoutOfSmiles(rows, structures, columns),
    reader: { rows: () => smilesRows(textLines(file, encoding), columns) },
  }
}

/** Without a header the columns have the names that the format gives them. */
function layoutOfSmiles(rows: TableRow[], structures: StructureColumn[], columns: number) {
  const layout = layoutOfRows(rows, structures)
  if (layout.headerLine > 0) return layout
  const names = ['smiles', 'name'].slice(0, columns)
  return { ...layout, header: [...names, ...layout.header.slice(names.length)] }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

interface Candidate {
  delimiter: Delimiter
  rows: TableRow[]
  structures: StructureColumn[]
  score: number
}

/** The delimiter under which most rows have the same number of cells, one column of them structures. */
async function chooseDelimiter(text: string, isWhole: boolean, context: LayoutContext): Promise<Candidate> {
  const candidates: Candidate[] = []
  for (const delimiter of [',', ';', '\t'] as const) {
    const rows = await headRows(text, delimiter, isWhole)
    const structures = await findStructureColumns(rows, context.reader)
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
