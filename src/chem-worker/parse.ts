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

/** The compounds of a series share their scaffold, and mostly write it in one order of atoms. */
const knownScaffolds = new Map<string, string>()
const MAX_KNOWN_SCAFFOLDS = 4_000

/** Canonical SMILES of the Bemis-Murcko scaffold without stereo labels, '' for a molecule without rings. */
export function scaffoldSmiles(toolkit: Toolkit, molecule: Molecule): string {
  const document = scaffoldDocument(molecule)
  if (!document) return ''
  const text = JSON.stringify(document)
  const known = knownScaffolds.get(text)
  if (known !== undefined) return known
  const smiles = toolkit.withMol(text, mol => {
    if (!mol) throw new Error(`RDKit cannot read a scaffold: ${toolkit.takeLog()}`)
    return mol.get_smiles(PLAIN_SMILES)
  })
  // A map keeps the order of insertion: its first key is the oldest one.
  if (knownScaffolds.size >= MAX_KNOWN_SCAFFOLDS) knownScaffolds.delete(knownScaffolds.keys().next().value!)
  knownScaffolds.set(text, smiles)
  return smiles
}
