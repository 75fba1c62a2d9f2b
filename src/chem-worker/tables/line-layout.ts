/** Where the header of a table of lines is, and what its columns are called. */
import { AppError } from '../../shared/errors.ts'
import type { StructureReader } from '../structure-reader.ts'
import { headerWords } from './column-names.ts'
import { isBlank, type StructureColumn, type TableLayout, type TableRow } from './record-reader.ts'

export interface LayoutContext {
  reader: StructureReader
  breathe: () => Promise<void>
}

/** Rows of the beginning of a file that are looked at. */
export const HEAD_ROWS = 500
export const MAX_COLUMNS = 2_000

/** Throws ERR_2005, saying why, for rows that are no table of molecules. */
export function layoutOfRows(
  rows: readonly TableRow[],
  structures: StructureColumn[],
): Pick<TableLayout, 'headerLine' | 'header' | 'structures' | 'sample' | 'structureFormat'> {
  checkHasStructures(rows, structures)
  const header = findHeader(rows, structures[0]!)
  const names = header === null ? numbered(rows) : rows[header]!.cells.map(cell => cell.trim())
  if (names.length > MAX_COLUMNS)
    throw new AppError('ERR_2005', `expected at most ${MAX_COLUMNS} columns, got ${names.length}`)
  return {
    headerLine: header === null ? 0 : rows[header]!.line,
    header: names,
    structures,
    structureFormat: 'smiles',
    sample: rows.slice(header === null ? 0 : header + 1).filter(row => !isBlank(row)),
  }
}

function checkHasStructures(rows: readonly TableRow[], structures: readonly StructureColumn[]): void {
  if (structures.length > 0) return
  const filled = rows.filter(row => !isBlank(row))
  if (filled.length === 0) throw new AppError('ERR_2005', 'the file has no records')
  const names = filled[0]!.cells.map(cell => cell.trim())
  if (filled.length === 1 && headerWords(names) > 0) {
    throw new AppError('ERR_2005', `the file has a header (${shortList(names)}) and no records below it`)
  }
  throw new AppError(
    'ERR_2005',
    `no column holds SMILES among ${shortList(names)}: a column with a structure in each record is needed`,
  )
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
