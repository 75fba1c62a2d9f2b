import { massOf } from '../elements.ts'
import { BondType, type Molecule } from '../molecule.ts'
import { Hybridization, type Perception } from '../perception.ts'
import type { GraphPreset, MolGraph } from './graph.ts'

/**
 * Chemprop's atom and bond features as published with version 1 (`MultiHotAtomFeaturizer.v1` in version 2). Yang et al. 2019,
 * J. Chem. Inf. Model. 59, 3370; Heid et al. 2024, J. Chem. Inf. Model. 64, 9.
 *
 * Atom, 133 wide. Every one-hot ends in a slot for values outside its list.
 *
 *     0–100    atomic number 1 … 100, other
 *     101–107  neighbours and hydrogens 0 … 5, other
 *     108–113  formal charge −1, −2, +1, +2, 0, other
 *     114–118  chirality: none, clockwise, counter-clockwise, other kind; unknown
 *     119–124  hydrogens 0 … 4, other
 *     125–130  hybridisation sp, sp2, sp3, sp3d, sp3d2; other
 *     131      aromatic
 *     132      mass in daltons × 0.01
 *
 * Bond, 14 wide.
 *
 *     0        1 for "no bond", so 0 for every bond of a molecule
 *     1–4      single, double, triple, aromatic (none of them for other kinds)
 *     5        conjugated
 *     6        in a ring
 *     7–13     stereo: none, any, Z, E, cis, trans; other
 */
const ATOM_WIDTH = 133
const BOND_WIDTH = 14

/** Columns of `atomCodes`: the hot slot of each block, then the aromatic flag. */
const atomBlocks = [0, 101, 108, 114, 119, 125] as const
const AROMATIC_COLUMN = atomBlocks.length
const ATOM_CODE_COUNT = atomBlocks.length + 1
const AROMATIC_SLOT = 131
const MASS_SLOT = 132

/** Columns of `bondCodes`: slot of the kind (0 for none of them), conjugated, in a ring, slot of the stereo block. */
const BOND_CODE_COUNT = 4
const CONJUGATED_SLOT = 5
const RING_SLOT = 6
const STEREO_START = 7
const STEREO_OTHER = 6

const charges = [-1, -2, 1, 2, 0]
const hybridizations: number[] = [
  Hybridization.sp,
  Hybridization.sp2,
  Hybridization.sp3,
  Hybridization.sp3d,
  Hybridization.sp3d2,
]
const bondKinds: number[] = [BondType.single, BondType.double, BondType.triple, BondType.aromatic]

export const chempropV1: GraphPreset = {
  id: 'graph.chemprop-v1',
  atomWidth: ATOM_WIDTH,
  bondWidth: BOND_WIDTH,
  atomCodeCount: ATOM_CODE_COUNT,
  bondCodeCount: BOND_CODE_COUNT,
  graphOf,
  writeAtomRow,
  writeBondRow,
}

function graphOf(molecule: Molecule, perception: Perception): MolGraph {
  const { atomCount, bondCount } = molecule
  const atomCodes = new Uint8Array(atomCount * ATOM_CODE_COUNT)
  const atomMass = new Float32Array(atomCount)
  for (let atom = 0; atom < atomCount; atom++) {
    const element = molecule.atomicNumber[atom]!
    const at = atom * ATOM_CODE_COUNT
    atomCodes[at] = element >= 1 && element <= 100 ? element - 1 : 100
    atomCodes[at + 1] = Math.min(perception.totalDegree[atom]!, 6)
    atomCodes[at + 2] = slotOf(charges, molecule.charge[atom]!)
    atomCodes[at + 3] = Math.min(molecule.chirality[atom]!, 4)
    atomCodes[at + 4] = Math.min(molecule.hydrogens[atom]!, 5)
    atomCodes[at + 5] = slotOf(hybridizations, perception.hybridization[atom]!)
    atomCodes[at + AROMATIC_COLUMN] = molecule.aromaticAtom[atom]!
    atomMass[atom] = massOf(element, molecule.isotope[atom]!)
  }
  const bondCodes = new Uint8Array(bondCount * BOND_CODE_COUNT)
  for (let bond = 0; bond < bondCount; bond++) {
    const at = bond * BOND_CODE_COUNT
    bondCodes[at] = bondKinds.indexOf(molecule.bondType[bond]!) + 1
    bondCodes[at + 1] = perception.conjugated[bond]!
    bondCodes[at + 2] = molecule.bondInRing[bond]!
    bondCodes[at + 3] = Math.min(molecule.bondStereo[bond]!, STEREO_OTHER)
  }
  return { atomCount, bondCount, atomCodes, atomMass, bondCodes, bondAtoms: molecule.bondAtoms }
}

/** Position in `values`, or the slot after them. */
function slotOf(values: readonly number[], value: number): number {
  const slot = values.indexOf(value)
  return slot === -1 ? values.length : slot
}

function writeAtomRow(graph: MolGraph, atom: number, out: Float32Array, offset: number): void {
  out.fill(0, offset, offset + ATOM_WIDTH)
  const codes = atom * ATOM_CODE_COUNT
  for (let k = 0; k < atomBlocks.length; k++) out[offset + atomBlocks[k]! + graph.atomCodes[codes + k]!] = 1
  out[offset + AROMATIC_SLOT] = graph.atomCodes[codes + AROMATIC_COLUMN]!
  out[offset + MASS_SLOT] = graph.atomMass[atom]! * 0.01
}

function writeBondRow(graph: MolGraph, bond: number, out: Float32Array, offset: number): void {
  out.fill(0, offset, offset + BOND_WIDTH)
  const codes = bond * BOND_CODE_COUNT
  const kind = graph.bondCodes[codes]!
  if (kind > 0) out[offset + kind] = 1
  out[offset + CONJUGATED_SLOT] = graph.bondCodes[codes + 1]!
  out[offset + RING_SLOT] = graph.bondCodes[codes + 2]!
  out[offset + STEREO_START + graph.bondCodes[codes + 3]!] = 1
}
