import { readFile } from 'node:fs/promises'
import { CHEM_LIMITS } from '../../shared/chem-protocol.ts'
import { AppError } from '../../shared/errors.ts'
import { PATTERN_BYTES } from '../../shared/similarity-protocol.ts'
import type { CallHandler } from '../call.ts'
import { checkCount } from '../each-structure.ts'
import type { Toolkit } from '../toolkit.ts'

export const patterns: CallHandler<'patterns'> = async ({ smiles }, context) => {
  checkCount(smiles.length, CHEM_LIMITS.itemsPerCall)
  // What cannot be read is not left out here, but refused by the search itself.
  const found = new Uint8Array(smiles.length * PATTERN_BYTES).fill(0xff)
  for (const [row, text] of smiles.entries()) {
    const outcome = await context.reader.readWhole(text, mol => mol.get_pattern_fp_as_uint8array())
    if ('value' in outcome) found.set(outcome.value, row * PATTERN_BYTES)
    await context.breathe()
  }
  return found
}

export const screenPatterns: CallHandler<'screenPatterns'> = async ({ file, pattern }, context) => {
  const { toolkit } = context.reader
  const smarts = smartsOf(toolkit, pattern)
  const wanted = toolkit.withQuery(smarts, query => {
    if (!query) throw new AppError('ERR_2003', `The pattern cannot be read: ${toolkit.takeLog().split('\n')[0]}`)
    return words(query.get_pattern_fp_as_uint8array().slice())
  })
  const bits = words(await readPatterns(file))
  const rows: number[] = []
  for (let at = 0; at < bits.length; at += wanted.length) {
    let missing = 0
    for (let k = 0; k < wanted.length; k++) missing |= wanted[k]! & ~bits[at + k]!
    if (missing === 0) rows.push(at / wanted.length)
  }
  return { rows: Int32Array.from(rows), smarts }
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

async function readPatterns(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new AppError('ERR_3004', `no pattern file ${file}`, { cause: error })
  }
}

const PLAIN_SMILES = JSON.stringify({ doIsomericSmiles: false })
/** Brackets that mean the same in SMILES and SMARTS hold a charge and nothing else. */
const ONLY_PLAIN_BRACKETS = /^([^[\]]|\[[A-Z][a-z]?[+-]\])*$/

/**
 * SMARTS, or a structure as SMILES: most mean the same. A structure written with alternating bonds would match nothing aromatic, so it
 * is written anew, unless anything in it means something else as SMARTS. ERR_2003 for nothing, ERR_5003 for too much.
 */
function smartsOf(toolkit: Toolkit, pattern: string): string {
  const text = pattern.trim()
  const limit = CHEM_LIMITS.smartsCharacters
  if (text === '') throw new AppError('ERR_2003', 'expected a SMARTS pattern or a SMILES, got nothing')
  if (text.length > limit) throw new AppError('ERR_5003', `SMARTS: at most ${limit} characters, got ${text.length}`)
  if (!/=/.test(text) || /[~,;&!$*@]/.test(text) || !ONLY_PLAIN_BRACKETS.test(text)) return text
  const written = toolkit.withMol(text, mol => mol?.get_smiles(PLAIN_SMILES) ?? null)
  toolkit.takeLog()
  return written !== null && /[cnops]/.test(written) && !/(?<![A-Z[])[cnops]/.test(text) ? written : text
}
