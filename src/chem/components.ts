import { massOf } from './elements.ts'
import type { Molecule } from './molecule.ts'

/** A connected component of a molecule: one partner of a salt, solvate or mixture. */
export interface Component {
  /** Atom indices, rising. */
  readonly atoms: readonly number[]
  readonly heavyAtoms: number
  readonly hasCarbon: boolean
  /** In daltons, hydrogens included. */
  readonly mass: number
}

/** The components in the order of their first atoms, which is the order of a SMILES' dot-separated parts. */
export function componentsOf(molecule: Molecule): Component[] {
  const isSeen = new Uint8Array(molecule.atomCount)
  const components: Component[] = []
  for (let start = 0; start < molecule.atomCount; start++) {
    if (isSeen[start] === 1) continue
    isSeen[start] = 1
    const atoms = [start]
    for (let head = 0; head < atoms.length; head++) {
      const atom = atoms[head]!
      for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
        const other = molecule.neighborAtom[k]!
        if (isSeen[other] === 1) continue
        isSeen[other] = 1
        atoms.push(other)
      }
    }
    components.push(describe(molecule, atoms))
  }
  return components
}

export function heavyAtomCount(molecule: Molecule): number {
  let count = 0
  for (const element of molecule.atomicNumber) if (element !== 1) count++
  return count
}

function describe(molecule: Molecule, atoms: number[]): Component {
  let heavyAtoms = 0
  let hasCarbon = false
  let mass = 0
  for (const atom of atoms) {
    const element = molecule.atomicNumber[atom]!
    if (element !== 1) heavyAtoms++
    if (element === 6) hasCarbon = true
    mass += massOf(element, molecule.isotope[atom]!) + molecule.hydrogens[atom]! * massOf(1, 0)
  }
  return { atoms: atoms.sort((a, b) => a - b), heavyAtoms, hasCarbon, mass }
}
