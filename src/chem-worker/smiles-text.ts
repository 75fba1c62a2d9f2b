import { REFUSALS, type Refusal } from '../chem/structure-rules.ts'
import { CHEM_LIMITS } from '../shared/chem-protocol.ts'

/**
 * More atoms than this, counter-ions included, exhaust the stack of the WebAssembly toolkit (seen at 1,000; 500 pass), so they
 * are counted before it sees them.
 */
export const MAX_TEXT_ATOMS = 400

export interface SmilesText {
  readonly smiles: string
  /** A CXSMILES extension followed and was left out. */
  readonly droppedExtension: boolean
}

/**
 * The SMILES in a cell: trimmed, and without a CXSMILES extension after a blank.
 */
export function parseSmilesText(text: string): SmilesText | { refusal: Refusal } {
  if (text.length > CHEM_LIMITS.smilesCharacters) {
    const message = `expected at most ${CHEM_LIMITS.smilesCharacters} characters, got ${text.length}`
    return { refusal: { rule: REFUSALS.tooLong, message } }
  }
  const trimmed = text.trim()
  if (trimmed === '') return { refusal: { rule: REFUSALS.empty, message: 'expected a SMILES, got nothing' } }
  const [smiles = '', ...rest] = trimmed.split(/[ \t]+/)
  if (rest.length > 0 && !rest[0]!.startsWith('|')) {
    return { refusal: { rule: REFUSALS.notSmiles, message: 'expected one SMILES, got several words' } }
  }
  const foreign = /[^\w.\-=#$:/\\@+[\]()%*~&<>]/u.exec(smiles)
  if (foreign) {
    const message = `character ${foreign.index + 1}, ${JSON.stringify(foreign[0])}, does not occur in SMILES`
    return { refusal: { rule: REFUSALS.notSmiles, message } }
  }
  const atoms = countTextAtoms(smiles)
  if (atoms > MAX_TEXT_ATOMS) {
    return { refusal: { rule: REFUSALS.tooLarge, message: `expected at most ${MAX_TEXT_ATOMS} atoms, got ${atoms}` } }
  }
  return { smiles, droppedExtension: rest.length > 0 }
}

/** Marks of stereo, and hydrogens that are atoms: `[H]`, `[2H]`, `[#1]`. Other brackets match too where telling them apart is not worth it. */
const STEREO_OR_HYDROGEN = /[@/\\]|\[\d*[H#]/

/** Whether a SMILES surely names no stereo label and no hydrogen atom: perceiving either would find nothing. */
export function isPlainSmiles(smiles: string): boolean {
  return !STEREO_OR_HYDROGEN.test(smiles)
}

/** Atoms as SMILES writes them: one a bracket, one an element symbol outside brackets. */
function countTextAtoms(smiles: string): number {
  return smiles.match(/\[[^\]]*\]|Br|Cl|[A-Z*]|[bcnops]/g)?.length ?? 0
}
