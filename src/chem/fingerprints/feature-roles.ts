import { BondType, type Molecule } from '../molecule.ts'
import { hydrogensOf, type Perception } from '../perception.ts'

/** Bits of an atom's pharmacophoric roles. */
export const Role = { donor: 1, acceptor: 2, aromatic: 4, halogen: 8, basic: 16, acidic: 32 } as const

const C = 6
const N = 7
const O = 8
const P = 15
const S = 16
const halogens = new Set([9, 17, 35, 53])

/**
 * [atoms] the roles of each atom as a bit field: the atom invariants of feature Morgan fingerprints (FCFP). Definitions are those
 * RDKit adapted from Gobbi and Poppinger 1998, Biotechnol. Bioeng. 61, 47; each function below quotes its SMARTS.
 */
export function featureInvariants(molecule: Molecule, perception: Perception): Uint32Array {
  const roles = new Uint32Array(molecule.atomCount)
  const view = new AtomView(molecule, perception)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    if (isDonor(view, atom)) roles[atom]! |= Role.donor
    if (isAcceptor(view, atom)) roles[atom]! |= Role.acceptor
    if (view.isAromatic(atom)) roles[atom]! |= Role.aromatic
    if (halogens.has(view.element(atom))) roles[atom]! |= Role.halogen
    if (isBasic(view, atom)) roles[atom]! |= Role.basic
    if (isAcidic(view, atom)) roles[atom]! |= Role.acidic
  }
  return roles
}

/** `[$([N;!H0;v3,v4&+1]),$([O,S;H1;+0]),n&H1&+0]` */
function isDonor(view: AtomView, atom: number): boolean {
  const hydrogens = view.hydrogens(atom)
  const charge = view.charge(atom)
  if (view.isAliphatic(atom, N)) {
    const valence = view.valence(atom)
    return hydrogens > 0 && (valence === 3 || (valence === 4 && charge === 1))
  }
  if (hydrogens !== 1 || charge !== 0) return false
  return view.isAliphatic(atom, O) || view.isAliphatic(atom, S) || view.isAromatic(atom, N)
}

/**
 * `[$([O,S;H1;v2;!$(*-*=[O,N,P,S])]),$([O,S;H0;v2]),$([O,S;-]),$([N;v3;!$(N-*=[O,N,P,S])]),n&H0&+0,
 * $([o,s;+0;!$([o,s]:n);!$([o,s]:c:n)])]`
 */
function isAcceptor(view: AtomView, atom: number): boolean {
  const hydrogens = view.hydrogens(atom)
  if (view.isAliphatic(atom, O) || view.isAliphatic(atom, S)) {
    if (view.charge(atom) === -1) return true
    if (view.valence(atom) !== 2) return false
    return hydrogens === 0 || (hydrogens === 1 && !isBesideUnsaturation(view, atom))
  }
  if (view.isAliphatic(atom, N)) return view.valence(atom) === 3 && !isBesideUnsaturation(view, atom)
  if (view.charge(atom) !== 0) return false
  if (view.isAromatic(atom, N)) return hydrogens === 0
  return (view.isAromatic(atom, O) || view.isAromatic(atom, S)) && !isNearAromaticNitrogen(view, atom)
}

/** `*-*=[O,N,P,S]` */
function isBesideUnsaturation(view: AtomView, atom: number): boolean {
  return view.someNeighbor(
    atom,
    (middle, bond) =>
      bond === BondType.single &&
      view.someNeighbor(
        middle,
        (end, type) => type === BondType.double && [O, N, P, S].some(element => view.isAliphatic(end, element)),
      ),
  )
}

/** `[o,s]:n` or `[o,s]:c:n` */
function isNearAromaticNitrogen(view: AtomView, atom: number): boolean {
  return view.someNeighbor(atom, (next, bond) => {
    if (bond !== BondType.aromatic) return false
    if (view.isAromatic(next, N)) return true
    if (!view.isAromatic(next, C)) return false
    return view.someNeighbor(next, (end, type) => type === BondType.aromatic && view.isAromatic(end, N))
  })
}

