import { REFUSALS, type Refusal } from '../chem/structure-rules.ts'
import { MAX_TEXT_ATOMS } from './smiles-text.ts'

export interface MolblockText {
  readonly molblock: string
  /** Enhanced stereo groups (racemic, relative) follow, which SMILES cannot say. */
  readonly droppedExtension: boolean
}

/** Which line says how many atoms there are, and of which version it is. */
const COUNTS_LINE = 3

/**
 * A molblock (BIOVIA CTfile formats, V2000 and V3000) that may be handed to the toolkit: of a size that it bears, and with its
 * end, by which the toolkit tells a molblock from SMILES.
 */
export function parseMolblockText(text: string): MolblockText | { refusal: Refusal } {
  const refuse = (rule: Refusal['rule'], message: string) => ({ refusal: { rule, message } })
  if (text.trim() === '') return refuse(REFUSALS.empty, 'expected a molblock, got nothing')
  const lines = text.split('\n')
  const counts = lines[COUNTS_LINE] ?? ''
  if (!lines.some(line => line.startsWith('M  END'))) return refuse(REFUSALS.unparsable, 'expected "M  END" at the end')
  const isV3000 = counts.includes('V3000')
  const atoms = isV3000 ? countV3000(lines) : Number(/^[ \d]{3}/.exec(counts)?.[0].trim() || Number.NaN)
  if (!Number.isInteger(atoms)) {
    const quoted = JSON.stringify(counts.slice(0, 40))
    return refuse(REFUSALS.unparsable, `expected the number of atoms in line ${COUNTS_LINE + 1}, got ${quoted}`)
  }
  if (atoms === 0) return refuse(REFUSALS.empty, 'expected a structure, got one of no atoms')
  if (atoms > MAX_TEXT_ATOMS) {
    return refuse(REFUSALS.tooLarge, `expected at most ${MAX_TEXT_ATOMS} atoms, got ${atoms}`)
  }
  const droppedExtension = isV3000 && lines.some(line => /^M {2}V30 MDLV30\/STE(RAC|REL)/.test(line))
  return { molblock: text, droppedExtension }
}

/** The largest of its counts: whichever the toolkit goes by, it is bearable. */
function countV3000(lines: readonly string[]): number {
  const counts = lines.map(line => /^M {2}V30 COUNTS\s+(\d+)/.exec(line)?.[1]).filter(count => count !== undefined)
  return counts.length === 0 ? Number.NaN : Math.max(...counts.map(Number))
}
