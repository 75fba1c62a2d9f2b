import type { CommonChem } from './common-chem.ts'
import { BondType, type Molecule } from './molecule.ts'
import { bondOrderSum } from './perception.ts'

/**
 * [atoms] 1 for the atoms of the Bemis-Murcko scaffold: rings, the chains between rings, and atoms double-bonded to either, as
 * RDKit's MurckoScaffold keeps them. All 0 for a molecule without rings. Bemis and Murcko 1996, J. Med. Chem. 39, 2887.
 */
export function scaffoldAtoms(molecule: Molecule): Uint8Array {
  const framework = ringsAndLinkers(molecule)
  const kept = framework.slice()
  for (let bond = 0; bond < molecule.bondCount; bond++) {
    if (molecule.bondType[bond] !== BondType.double) continue
    const begin = molecule.bondAtoms[2 * bond]!
    const end = molecule.bondAtoms[2 * bond + 1]!
    if (framework[begin] === 1) kept[end] = 1
    if (framework[end] === 1) kept[begin] = 1
  }
  return kept
}

/** What is left when atoms outside rings are removed from the ends inwards. */
function ringsAndLinkers(molecule: Molecule): Uint8Array {
  const kept = new Uint8Array(molecule.atomCount).fill(1)
  const links = new Uint16Array(molecule.atomCount)
  const ends: number[] = []
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    links[atom] = molecule.neighborStart[atom + 1]! - molecule.neighborStart[atom]!
    if (links[atom]! <= 1) ends.push(atom)
  }
  for (let atom = ends.pop(); atom !== undefined; atom = ends.pop()) {
    kept[atom] = 0
    for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
      const other = molecule.neighborAtom[k]!
      if (kept[other] === 1 && --links[other]! === 1) ends.push(other)
    }
  }
  return kept
}

/**
 * The scaffold as CommonChem JSON for a toolkit to write as canonical SMILES, or `null` for a molecule without rings. Open
 * valences are filled with hydrogens; stereo labels and isotopes are left out, so that stereoisomers share a scaffold.
 */
export function scaffoldDocument(molecule: Molecule): CommonChem | null {
  const kept = scaffoldAtoms(molecule)
  const position = new Int32Array(molecule.atomCount).fill(-1)
  let count = 0
  for (let atom = 0; atom < molecule.atomCount; atom++) if (kept[atom] === 1) position[atom] = count++
  if (count === 0) return null

  const bonds: { atoms: [number, number]; bo: number }[] = []
  const keptOrders = new Uint8Array(molecule.atomCount)
  for (let bond = 0; bond < molecule.bondCount; bond++) {
    const begin = molecule.bondAtoms[2 * bond]!
    const end = molecule.bondAtoms[2 * bond + 1]!
    if (kept[begin] === 0 || kept[end] === 0) continue
    const bo = molecule.kekuleOrder[bond]!
    bonds.push({ atoms: [position[begin]!, position[end]!], bo })
    if (bo !== BondType.dative) keptOrders[begin]! += bo
    keptOrders[end]! += bo === BondType.dative ? 1 : bo
  }

  const atoms = []
  for (let atom = 0; atom < molecule.atomCount; atom++) {
    if (kept[atom] === 0) continue
    atoms.push({
      z: molecule.atomicNumber[atom]!,
      chg: molecule.charge[atom]!,
      nRad: molecule.radicalElectrons[atom]!,
      impHs: molecule.hydrogens[atom]! + bondOrderSum(molecule, atom) - keptOrders[atom]!,
    })
  }
  return {
    rdkitjson: { version: 11 },
    defaults: {
      atom: { z: 6, impHs: 0, chg: 0, nRad: 0, isotope: 0, stereo: 'unspecified' },
      bond: { bo: 1, stereo: 'unspecified' },
    },
    molecules: [{ atoms, bonds }],
  }
}
