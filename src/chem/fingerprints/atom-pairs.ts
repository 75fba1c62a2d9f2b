import type { Molecule } from '../molecule.ts'
import type { Perception } from '../perception.ts'
import { createScratch } from '../scratch.ts'
import { ATOM_CODE_BITS, atomPairCodes } from './atom-codes.ts'
import { featureInvariants } from './feature-roles.ts'
import { NONE } from './hidden-atom.ts'
import { MOST_COUNTED, type SparseCounts } from './sparse-counts.ts'

const DISTANCE_BITS = 5
const MAX_DISTANCE = 30

/**
 * Every pair of atoms 1 to 30 bonds apart, as `larger code << 14 | smaller code << 5 | distance`; equal to RDKit's atom-pair
 * counts without chirality. Carhart, Smith and Venkataraghavan 1985, J. Chem. Inf. Comput. Sci. 25, 64.
 */
export function atomPairCounts(molecule: Molecule, perception: Perception, hidden = NONE): SparseCounts {
  return countPairs(molecule, atomPairCodes(molecule, perception), hidden)
}

/**
 * The same over pharmacophoric roles instead of atom types: which roles stand at which distances. An atom without a role is one
 * of the kinds.
 */
export function featureAtomPairCounts(molecule: Molecule, perception: Perception, hidden = NONE): SparseCounts {
  return countPairs(molecule, featureInvariants(molecule, perception), hidden)
}

const scratch = {
  neighbors: createScratch(length => new Int32Array(length)),
  reached: createScratch(length => new Int32Array(length)),
  frontier: createScratch(length => new Int32Array(length)),
  next: createScratch(length => new Int32Array(length)),
  codes: createScratch(length => new Uint16Array(length)),
  rank: createScratch(length => new Uint16Array(length)),
  counts: createScratch(length => new Uint32Array(length)),
}

/** Walks outwards from every atom, a shell at a time, over sets of atoms. @param codes [atoms], below 2⁹. @param hidden Pairs of this atom are left out. */
function countPairs(molecule: Molecule, codes: ArrayLike<number>, hidden: number): SparseCounts {
  const { atomCount } = molecule
  const words = Math.ceil(atomCount / 32)
  const neighbors = neighborSets(molecule, words)
  const pairs = new PairTable(codes)
  const reached = scratch.reached(words)
  let frontier = scratch.frontier(words)
  let next = scratch.next(words)
  for (let from = 0; from < atomCount; from++) {
    if (from === hidden) continue
    for (let w = 0; w < words; w++) reached[w] = frontier[w] = 0
    reached[from >>> 5] = frontier[from >>> 5] = 1 << (from & 31)
    for (let distance = 1; distance <= MAX_DISTANCE; distance++) {
      for (let w = 0; w < words; w++) next[w] = 0
      for (let w = 0; w < words; w++) {
        for (let bits = frontier[w]!; bits !== 0; bits &= bits - 1) {
          const row = ((w << 5) + lowestBit(bits)) * words
          for (let v = 0; v < words; v++) next[v]! |= neighbors[row + v]!
        }
      }
      let isEnd = true
      for (let w = 0; w < words; w++) {
        const shell = next[w]! & ~reached[w]!
        next[w] = shell
        reached[w]! |= shell
        if (shell !== 0) isEnd = false
        // Each pair is met from both its ends; the end with the smaller number reports it.
        for (let bits = above(shell, w, from); bits !== 0; bits &= bits - 1) {
          const other = (w << 5) + lowestBit(bits)
          if (other !== hidden) pairs.add(from, other, distance)
        }
      }
      if (isEnd) break
      const swap = frontier
      frontier = next
      next = swap
    }
  }
  return pairs.counts()
}

/** [atoms, words] the neighbours of each atom, one bit an atom. */
function neighborSets({ atomCount, neighborStart, neighborAtom }: Molecule, words: number): Int32Array {
  const sets = scratch.neighbors(atomCount * words)
  sets.fill(0, 0, atomCount * words)
  for (let atom = 0; atom < atomCount; atom++) {
    for (let k = neighborStart[atom]!; k < neighborStart[atom + 1]!; k++) {
      const other = neighborAtom[k]!
      sets[atom * words + (other >>> 5)]! |= 1 << (other & 31)
    }
  }
  return sets
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

/** The bits of word `w` that stand for atoms above `atom`. */
function above(bits: number, w: number, atom: number): number {
  const from = atom + 1 - (w << 5)
  if (from <= 0) return bits
  return from >= 32 ? 0 : bits & (-1 << from)
}

const DISTANCES = MAX_DISTANCE + 1

/**
 * Counts by code, code and distance. The codes of a molecule are few, so that a dense table over those it has is small, and reading it
 * row by row gives the keys in rising order. One at a time: they share their memory.
 */
class PairTable {
  /** Rising, `#size` of them. */
  readonly #codes: Uint16Array
  readonly #size: number
  /** [atoms] position in `#codes` */
  readonly #rank: Uint16Array
  /** [larger rank, smaller rank, distance] */
  readonly #counts: Uint32Array
  #distinct = 0

  constructor(codes: ArrayLike<number>) {
    this.#codes = scratch.codes(codes.length)
    this.#size = writeDistinct(codes, this.#codes)
    this.#rank = scratch.rank(codes.length)
    for (let atom = 0; atom < codes.length; atom++) {
      let rank = 0
      while (this.#codes[rank] !== codes[atom]) rank++
      this.#rank[atom] = rank
    }
    const cells = this.#size ** 2 * DISTANCES
    this.#counts = scratch.counts(cells).fill(0, 0, cells)
  }

  add(a: number, b: number, distance: number): void {
    const i = this.#rank[a]!
    const j = this.#rank[b]!
    const pair = i < j ? j * this.#size + i : i * this.#size + j
    const cell = pair * DISTANCES + distance
    const before = this.#counts[cell]!
    this.#counts[cell] = before + 1
    if (before === 0) this.#distinct++
  }

  counts(): SparseCounts {
    const keys = new Uint32Array(this.#distinct)
    const counts = new Uint16Array(this.#distinct)
    const table = this.#counts
    let found = 0
    for (let larger = 0; larger < this.#size; larger++) {
      for (let smaller = 0; smaller <= larger; smaller++) {
        const key =
          (this.#codes[smaller]! << DISTANCE_BITS) | (this.#codes[larger]! << (DISTANCE_BITS + ATOM_CODE_BITS))
        const row = (larger * this.#size + smaller) * DISTANCES
        for (let distance = 1; distance < DISTANCES; distance++) {
          const count = table[row + distance]!
          if (count === 0) continue
          keys[found] = key | distance
          counts[found++] = Math.min(count, MOST_COUNTED)
        }
      }
    }
    return { keys, counts }
  }
}

/** Writes the different ones of `codes` to `out`, rising, and answers how many there are. */
function writeDistinct(codes: ArrayLike<number>, out: Uint16Array): number {
  let size = 0
  for (let k = 0; k < codes.length; k++) {
    const code = codes[k]!
    let at = size
    while (at > 0 && out[at - 1]! > code) at--
    if (at > 0 && out[at - 1] === code) continue
    out.copyWithin(at + 1, at, size)
    out[at] = code
    size++
  }
  return size
}
