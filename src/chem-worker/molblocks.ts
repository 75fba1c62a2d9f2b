import { CHEM_LIMITS } from '../shared/chem-protocol.ts'
import type { CallHandler } from './call.ts'
import { checkCount, eachItem } from './each-structure.ts'

export const molblocks: CallHandler<'molblocks'> = async ({ smiles }, context) => {
  checkCount(smiles.length, CHEM_LIMITS.depictionsPerCall)
  return eachItem(smiles, context, text =>
    context.reader.readWhole(text, mol => {
      mol.set_new_coords()
      return { ok: true as const, molblock: mol.get_molblock() }
    }),
  )
}
