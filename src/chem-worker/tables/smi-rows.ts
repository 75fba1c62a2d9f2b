/** SMILES files: a structure, then its name after a blank; or several columns between blanks, where every line has as many. */
import type { TableRow } from './record-reader.ts'

export function isSmilesFileName(fileName: string): boolean {
  return /\.(smi|smiles|ism|can)$/i.test(fileName)
}

/** How many columns the lines have; 2 where what follows the structure is a name of any number of words. */
export function smilesColumns(lines: readonly string[]): number {
  const counts = lines.filter(line => line.trim() !== '').map(line => words(line).length)
  const [first = 1] = counts
  return first > 2 && counts.every(count => count === first) ? first : Math.max(...counts, 1) > 1 ? 2 : 1
}

export async function* smilesRows(lines: AsyncIterable<string | null>, columns: number): AsyncGenerator<TableRow> {
  let line = 0
  for await (const text of lines) {
    line++
    if (text === null) {
      const problem = { rule: 'record.tooLong', message: 'the line is too long' }
      yield { line, cells: ['…'], problem }
    } else yield { line, cells: cellsOf(text, columns) }
  }
}

function cellsOf(text: string, columns: number): string[] {
  if (columns > 2) return words(text)
  const match = STRUCTURE.exec(text)
  return [match?.[1] ?? '', (match?.[2] ?? '').trim()].slice(0, columns)
}

/** A CXSMILES extension between bars belongs to the structure, blanks and all. */
const STRUCTURE = /^\s*(\S+(?:[ \t]+\|[^|]*\|)?)(.*)$/s

function words(text: string): string[] {
  const match = STRUCTURE.exec(text)
  if (match === null) return []
  const rest = (match[2] ?? '').trim()
  return [match[1]!, ...(rest === '' ? [] : rest.split(/[ \t]+/))]
}
