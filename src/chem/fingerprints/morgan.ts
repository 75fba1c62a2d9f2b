import { massOf, weightOf } from '../elements.ts'
import { BondStereo, BondType, ChiralTag, CipCode, type Molecule } from '../molecule.ts'
import { degreeOf, hydrogensOf } from '../perception.ts'
import { createScratch } from '../scratch.ts'
import { EnvironmentSet } from './environment-set.ts'
import { combine, combinePair } from './hash.ts'
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
  let invariants = options.invariants ?? connectivityInvariants(molecule)
  const found = scratch.found((radius + 1) * atomCount)
  let foundCount = 0
  for (let atom = 0; atom < atomCount; atom++) if (atom !== hidden) found[foundCount++] = invariants[atom]!
  const seen = new EnvironmentSet(molecule, { most: radius * atomCount, hiddenBonds: bondsOf(molecule, hidden) })
  const pairs = scratch.pairs(2 * largestDegree(molecule))
  const setWords = atomCount * seen.words
  let covered = scratch.covered(setWords).fill(0, 0, setWords)
  let nextCovered = scratch.nextCovered(setWords)
  const isDead = new Uint8Array(atomCount)
  const isChiral = new Uint8Array(atomCount)

  for (let layer = 0; layer < radius; layer++) {
    // A dead atom's identifier is 0 from the next round on.
    const next = scratch.identifiers[layer % 2]!(atomCount).fill(0, 0, atomCount)
    for (let w = 0; w < setWords; w++) nextCovered[w] = covered[w]!
    for (let atom = 0; atom < atomCount; atom++) {
      if (isDead[atom] === 1) continue
      const degree = degreeOf(molecule, atom)
      if (degree === 0) {
        isDead[atom] = 1
        continue
      }
      grow(molecule, atom, seen.words, covered, nextCovered)
      sortNeighbors(molecule, { atom, bondInvariants, invariants }, pairs)
      let identifier = combine(layer, invariants[atom]!)
      for (let k = 0; k < 2 * degree; k += 2) identifier = combinePair(identifier, pairs[k]!, pairs[k + 1]!)
      if (chirality && molecule.chirality[atom] !== ChiralTag.unspecified) {
        if (isChiral[atom] === 0 && looksChiral(pairs, degree)) isChiral[atom] = 1
        if (isChiral[atom] === 1) identifier = combine(identifier, cipTerm(molecule.cip[atom]!))
      }
      next[atom] = identifier
      const loser = seen.offer(nextCovered, atom, identifier)
      if (loser >= 0) isDead[loser] = 1
    }
    foundCount = seen.closeRound(found, foundCount)
    invariants = next
    const swap = covered
    covered = nextCovered
    nextCovered = swap
  }
  return countKeys(found.subarray(0, foundCount))
}

const scratch = {
  found: createScratch(length => new Uint32Array(length)),
  pairs: createScratch(length => new Uint32Array(length)),
  covered: createScratch(length => new Int32Array(length)),
  nextCovered: createScratch(length => new Int32Array(length)),
  /** By turns, one of this round and one of the round before. */
  identifiers: [createScratch(length => new Uint32Array(length)), createScratch(length => new Uint32Array(length))],
}

function largestDegree(molecule: Molecule): number {
  let largest = 0
  for (let atom = 0; atom < molecule.atomCount; atom++) largest = Math.max(largest, degreeOf(molecule, atom))
  return largest
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
    let hash = combine(0, element)
    hash = combine(hash, degreeOf(molecule, atom) + molecule.hydrogens[atom]!)
    hash = combine(hash, hydrogens)
    hash = combine(hash, molecule.charge[atom]!)
    hash = combine(hash, massShift)
    invariants[atom] = molecule.atomRingCount[atom]! > 0 ? combine(hash, 1) : hash
  }
  return invariants
}

function bondInvariantsOf(molecule: Molecule, chirality: boolean): Uint8Array {
  if (!chirality || molecule.bondStereo.every(stereo => stereo === BondStereo.none)) return molecule.bondType
  const invariants = molecule.bondType.slice()
  for (let b = 0; b < invariants.length; b++) {
    const stereo = molecule.bondStereo[b]!
    if (invariants[b] === BondType.double && stereo !== BondStereo.none)
      invariants[b] = 100 + 10 * BondType.double + stereo
  }
  return invariants
}

/** Adds to the atom's bonds those next to it and those its neighbours covered in the round before. */
function grow(molecule: Molecule, atom: number, words: number, covered: Int32Array, next: Int32Array): void {
  const { neighborStart, neighborAtom, neighborBond } = molecule
  const own = atom * words
  const end = neighborStart[atom + 1]!
  for (let k = neighborStart[atom]!; k < end; k++) {
    const bond = neighborBond[k]!
    next[own + (bond >>> 5)]! |= 1 << (bond & 31)
    const theirs = neighborAtom[k]! * words
    for (let w = 0; w < words; w++) next[own + w]! |= covered[theirs + w]!
  }
}

/** Fills `pairs` with the (bond invariant, neighbour's identifier) of an atom's neighbours, flat, in rising order. */
function sortNeighbors(
  molecule: Molecule,
  {
    atom,
    bondInvariants,
    invariants,
  }: { readonly atom: number; readonly bondInvariants: Uint8Array; readonly invariants: Uint32Array },
  pairs: Uint32Array,
): void {
  const start = molecule.neighborStart[atom]!
  const end = molecule.neighborStart[atom + 1]!
  for (let k = start; k < end; k++) {
    const bond = bondInvariants[molecule.neighborBond[k]!]!
    const identifier = invariants[molecule.neighborAtom[k]!]!
    let at = 2 * (k - start)
    while (at > 0 && (pairs[at - 2]! > bond || (pairs[at - 2] === bond && pairs[at - 1]! > identifier))) {
      pairs[at] = pairs[at - 2]!
      pairs[at + 1] = pairs[at - 1]!
      at -= 2
    }
    pairs[at] = bond
    pairs[at + 1] = identifier
  }
}

/** A stereo centre shows once all its neighbours can be told apart at this radius. */
function looksChiral(pairs: Uint32Array, degree: number): boolean {
  for (let k = 0; k < 2 * degree; k += 2) {
    if (pairs[k] !== BondType.single) return false
    if (k > 0 && pairs[k + 1] === pairs[k - 1]) return false
  }
  return true
}

function cipTerm(cip: number): number {
  if (cip === CipCode.r) return 3
  return cip === CipCode.s ? 2 : 1
}
