import type { Molecule } from '../molecule.ts'
import type { Perception } from '../perception.ts'
import { ATOM_CODE_BITS, atomPairCodes } from './atom-codes.ts'
import { featureInvariants } from './feature-roles.ts'
import { NONE } from './hidden-atom.ts'
import { countKeys, type SparseCounts } from './sparse-counts.ts'

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

/** @param codes [atoms], below 2⁹. @param hidden Pairs of this atom are left out. */
function countPairs(molecule: Molecule, codes: ArrayLike<number>, hidden: number): SparseCounts {
  const { atomCount } = molecule
  const pairs = new Uint32Array((atomCount * (atomCount - 1)) / 2)
  let found = 0
  const distance = new Int16Array(atomCount)
  const queue = new Uint16Array(atomCount)
  for (let from = 0; from < atomCount; from++) {
    distance.fill(-1)
    distance[from] = 0
    queue[0] = from
    let filled = 1
    for (let head = 0; head < filled; head++) {
      const atom = queue[head]!
      const step = distance[atom]! + 1
      if (step > MAX_DISTANCE) break
      for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
        const other = molecule.neighborAtom[k]!
        if (distance[other] !== -1) continue
        distance[other] = step
        queue[filled++] = other
        if (other > from && from !== hidden && other !== hidden)
          pairs[found++] = pairKey(codes[from]!, codes[other]!, step)
      }
    }
  }
  return countKeys(pairs.subarray(0, found))
}

function pairKey(a: number, b: number, distance: number): number {
  return distance | (Math.min(a, b) << DISTANCE_BITS) | (Math.max(a, b) << (DISTANCE_BITS + ATOM_CODE_BITS))
}
