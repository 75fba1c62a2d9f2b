import type { Molecule } from '../molecule.ts'
import { combine } from './hash.ts'
import { NONE } from './hidden-atom.ts'
import { countKeys, type SparseCounts } from './sparse-counts.ts'

/** Longest path, in bonds. */
const MAX_BONDS = 7

/**
 * Unbranched paths of one to seven bonds that visit no atom twice, hydrogens left out, as "Daylight-like" fingerprints
 * count them. An atom is its element and whether it is aromatic, a bond its type. A path and its reverse are one: the key is
 * the smaller of the hashes of its two readings.
 */
export function linearPathCounts(molecule: Molecule, hidden = NONE): SparseCounts {
  const search = new PathSearch(molecule, hidden)
  for (let atom = 0; atom < molecule.atomCount; atom++) search.from(atom)
  return countKeys(Uint32Array.from(search.keys))
}

class PathSearch {
  readonly keys: number[] = []
  readonly #molecule: Molecule
  readonly #atomCodes: Uint16Array
  readonly #onPath: Uint8Array
  /** Codes read along the path: atom, bond, atom, … */
  readonly #codes: number[] = []
  #start = 0

  constructor(molecule: Molecule, hidden: number) {
    this.#molecule = molecule
    this.#onPath = new Uint8Array(molecule.atomCount)
    // No path enters an atom that is on it already.
    if (hidden !== NONE) this.#onPath[hidden] = 1
    this.#atomCodes = Uint16Array.from(molecule.atomicNumber, (element, i) => 2 * element + molecule.aromaticAtom[i]!)
  }

  from(atom: number): void {
    if (this.#molecule.atomicNumber[atom] === 1 || this.#onPath[atom] === 1) return
    this.#start = atom
    this.#extend(atom)
  }

  #extend(atom: number): void {
    const { neighborStart, neighborAtom, neighborBond, bondType, atomicNumber } = this.#molecule
    this.#codes.push(this.#atomCodes[atom]!)
    this.#onPath[atom] = 1
    // Each path is met from both its ends; the end with the larger number reports it.
    if (atom < this.#start) this.keys.push(pathKey(this.#codes))
    if (this.#codes.length < 2 * MAX_BONDS + 1) {
      for (let k = neighborStart[atom]!; k < neighborStart[atom + 1]!; k++) {
        const next = neighborAtom[k]!
        if (this.#onPath[next] === 1 || atomicNumber[next] === 1) continue
        this.#codes.push(bondType[neighborBond[k]!]!)
        this.#extend(next)
        this.#codes.pop()
      }
    }
    this.#onPath[atom] = 0
    this.#codes.pop()
  }
}

function pathKey(codes: readonly number[]): number {
  let forward = 0
  let backward = 0
  for (let i = 0; i < codes.length; i++) {
    forward = combine(forward, codes[i]!)
    backward = combine(backward, codes[codes.length - 1 - i]!)
  }
  return Math.min(forward, backward)
}
