import type { Molecule } from '../molecule.ts'
import type { Perception } from '../perception.ts'
import { atomPairCodes } from './atom-codes.ts'
import { combine } from './hash.ts'
import { countKeys, type SparseCounts } from './sparse-counts.ts'

/**
 * Paths of four bonded atoms other than hydrogen, each end coded without one of its branches and each inner atom without two;
 * a path and its reverse are one. A three-membered ring counts as one closed path. Nilakantan et al. 1987, J. Chem. Inf.
 * Comput. Sci. 27, 82.
 *
 * The key is RDKit's 32-bit hash of the four codes. One definition differs from RDKit's: it begins the closed path of a
 * three-membered ring at the atom that happens to be numbered first, we at the one with the smallest codes, so that the
 * fingerprint does not depend on how a molecule was written.
 */
export function torsionCounts(molecule: Molecule, perception: Perception): SparseCounts {
  const codes = atomPairCodes(molecule, perception)
  const keys: number[] = []
  for (let bond = 0; bond < molecule.bondCount; bond++) {
    const b = molecule.bondAtoms[2 * bond]!
    const c = molecule.bondAtoms[2 * bond + 1]!
    if (molecule.atomicNumber[b] === 1 || molecule.atomicNumber[c] === 1) continue
    eachNeighbor(molecule, b, a => {
      if (a === c || molecule.atomicNumber[a] === 1) return
      eachNeighbor(molecule, c, d => {
        if (d === b || molecule.atomicNumber[d] === 1) return
        if (a !== d) keys.push(pathKey(codes[a]!, codes[b]!, codes[c]!, codes[d]!))
        else if (a > b && a > c) keys.push(triangleKey(codes[a]!, codes[b]!, codes[c]!))
      })
    })
  }
  return countKeys(Uint32Array.from(keys))
}

function eachNeighbor(molecule: Molecule, atom: number, visit: (neighbor: number) => void): void {
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++)
    visit(molecule.neighborAtom[k]!)
}

/** Codes are compared from both ends inwards; the path is read from the smaller end. */
function pathKey(a: number, b: number, c: number, d: number): number {
  const isReversed = a > d || (a === d && b > c)
  const [first, second, third, fourth] = isReversed ? [d, c, b, a] : [a, b, c, d]
  return combine(combine(combine(combine(0, first - 1), second - 2), third - 2), fourth - 1)
}

function triangleKey(a: number, b: number, c: number): number {
  const [low, middle, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number]
  return pathKey(low, middle, high, low)
}
