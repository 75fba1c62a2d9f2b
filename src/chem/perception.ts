import { defaultValenceOf, outerElectronsOf } from './elements.ts'
import { BondType, ChiralTag, type Molecule } from './molecule.ts'

/** Hybridisation states under RDKit's names; the numbers are ours. */
export const Hybridization = { unspecified: 0, s: 1, sp: 2, sp2: 3, sp3: 4, sp3d: 5, sp3d2: 6 } as const

/** What the toolkit's JSON leaves out. Rules are those of RDKit's sanitisation, so that its published features mean the same. */
export interface Perception {
  /** [atoms] neighbours and hydrogens */
  readonly totalDegree: Uint8Array
  /** [atoms] sum of bond orders in a Kekulé form, hydrogens included */
  readonly totalValence: Uint8Array
  /** [bonds] */
  readonly conjugated: Uint8Array
  /** [atoms] `Hybridization` */
  readonly hybridization: Uint8Array
}

export function perceive(molecule: Molecule): Perception {
  const totalDegree = new Uint8Array(molecule.atomCount)
  const totalValence = new Uint8Array(molecule.atomCount)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    totalDegree[atom] = degreeOf(molecule, atom) + molecule.hydrogens[atom]!
    totalValence[atom] = bondOrderSum(molecule, atom) + molecule.hydrogens[atom]!
  }
  const conjugated = conjugatedBonds(molecule, totalDegree)
  const hybridization = new Uint8Array(molecule.atomCount)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    hybridization[atom] = hybridizationOf(molecule, { totalDegree, totalValence, conjugated }, atom)
  }
  return { totalDegree, totalValence, conjugated, hybridization }
}

export function degreeOf(molecule: Molecule, atom: number): number {
  return molecule.neighborStart[atom + 1]! - molecule.neighborStart[atom]!
}

/** Hydrogens that are counted and hydrogens that are atoms of the graph (isotopes, for one). */
export function hydrogensOf(molecule: Molecule, atom: number): number {
  let count = molecule.hydrogens[atom]!
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    if (molecule.atomicNumber[molecule.neighborAtom[k]!] === 1) count++
  }
  return count
}

/** Sum of the orders of the atom's bonds in a Kekulé form; a dative bond counts at the atom that receives it. */
export function bondOrderSum(molecule: Molecule, atom: number): number {
  let sum = 0
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    sum += valenceContribution(molecule, molecule.neighborBond[k]!, atom)
  }
  return sum
}

function valenceContribution(molecule: Molecule, bond: number, atom: number): number {
  const order = molecule.kekuleOrder[bond]!
  return order === BondType.dative ? Number(molecule.bondAtoms[2 * bond + 1] === atom) : order
}

function conjugatedBonds(molecule: Molecule, totalDegree: Uint8Array): Uint8Array {
  const conjugated = new Uint8Array(molecule.bondCount)
  for (let b = 0; b < molecule.bondCount; b++) conjugated[b] = Number(molecule.bondType[b] === BondType.aromatic)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    const substituents = totalDegree[atom]!
    if (substituents < 2 || substituents > 3 || !canConjugate(molecule, atom, totalDegree)) continue
    markConjugation(molecule, atom, totalDegree, conjugated)
  }
  return conjugated
}

/** A multiple bond at `atom` conjugates with every other bond of it that leads to an atom with π or lone-pair electrons. */
function markConjugation(molecule: Molecule, atom: number, totalDegree: Uint8Array, conjugated: Uint8Array): void {
  const from = molecule.neighborStart[atom]!
  const to = molecule.neighborStart[atom + 1]!
  for (let k = from; k < to; k++) {
    const multiple = molecule.neighborBond[k]!
    if (molecule.bondType[multiple] !== BondType.aromatic && valenceContribution(molecule, multiple, atom) < 2) continue
    for (let l = from; l < to; l++) {
      const other = molecule.neighborAtom[l]!
      if (l === k || totalDegree[other]! > 3 || !canConjugate(molecule, other, totalDegree)) continue
      conjugated[multiple] = 1
      conjugated[molecule.neighborBond[l]!] = 1
    }
  }
}

/**
 * Heavier pnictogens never carry conjugation and heavier chalcogens only at the end of a chain; otherwise aryl phosphines
 * would become planar.
 */
function canConjugate(molecule: Molecule, atom: number, totalDegree: Uint8Array): boolean {
  const element = molecule.atomicNumber[atom]!
  const outer = outerElectronsOf(element)
  const light = element <= 10 || (outer !== 5 && outer !== 6) || (outer === 6 && totalDegree[atom]! < 2)
  return light && donatableElectrons(molecule, atom, totalDegree[atom]!) > 0
}

/** Electrons the atom can give to a π system; −1 where its kind or its four neighbours exclude it. */
function donatableElectrons(molecule: Molecule, atom: number, totalDegree: number): number {
  const element = molecule.atomicNumber[atom]!
  const valence = defaultValenceOf(element)
  if (valence <= 1) return -1
  const degree = totalDegree - bondsWithoutValence(molecule, atom)
  if (degree > 3) return -1
  const lonePairElectrons = Math.max(outerElectronsOf(element) - valence - molecule.charge[atom]!, 0)
  return valence - degree + lonePairElectrons - molecule.radicalElectrons[atom]!
}

function bondsWithoutValence(molecule: Molecule, atom: number): number {
  let count = 0
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    if (valenceContribution(molecule, molecule.neighborBond[k]!, atom) === 0) count++
  }
  return count
}

const byOrbitals = [
  Hybridization.s,
  Hybridization.s,
  Hybridization.sp,
  Hybridization.sp2,
  Hybridization.sp3,
  Hybridization.sp3d,
  Hybridization.sp3d2,
] as const

function hybridizationOf(molecule: Molecule, known: Omit<Perception, 'hybridization'>, atom: number): number {
  const element = molecule.atomicNumber[atom]!
  if (element === 0) return Hybridization.unspecified
  const degree = known.totalDegree[atom]!
  if (isTetrahedral(molecule.chirality[atom]!) && degree === 4) return Hybridization.sp3
  const orbitals = element < 89 ? occupiedOrbitals(molecule, known, atom) : degree
  // A lone pair next to a π bond sits in a p orbital: the ester oxygen, the amide nitrogen.
  if (orbitals === 4 && degree <= 3 && hasConjugatedBond(molecule, known.conjugated, atom)) return Hybridization.sp2
  return byOrbitals[Math.max(orbitals, 0)] ?? Hybridization.unspecified
}

function isTetrahedral(chirality: number): boolean {
  return chirality === ChiralTag.clockwise || chirality === ChiralTag.counterClockwise
}

function hasConjugatedBond(molecule: Molecule, conjugated: Uint8Array, atom: number): boolean {
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    if (conjugated[molecule.neighborBond[k]!] === 1) return true
  }
  return false
}

/** σ bonds, lone pairs and, below an octet, unpaired electrons. */
function occupiedOrbitals(molecule: Molecule, known: Omit<Perception, 'hybridization'>, atom: number): number {
  const element = molecule.atomicNumber[atom]!
  const bonds = known.totalDegree[atom]! - bondsWithoutValence(molecule, atom)
  if (element <= 1) return bonds
  const outer = outerElectronsOf(element)
  const charge = molecule.charge[atom]!
  const free = outer - (known.totalValence[atom]! + charge)
  if (known.totalValence[atom]! + outer - charge >= 8) return bonds + Math.trunc(free / 2)
  const radicals = molecule.radicalElectrons[atom]!
  return bonds + Math.trunc((free - radicals) / 2) + radicals
}
