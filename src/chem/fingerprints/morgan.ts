import { massOf, weightOf } from '../elements.ts'
import { BondStereo, BondType, ChiralTag, CipCode, type Molecule } from '../molecule.ts'
import { degreeOf, hydrogensOf } from '../perception.ts'
import { combine, combinePair, hashOf } from './hash.ts'
import { NONE } from './hidden-atom.ts'
import { countKeys, type SparseCounts } from './sparse-counts.ts'

export interface MorganOptions {
  /** Bonds from the centre; ECFP4 is radius 2. */
  readonly radius: number
  /** Distinguishes R from S and E from Z. */
  readonly chirality: boolean
  /** [atoms] what an atom is at radius 0; `connectivityInvariants` unless given. */
  readonly invariants?: Uint32Array
  /** Environments that reach this atom are left out; all others are as they are with it. */
  readonly hidden?: number
}

/**
 * Circular environments, counted, with unfolded 32-bit identifiers equal to RDKit's Morgan count fingerprints.
 *
 * Each atom starts from its invariant; every round hashes it with its sorted (bond, neighbour) pairs. An environment is counted
 * once a set of bonds: where two atoms cover the same bonds the smaller identifier stands, and an atom whose environment was
 * seen before grows no further. Rogers and Hahn 2010, J. Chem. Inf. Model. 50, 742.
 */
export function morganCounts(molecule: Molecule, options: MorganOptions): SparseCounts {
  const { radius, chirality, hidden = NONE } = options
  const { atomCount } = molecule
  const bondInvariants = bondInvariantsOf(molecule, chirality)
  let invariants = Uint32Array.from(options.invariants ?? connectivityInvariants(molecule))
  const found = Array.from(invariants)
  if (hidden !== NONE) found.splice(hidden, 1)
  const seen = new EnvironmentSet(molecule.bondCount, bondsOf(molecule, hidden))
  let covered = new Uint32Array(atomCount * seen.words)
  const isDead = new Uint8Array(atomCount)
  const isChiral = new Uint8Array(atomCount)

  for (let layer = 0; layer < radius; layer++) {
    // A dead atom's identifier is 0 from the next round on.
    const next = new Uint32Array(atomCount)
    const nextCovered = covered.slice()
    for (let atom = 0; atom < atomCount; atom++) {
      if (isDead[atom] === 1) continue
      if (degreeOf(molecule, atom) === 0) {
        isDead[atom] = 1
        continue
      }
      grow(molecule, atom, seen.words, covered, nextCovered)
      const pairs = sortedNeighbors(molecule, atom, bondInvariants, invariants)
      let identifier = combine(layer, invariants[atom]!)
      for (let k = 0; k < pairs.length; k += 2) identifier = combinePair(identifier, pairs[k]!, pairs[k + 1]!)
      if (chirality && molecule.chirality[atom] !== ChiralTag.unspecified) {
        if (isChiral[atom] === 0 && looksChiral(pairs)) isChiral[atom] = 1
        if (isChiral[atom] === 1) identifier = combine(identifier, cipTerm(molecule.cip[atom]!))
      }
      next[atom] = identifier
      const loser = seen.offer(nextCovered, atom, identifier)
      if (loser >= 0) isDead[loser] = 1
    }
    seen.closeRound(found)
    invariants = next
    covered = nextCovered
  }
  return countKeys(Uint32Array.from(found))
}

function bondsOf(molecule: Molecule, atom: number): readonly number[] {
  if (atom === NONE) return []
  return Array.from(molecule.neighborBond.subarray(molecule.neighborStart[atom], molecule.neighborStart[atom + 1]))
}

/** Element, neighbours, hydrogens, charge, isotope shift and ring membership of each atom, hashed (ECFP). */
export function connectivityInvariants(molecule: Molecule): Uint32Array {
  const invariants = new Uint32Array(molecule.atomCount)
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    const element = molecule.atomicNumber[atom]!
    const hydrogens = hydrogensOf(molecule, atom)
    const massShift = Math.trunc(massOf(element, molecule.isotope[atom]!) - weightOf(element))
    const parts = [
      element,
      degreeOf(molecule, atom) + molecule.hydrogens[atom]!,
      hydrogens,
      molecule.charge[atom]!,
      massShift,
    ]
    if (molecule.atomRingCount[atom]! > 0) parts.push(1)
    invariants[atom] = hashOf(parts)
  }
  return invariants
}

