import type { Molecule } from './molecule.ts'

/** New charge and hydrogen count of one atom. */
export interface ProtonChange {
  readonly atom: number
  readonly charge: number
  readonly hydrogens: number
}

/**
 * The proton shifts that remove single charges: a cation with hydrogens loses one, an anion gains one. Charges next to an
 * opposite charge stay (nitro groups, N-oxides, azides, ylides), and so do cations without hydrogens (quaternary ammonium) and,
 * where those remain, as many anions as balance them (betaines).
 */
export function protonChanges(molecule: Molecule): ProtonChange[] {
  const cations: number[] = []
  const anions: number[] = []
  let fixedCharge = 0
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    const charge = molecule.charge[atom]!
    if (charge === 0) continue
    const isMovable = Math.abs(charge) === 1 && canCarryProton(molecule, atom) && !isBesideOpposite(molecule, atom)
    if (!isMovable || (charge === 1 && molecule.hydrogens[atom] === 0)) fixedCharge += charge
    else if (charge === 1) cations.push(atom)
    else anions.push(atom)
  }
  const keptAnions = Math.min(Math.max(fixedCharge, 0), anions.length)
  return [
    ...cations.map(atom => ({ atom, charge: 0, hydrogens: molecule.hydrogens[atom]! - 1 })),
    ...anions.slice(keptAnions).map(atom => ({ atom, charge: 0, hydrogens: molecule.hydrogens[atom]! + 1 })),
  ]
}

/** Non-metals whose charge a proton explains: C, N, O, F, P, S, Cl, Se, Br, I. */
const protonCarriers = new Set([6, 7, 8, 9, 15, 16, 17, 34, 35, 53])

function canCarryProton(molecule: Molecule, atom: number): boolean {
  return protonCarriers.has(molecule.atomicNumber[atom]!) && molecule.radicalElectrons[atom] === 0
}

function isBesideOpposite(molecule: Molecule, atom: number): boolean {
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    if (molecule.charge[molecule.neighborAtom[k]!]! * molecule.charge[atom]! < 0) return true
  }
  return false
}
