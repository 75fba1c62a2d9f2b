import { CHEM_LIMITS } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { checkCount, eachItem } from './each-structure.ts'

export const substructure: CallHandler<'substructure'> = async (input, context) => {
  const { toolkit } = context.reader
  checkSmarts(input.smarts)
  toolkit.withQuery(input.smarts, query => {
    if (!query) throw new AppError('ERR_2003', `SMARTS cannot be read: ${toolkit.takeLog().split('\n')[0]}`)
  })
  // A query lives as long as the toolkit, and a crash on a structure replaces that: so it is parsed for each structure.
  checkCount(input.smiles.length, CHEM_LIMITS.itemsPerCall)
  return eachItem(input.smiles, context, text =>
    context.reader.readWhole(text, mol => ({
      ok: true as const,
      matches: toolkit.withQuery(input.smarts, query => matchedAtoms(mol.get_substruct_matches(query!))),
    })),
  )
}

function checkSmarts(smarts: string): void {
  const limit = CHEM_LIMITS.smartsCharacters
  if (smarts.trim() === '') throw new AppError('ERR_2003', 'expected a SMARTS pattern, got nothing')
  if (smarts.length > limit) throw new AppError('ERR_5003', `SMARTS: at most ${limit} characters, got ${smarts.length}`)
}

function matchedAtoms(json: string): number[][] {
  const matches = JSON.parse(json) as { atoms: number[] }[] | Record<string, never>
  return Array.isArray(matches) ? matches.map(match => match.atoms) : []
}