/**
 * `[#7;+,$([N;H2&+0][$([C,a]);!$([C,a](=O))]),$([N;H1&+0]([$([C,a]);!$([C,a](=O))])[$([C,a]);!$([C,a](=O))]),
 * $([N;H0&+0]([C;!$(C(=O))])([C;!$(C(=O))])[C;!$(C(=O))])]`
 */
function isBasic(view: AtomView, atom: number): boolean {
  if (view.element(atom) !== N) return false
  const charge = view.charge(atom)
  if (charge === 1) return true
  if (charge !== 0 || view.isAromatic(atom)) return false
  const hydrogens = view.hydrogens(atom)
  if (hydrogens > 2) return false
  const isTertiary = hydrogens === 0
  const partners = view.countNeighbors(atom, (other, bond) => {
    if (bond !== BondType.single && bond !== BondType.aromatic) return false
    const fits = view.isAliphatic(other, C) || (!isTertiary && view.isAromatic(other))
    return fits && !isCarbonyl(view, other)
  })
  return partners >= 3 - hydrogens
}

/** `*(=O)` */
function isCarbonyl(view: AtomView, atom: number): boolean {
  return view.someNeighbor(atom, (other, bond) => bond === BondType.double && view.isAliphatic(other, O))
}

/** `[$([C,S](=[O,S,P])-[O;H1,-1])]` */
function isAcidic(view: AtomView, atom: number): boolean {
  if (!view.isAliphatic(atom, C) && !view.isAliphatic(atom, S)) return false
  const isOxidised = view.someNeighbor(
    atom,
    (other, bond) => bond === BondType.double && [O, S, P].some(element => view.isAliphatic(other, element)),
  )
  if (!isOxidised) return false
  return view.someNeighbor(
    atom,
    (other, bond) =>
      bond === BondType.single &&
      view.isAliphatic(other, O) &&
      (view.hydrogens(other) === 1 || view.charge(other) === -1),
  )
}

/** Atom primitives of SMARTS. */
class AtomView {
  readonly #molecule: Molecule
  readonly #perception: Perception

  constructor(molecule: Molecule, perception: Perception) {
    this.#molecule = molecule
    this.#perception = perception
  }

  element(atom: number): number {
    return this.#molecule.atomicNumber[atom]!
  }

  charge(atom: number): number {
    return this.#molecule.charge[atom]!
  }

  /** `H`: hydrogens of the count and of the graph. */
  hydrogens(atom: number): number {
    return hydrogensOf(this.#molecule, atom)
  }

  /** `v` */
  valence(atom: number): number {
    return this.#perception.totalValence[atom]!
  }

  /** `a`, or the lower-case symbol of `element`. */
  isAromatic(atom: number, element = this.element(atom)): boolean {
    return this.#molecule.aromaticAtom[atom] === 1 && this.element(atom) === element
  }

  /** The upper-case symbol of `element`. */
  isAliphatic(atom: number, element: number): boolean {
    return this.#molecule.aromaticAtom[atom] === 0 && this.element(atom) === element
  }

  someNeighbor(atom: number, test: (neighbor: number, bondType: number) => boolean): boolean {
    const { neighborStart, neighborAtom, neighborBond, bondType } = this.#molecule
    for (let k = neighborStart[atom]!; k < neighborStart[atom + 1]!; k++) {
      if (test(neighborAtom[k]!, bondType[neighborBond[k]!]!)) return true
    }
    return false
  }

  countNeighbors(atom: number, test: (neighbor: number, bondType: number) => boolean): number {
    let count = 0
    const { neighborStart, neighborAtom, neighborBond, bondType } = this.#molecule
    for (let k = neighborStart[atom]!; k < neighborStart[atom + 1]!; k++) {
      if (test(neighborAtom[k]!, bondType[neighborBond[k]!]!)) count++
    }
    return count
  }
}
