/** Which columns hold structures, told from their cells: text that could be SMILES and that the toolkit can read. */
import type { StructureReader } from '../structure-reader.ts'
import type { StructureColumn, TableRow } from './record-reader.ts'

const SMILES_CHARACTERS = /^[A-Za-z0-9@+\-[\]()=#$:/\\.%*~]+$/
/** Cells of a column that the toolkit is asked about. */
const ASKED = 20
/** Cells of the column that must read, as a share of those that are filled. */
const NEEDED = 0.5
/** Below this many atoms on average it is a column of short words that happen to read (`no`, `CO`). */
const NEEDED_ATOMS = 3

/** Whether text could be SMILES, without asking the toolkit. `CHEMBL25`, `120` and `n.d.` could not. */
export function looksLikeSmiles(cell: string): boolean {
  const text = cell.trim()
  if (!SMILES_CHARACTERS.test(text) || /^[\d.+-]+$/.test(text)) return false
  const outside = text.replaceAll(/\[[^\]]*\]/g, '')
  if (/[^A-Za-z]|^$/.test(outside.replaceAll(/[\d@+\-()=#$:/\\.%*~]/g, ''))) return outside === ''
  return /^(?:Cl|Br|[BCNOPSFI]|[bcnops])*$/.test(outside.replaceAll(/[^A-Za-z]/g, ''))
}

/** In the order of the columns. */
export async function findStructureColumns(
  rows: readonly TableRow[],
  reader: StructureReader,
): Promise<StructureColumn[]> {
  const width = Math.max(0, ...rows.map(row => row.cells.length))
  const found: StructureColumn[] = []
  for (let column = 0; column < width; column++) {
    const firstRow = await firstStructure(rows, column, reader)
    if (firstRow !== null) found.push({ column, firstRow })
  }
  return found
}

async function firstStructure(
  rows: readonly TableRow[],
  column: number,
  reader: StructureReader,
): Promise<number | null> {
  const filled = [...rows.keys()].filter(i => (rows[i]!.cells[column] ?? '').trim() !== '')
  const possible = filled.filter(i => looksLikeSmiles(rows[i]!.cells[column]!))
  if (possible.length === 0 || possible.length < NEEDED * (filled.length - aboveRecords(filled.length))) return null
  let readable = 0
  let atoms = 0
  let first: number | null = null
  const asked = possible.slice(0, ASKED)
  for (const i of asked) {
    const outcome = await reader.readWhole(rows[i]!.cells[column]!, mol => mol.get_num_atoms())
    if (!('value' in outcome)) continue
    readable++
    atoms += outcome.value
    first ??= i
  }
  return readable >= NEEDED * asked.length && atoms >= NEEDED_ATOMS * readable ? first : null
}

/** How many filled cells of a column may belong to titles and the header; in a short table a wrong guess weighs more. */
function aboveRecords(filled: number): number {
  return Math.min(3, Math.floor(filled / 4))
}
