import { massOf, outerElectronsOf, weightOf } from './elements.ts'
import { featureInvariants, Role } from './fingerprints/feature-roles.ts'
import { BondType, type Molecule } from './molecule.ts'
import { degreeOf, hydrogensOf, type Perception } from './perception.ts'

/**
 * Bulk properties of a molecule in this order. Only counts over the molecular graph, no fitted contributions.
 *
 * Shape indices ¹κ–³κ without the α correction: Kier 1985, Quant. Struct.-Act. Relat. 4, 109. Valence connectivity ⁰χᵛ–²χᵛ:
 * Kier and Hall 1976, Molecular Connectivity in Chemistry and Drug Research. Rotatable bonds: Veber et al. 2002, J. Med. Chem.
 * 45, 2615, amides not counted.
 */
export const DESCRIPTOR_NAMES = [
  'molecularWeight', // Da
  'heavyAtoms',
  'nitrogens',
  'oxygens',
  'netCharge',
  'donors',
  'acceptors',
  'rotatableBonds',
  'rings',
  'aromaticRings',
  'sp3CarbonFraction',
  'kappa1',
  'kappa2',
  'kappa3',
  'chi0v',
  'chi1v',
  'chi2v',
] as const

/** [descriptors] in the order of `DESCRIPTOR_NAMES` */
export function descriptorsOf(molecule: Molecule, perception: Perception): Float32Array {
  const { atomicNumber, charge, rings, aromaticAtom } = molecule
  const count = (test: (atom: number) => boolean) => countWhere(molecule.atomCount, test)
  const roles = featureInvariants(molecule, perception)
  const heavyAtoms = count(i => atomicNumber[i]! > 1)
  const carbons = count(i => atomicNumber[i] === 6)
  const saturated = count(i => atomicNumber[i] === 6 && perception.totalDegree[i] === 4)
  const paths = countPaths(molecule)
  return Float32Array.of(
    molecularWeight(molecule),
    heavyAtoms,
    count(i => atomicNumber[i] === 7),
    count(i => atomicNumber[i] === 8),
    charge.reduce((sum, value) => sum + value, 0),
    count(i => (roles[i]! & Role.donor) !== 0),
    count(i => (roles[i]! & Role.acceptor) !== 0),
    countWhere(molecule.bondCount, bond => isRotatable(molecule, bond)),
    rings.length,
    rings.filter(ring => ring.every(atom => aromaticAtom[atom] === 1)).length,
    carbons === 0 ? 0 : saturated / carbons,
    ...shapeIndices(heavyAtoms, paths),
    ...valenceConnectivity(molecule),
  )
}

function countWhere(length: number, test: (index: number) => boolean): number {
  let count = 0
  for (let i = 0; i < length; i++) if (test(i)) count++
  return count
}

function molecularWeight({ atomCount, atomicNumber, isotope, hydrogens }: Molecule): number {
  let weight = 0
  for (let i = 0; i < atomCount; i++) weight += massOf(atomicNumber[i]!, isotope[i]!) + hydrogens[i]! * weightOf(1)
  return weight
}

function isRotatable(molecule: Molecule, bond: number): boolean {
  if (molecule.bondType[bond] !== BondType.single || molecule.bondInRing[bond] === 1) return false
  const a = molecule.bondAtoms[2 * bond]!
  const b = molecule.bondAtoms[2 * bond + 1]!
  const inner = [a, b].every(atom => heavyDegree(molecule, atom) > 1 && !hasTripleBond(molecule, atom))
  return inner && !isAmideEnd(molecule, a, b) && !isAmideEnd(molecule, b, a)
}

function isAmideEnd(molecule: Molecule, carbon: number, nitrogen: number): boolean {
  if (molecule.atomicNumber[carbon] !== 6 || molecule.atomicNumber[nitrogen] !== 7) return false
  return someNeighbor(molecule, carbon, (other, type) => type === BondType.double && molecule.atomicNumber[other] === 8)
}

function hasTripleBond(molecule: Molecule, atom: number): boolean {
  return someNeighbor(molecule, atom, (_, type) => type === BondType.triple)
}

function someNeighbor(molecule: Molecule, atom: number, test: (other: number, bondType: number) => boolean): boolean {
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    if (test(molecule.neighborAtom[k]!, molecule.bondType[molecule.neighborBond[k]!]!)) return true
  }
  return false
}

function heavyDegree(molecule: Molecule, atom: number): number {
  return degreeOf(molecule, atom) + molecule.hydrogens[atom]! - hydrogensOf(molecule, atom)
}

/** Heavy bonds, and paths of two and of three heavy bonds; a ring of three is no path of three. */
function countPaths(molecule: Molecule): readonly [number, number, number] {
  let [one, two, three] = [0, 0, 0]
  const degree = Array.from({ length: molecule.atomCount }, (_, i) => heavyDegree(molecule, i))
  for (let i = 0; i < molecule.atomCount; i++) {
    if (molecule.atomicNumber[i]! > 1) two += (degree[i]! * (degree[i]! - 1)) / 2
  }
  for (let bond = 0; bond < molecule.bondCount; bond++) {
    const a = molecule.bondAtoms[2 * bond]!
    const b = molecule.bondAtoms[2 * bond + 1]!
    if (molecule.atomicNumber[a] === 1 || molecule.atomicNumber[b] === 1) continue
    one++
    three += (degree[a]! - 1) * (degree[b]! - 1)
  }
  const triangles = molecule.rings.filter(ring => ring.length === 3).length
  return [one, two, three - 3 * triangles]
}

function shapeIndices(atoms: number, [one, two, three]: readonly [number, number, number]): [number, number, number] {
  const ratio = (numerator: number, paths: number) => (paths === 0 ? 0 : numerator / paths ** 2)
  const third = atoms % 2 === 1 ? (atoms - 1) * (atoms - 3) ** 2 : (atoms - 3) * (atoms - 2) ** 2
  return [ratio(atoms * (atoms - 1) ** 2, one), ratio((atoms - 1) * (atoms - 2) ** 2, two), ratio(third, three)]
}

/** δᵛ = (Zᵛ − h) / (Z − Zᵛ − 1): valence electrons not bound to hydrogen, over core electrons. */
function valenceConnectivity(molecule: Molecule): [number, number, number] {
  const inverseRoot = Float64Array.from(molecule.atomicNumber, (element, atom) => {
    if (element <= 1) return 0
    const valenceElectrons = outerElectronsOf(element)
    const delta = (valenceElectrons - hydrogensOf(molecule, atom)) / (element - valenceElectrons - 1)
    return delta > 0 ? 1 / Math.sqrt(delta) : 0
  })
  let [zero, one, two] = [0, 0, 0]
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    const own = inverseRoot[atom]!
    zero += own
    let sum = 0
    let squares = 0
    for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
      const other = inverseRoot[molecule.neighborAtom[k]!]!
      sum += other
      squares += other ** 2
    }
    one += (own * sum) / 2
    two += (own * (sum ** 2 - squares)) / 2
  }
  return [zero, one, two]
}
