import type { Molecule } from '../molecule.ts'
import { createScratch } from '../scratch.ts'
import { combine } from './hash.ts'

const scratch = {
  bonds: createScratch(length => new Int32Array(length)),
  hashes: createScratch(length => new Uint32Array(length)),
  atoms: createScratch(length => new Uint16Array(length)),
  identifiers: createScratch(length => new Uint32Array(length)),
}

/** The sets of bonds that have been counted, one molecule's at a time, each with the smallest identifier offered for it in its round. */
export class EnvironmentSet {
  /** 32-bit words of a set. */
  readonly words: number
  readonly #hiddenBonds: readonly number[]
  /** [sets, words] one bit a bond. */
  readonly #bonds: Int32Array
  readonly #hashes: Uint32Array
  readonly #atoms: Uint16Array
  readonly #identifiers: Uint32Array
  #count = 0
  /** Sets before it are of earlier rounds: they win against every offer. */
  #roundStart = 0

  /**
   * @param most Sets there can be.
   * @param hiddenBonds Environments that hold one of them take part in everything but the count.
   */
  constructor({ bondCount }: Molecule, { most, hiddenBonds }: { most: number; hiddenBonds: readonly number[] }) {
    this.words = Math.max(1, Math.ceil(bondCount / 32))
    this.#hiddenBonds = hiddenBonds
    this.#bonds = scratch.bonds(most * this.words)
    this.#hashes = scratch.hashes(most)
    this.#atoms = scratch.atoms(most)
    this.#identifiers = scratch.identifiers(most)
  }

  /** Offers an atom's bonds with its identifier. Returns the atom that loses, or −1 where the set of bonds is new. */
  offer(covered: Int32Array, atom: number, identifier: number): number {
    const from = atom * this.words
    let hash = 0
    for (let w = 0; w < this.words; w++) hash = combine(hash, covered[from + w]!)
    const known = this.#find(covered, from, hash)
    if (known === -1) {
      const added = this.#count++
      for (let w = 0; w < this.words; w++) this.#bonds[added * this.words + w] = covered[from + w]!
      this.#hashes[added] = hash
      this.#atoms[added] = atom
      this.#identifiers[added] = identifier
      return -1
    }
    if (known < this.#roundStart || this.#identifiers[known]! <= identifier) return atom
    const loser = this.#atoms[known]!
    this.#atoms[known] = atom
    this.#identifiers[known] = identifier
    return loser
  }

  /** Writes the identifiers of the round's new sets to `found` from `at` on and answers where they end; later offers of them lose. */
  closeRound(found: Uint32Array, at: number): number {
    let end = at
    for (let set = this.#roundStart; set < this.#count; set++) {
      if (!this.#isHidden(set)) found[end++] = this.#identifiers[set]!
    }
    this.#roundStart = this.#count
    return end
  }

  /** Position of the set equal to `words` words of `covered`, or −1. A molecule has so few that a table would not find it sooner. */
  #find(covered: Int32Array, from: number, hash: number): number {
    for (let set = 0; set < this.#count; set++) {
      if (this.#hashes[set] !== hash) continue
      let w = 0
      while (w < this.words && this.#bonds[set * this.words + w] === covered[from + w]) w++
      if (w === this.words) return set
    }
    return -1
  }

  #isHidden(set: number): boolean {
    return this.#hiddenBonds.some(bond => (this.#bonds[set * this.words + (bond >>> 5)]! & (1 << (bond & 31))) !== 0)
  }
}
