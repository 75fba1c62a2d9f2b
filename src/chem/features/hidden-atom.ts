/**
 * Features of a molecule of which one atom is hidden, everything else being as it was perceived with it: what a model loses when it
 * does not see the atom. Fingerprints lose the environments, pairs and paths that the atom takes part in and keep all others unchanged
 * (Riniker and Landrum 2013, J. Cheminform. 5, 43); graphs lose the atom and its bonds, and the codes of its neighbours still count it;
 * bulk descriptors, which no atom owns, stay as they are.
 */
import { descriptorsOf } from '../descriptors.ts'
import { atomPairCounts, featureAtomPairCounts } from '../fingerprints/atom-pairs.ts'
import { featureInvariants } from '../fingerprints/feature-roles.ts'
import { linearPathCounts } from '../fingerprints/linear-paths.ts'
import { morganCounts } from '../fingerprints/morgan.ts'
import { torsionCounts } from '../fingerprints/torsions.ts'
import type { Molecule } from '../molecule.ts'
import { type Perception, perceive } from '../perception.ts'
import { chempropV1 } from './chemprop-v1.ts'
import type { MolGraph } from './graph.ts'
import type { FeatureRecord, FeatureSections, SectionName } from './sections.ts'

/** [atoms] the named sections without each atom in turn. */
export function featuriseHidden<S extends SectionName>(molecule: Molecule, sections: readonly S[]): FeatureRecord<S>[] {
  const perception = perceive(molecule)
  return Array.from({ length: molecule.atomCount }, (_, atom) => {
    const record = {} as { [K in S]: FeatureSections[K] }
    for (const name of sections) record[name] = computations[name](molecule, perception, atom)
    return record
  })
}

const computations: {
  readonly [K in SectionName]: (molecule: Molecule, perception: Perception, hidden: number) => FeatureSections[K]
} = {
  'graph.chemprop-v1': (molecule, perception, hidden) => withoutAtom(chempropV1.graphOf(molecule, perception), hidden),
  'morgan-count-r2-chiral': (molecule, _, hidden) => morganCounts(molecule, { radius: 2, chirality: true, hidden }),
  'morgan-count-r3-chiral': (molecule, _, hidden) => morganCounts(molecule, { radius: 3, chirality: true, hidden }),
  'morgan-count-r2': (molecule, _, hidden) => morganCounts(molecule, { radius: 2, chirality: false, hidden }),
  'morgan-count-r3': (molecule, _, hidden) => morganCounts(molecule, { radius: 3, chirality: false, hidden }),
  'feature-morgan-r2': (molecule, perception, hidden) => {
    const invariants = featureInvariants(molecule, perception)
    return morganCounts(molecule, { radius: 2, chirality: false, invariants, hidden })
  },
  'atom-pairs': atomPairCounts,
  torsions: torsionCounts,
  'feature-atom-pairs': featureAtomPairCounts,
  'linear-paths': (molecule, _, hidden) => linearPathCounts(molecule, hidden),
  'descriptors-1': (molecule, perception) => descriptorsOf(molecule, perception),
}

function withoutAtom(graph: MolGraph, atom: number): MolGraph {
  const { atomCount, bondCount, bondAtoms } = graph
  const atoms = Array.from({ length: atomCount }, (_, i) => i).filter(i => i !== atom)
  const bonds = Array.from({ length: bondCount }, (_, b) => b).filter(
    b => bondAtoms[2 * b] !== atom && bondAtoms[2 * b + 1] !== atom,
  )
  const place = (old: number): number => (old > atom ? old - 1 : old)
  return {
    atomCount: atoms.length,
    bondCount: bonds.length,
    atomCodes: rowsOf(graph.atomCodes, atoms, atomCount),
    atomMass: Float32Array.from(atoms, i => graph.atomMass[i]!),
    bondCodes: rowsOf(graph.bondCodes, bonds, bondCount),
    bondAtoms: Uint16Array.from(bonds.flatMap(b => [place(bondAtoms[2 * b]!), place(bondAtoms[2 * b + 1]!)])),
  }
}

/** Rows of a [count, width] table. */
function rowsOf(table: Uint8Array, rows: readonly number[], count: number): Uint8Array {
  const width = count === 0 ? 0 : table.length / count
  const picked = new Uint8Array(rows.length * width)
  for (const [i, row] of rows.entries()) picked.set(table.subarray(row * width, (row + 1) * width), i * width)
  return picked
}
