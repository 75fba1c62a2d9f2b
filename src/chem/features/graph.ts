import type { Molecule } from '../molecule.ts'
import type { Perception } from '../perception.ts'

/** A molecule as a graph preset stores it: category codes, not dense rows. `writeAtomRow` and `writeBondRow` expand them. */
export interface MolGraph {
  readonly atomCount: number
  readonly bondCount: number
  /** [atoms, preset.atomCodeCount] */
  readonly atomCodes: Uint8Array
  /** [atoms] in daltons: average weight, or the isotope's mass where one is given. */
  readonly atomMass: Float32Array
  /** [bonds, preset.bondCodeCount] one row a chemical bond; both directions share it. */
  readonly bondCodes: Uint8Array
  /** [bonds, 2] begin and end atom. */
  readonly bondAtoms: Uint16Array
}

/** A released preset is never edited: a model names the preset it was trained with. */
export interface GraphPreset {
  readonly id: string
  /** Width of a dense atom row. */
  readonly atomWidth: number
  /** Width of a dense bond row. */
  readonly bondWidth: number
  readonly atomCodeCount: number
  readonly bondCodeCount: number
  graphOf(molecule: Molecule, perception: Perception): MolGraph
  /** Writes atom `atom` as `atomWidth` floats from `offset` on, zeros included. */
  writeAtomRow(graph: MolGraph, atom: number, out: Float32Array, offset: number): void
  /** Writes bond `bond` as `bondWidth` floats from `offset` on, zeros included. */
  writeBondRow(graph: MolGraph, bond: number, out: Float32Array, offset: number): void
}
