import { heavyAtomCount } from '../chem/components.ts'
import type { Molecule } from '../chem/molecule.ts'
import { scaffoldDocument } from '../chem/scaffold.ts'
import type { ParsedStructure } from '../shared/chem-protocol.ts'
import type { CallHandler } from './call.ts'
import { eachStructure } from './each-structure.ts'
import type { Structure } from './structure-reader.ts'
import type { Toolkit } from './toolkit.ts'

const PLAIN_SMILES = JSON.stringify({ doIsomericSmiles: false })

export const parse: CallHandler<'parse'> = (input, context) =>
  eachStructure(
    input.smiles,
    context,
    structure => ({
      ...describeStructure(context.reader.toolkit, structure),
      ...(input.scaffold ? { scaffold: scaffoldSmiles(context.reader.toolkit, structure.molecule) } : {}),
    }),
    { neutralise: input.neutralise ?? false },
  )

export const scaffold: CallHandler<'scaffold'> = (input, context) =>
  eachStructure(input.smiles, context, ({ molecule }) => ({
    ok: true,
    scaffold: scaffoldSmiles(context.reader.toolkit, molecule),
  }))

/** The canonical SMILES, the key of duplicates and what was changed. */
export function describeStructure(toolkit: Toolkit, structure: Structure): ParsedStructure {
  const smiles = structure.mol.get_smiles()
  return {
    ok: true,
    smiles,
    structureKey: toolkit.inchiKeyOf(structure.mol) || `SMILES=${smiles}`,
    heavyAtoms: heavyAtomCount(structure.molecule),
    removed: [...structure.removed],
    changes: [...structure.changes],
  }
}

/** Canonical SMILES of the Bemis-Murcko scaffold without stereo labels, '' for a molecule without rings. */
export function scaffoldSmiles(toolkit: Toolkit, molecule: Molecule): string {
  const document = scaffoldDocument(molecule)
  if (!document) return ''
  return toolkit.withMol(JSON.stringify(document), mol => {
    if (!mol) throw new Error(`RDKit cannot read a scaffold: ${toolkit.takeLog()}`)
    return mol.get_smiles(PLAIN_SMILES)
  })
}
