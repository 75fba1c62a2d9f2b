/** What was pasted, as a file that the application reads like any other. Pure but for the check of one structure. */

/** Lines that say something. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** Words of a line: what stands between blanks, tabs, commas and semicolons. */
function wordsOf(line: string): string[] {
  return line.split(/[\s,;]+/).filter(word => word !== '')
}

export type IsStructure = (smiles: string) => Promise<boolean>

const LOOKED_AT = 5

/**
 * A table `smiles,name` of pasted lines. Names may stand before or behind the structures: the first lines with two words decide, by
 * which of their words can be read.
 */
export async function tableOfLines(lines: readonly string[], isStructure: IsStructure): Promise<string> {
  const nameFirst = await standsNameFirst(lines, isStructure)
  const rows = lines.map(line => {
    const [first = '', ...rest] = wordsOf(line)
    return nameFirst && rest.length > 0
      ? [rest.at(-1)!, [first, ...rest.slice(0, -1)].join(' ')]
      : [first, rest.join(' ')]
  })
  return `${['smiles,name', ...rows.map(cells => cells.map(quoted).join(','))].join('\n')}\n`
}

async function standsNameFirst(lines: readonly string[], isStructure: IsStructure): Promise<boolean> {
  for (const line of lines.filter(each => wordsOf(each).length > 1).slice(0, LOOKED_AT)) {
    const words = wordsOf(line)
    const [first, last] = await Promise.all([isStructure(words[0]!), isStructure(words.at(-1)!)])
    if (first !== last) return last
  }
  return false
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