function bondInvariantsOf(molecule: Molecule, chirality: boolean): Uint8Array {
  const invariants = molecule.bondType.slice()
  if (!chirality) return invariants
  for (let b = 0; b < invariants.length; b++) {
    const stereo = molecule.bondStereo[b]!
    if (invariants[b] === BondType.double && stereo !== BondStereo.none)
      invariants[b] = 100 + 10 * BondType.double + stereo
  }
  return invariants
}

/** Adds to the atom's bonds those next to it and those its neighbours covered in the round before. */
function grow(molecule: Molecule, atom: number, words: number, covered: Uint32Array, next: Uint32Array): void {
  const own = atom * words
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    const bond = molecule.neighborBond[k]!
    next[own + (bond >>> 5)]! |= 1 << (bond & 31)
    const theirs = molecule.neighborAtom[k]! * words
    for (let w = 0; w < words; w++) next[own + w]! |= covered[theirs + w]!
  }
}

/** (bond invariant, neighbour's identifier) pairs, flat, in rising order. */
function sortedNeighbors(
  molecule: Molecule,
  atom: number,
  bondInvariants: Uint8Array,
  invariants: Uint32Array,
): number[] {
  const pairs: number[] = []
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    const bond = bondInvariants[molecule.neighborBond[k]!]!
    const identifier = invariants[molecule.neighborAtom[k]!]!
    let at = pairs.length
    while (at > 0 && (pairs[at - 2]! > bond || (pairs[at - 2] === bond && pairs[at - 1]! > identifier))) {
      pairs[at] = pairs[at - 2]!
      pairs[at + 1] = pairs[at - 1]!
      at -= 2
    }
    pairs[at] = bond
    pairs[at + 1] = identifier
  }
  return pairs
}

/** A stereo centre shows once all its neighbours can be told apart at this radius. */
function looksChiral(pairs: readonly number[]): boolean {
  for (let k = 0; k < pairs.length; k += 2) {
    if (pairs[k] !== BondType.single) return false
    if (k > 0 && pairs[k + 1] === pairs[k - 1]) return false
  }
  return true
}

function cipTerm(cip: number): number {
  if (cip === CipCode.r) return 3
  return cip === CipCode.s ? 2 : 1
}

/** The sets of bonds that have been counted, each with the smallest identifier offered for it in its round. */
class EnvironmentSet {
  readonly words: number
  readonly #byHash = new Map<number, Environment[]>()
  readonly #hiddenBonds: readonly number[]
  #round: Environment[] = []

  /** @param hiddenBonds Environments that hold one of them take part in everything but the count. */
  constructor(bondCount: number, hiddenBonds: readonly number[]) {
    this.words = Math.max(1, Math.ceil(bondCount / 32))
    this.#hiddenBonds = hiddenBonds
  }

  /** Offers an atom's bonds with its identifier. Returns the atom that loses, or −1 where the set of bonds is new. */
  offer(covered: Uint32Array, atom: number, identifier: number): number {
    const bonds = covered.subarray(atom * this.words, (atom + 1) * this.words)
    let hash = 0
    for (const word of bonds) hash = combine(hash, word)
    const bucket = this.#byHash.get(hash) ?? []
    if (bucket.length === 0) this.#byHash.set(hash, bucket)
    const known = bucket.find(environment => bonds.every((word, w) => environment.bonds[w] === word))
    if (!known) {
      const environment = { bonds, atom, identifier, isOpen: true }
      bucket.push(environment)
      this.#round.push(environment)
      return -1
    }
    if (!known.isOpen || known.identifier <= identifier) return atom
    const loser = known.atom
    known.atom = atom
    known.identifier = identifier
    return loser
  }

  /** Appends the identifiers of the round's new sets to `found`; later offers of them lose. */
  closeRound(found: number[]): void {
    for (const environment of this.#round) {
      if (!this.#isHidden(environment)) found.push(environment.identifier)
      environment.isOpen = false
    }
    this.#round = []
  }

  #isHidden({ bonds }: Environment): boolean {
    return this.#hiddenBonds.some(bond => (bonds[bond >>> 5]! & (1 << (bond & 31))) !== 0)
  }
}

interface Environment {
  readonly bonds: Uint32Array
  atom: number
  identifier: number
  isOpen: boolean
}
