import { BondType, type Molecule } from '../molecule.ts'
import { bondOrderSum, degreeOf, Hybridization, type Perception } from '../perception.ts'

/** Elements with a type of their own; all others share the sixteenth. */
const typedElements = [5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 51, 52]
const OTHER_TYPE = 15
const BRANCH_BITS = 3
const PI_BITS = 2
export const ATOM_CODE_BITS = 9

const typeOf = new Uint8Array(256).fill(OTHER_TYPE)
for (const [type, element] of typedElements.entries()) typeOf[element] = type

/**
 * Type, π electrons and number of heavy neighbours of each atom in 9 bits: `type << 5 | π << 3 | neighbours`. The atom types of
 * Carhart, Smith and Venkataraghavan 1985, J. Chem. Inf. Comput. Sci. 25, 64, coded as RDKit codes them.
 */
export function atomPairCodes(molecule: Molecule, perception: Perception): Uint16Array {
  const codes = new Uint16Array(molecule.atomCount)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    // The modulus is one less than the field holds: part of the definition, kept for equal keys.
    const branches = degreeOf(molecule, atom) % ((1 << BRANCH_BITS) - 1)
    const pi = piElectrons(molecule, perception, atom) % ((1 << PI_BITS) - 1)
    codes[atom] = branches | (pi << BRANCH_BITS) | (typeOf[molecule.atomicNumber[atom]!]! << (BRANCH_BITS + PI_BITS))
  }
  return codes
}

function piElectrons(molecule: Molecule, perception: Perception, atom: number): number {
  if (molecule.aromaticAtom[atom] === 1) return 1
  if (perception.hybridization[atom] === Hybridization.sp3) return 0
  let sigmaBonds = 0
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    const type = molecule.bondType[molecule.neighborBond[k]!]!
    if (type !== BondType.zero && type !== BondType.dative) sigmaBonds++
  }
  return bondOrderSum(molecule, atom) - sigmaBonds
}
