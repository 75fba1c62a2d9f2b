/**
 * The part of RDKit's CommonChem JSON (`mol.get_json()`, rdkitjson version 10 to 12) that we read.
 * Absent fields take the value in `defaults`; bond orders are those of one Kekulé form, aromaticity is in the extension.
 */
export interface CommonChem {
  readonly rdkitjson: { readonly version: number }
  readonly defaults: {
    readonly atom: Required<CommonChemAtom>
    readonly bond: { readonly bo: number; readonly stereo: string }
  }
  readonly molecules: readonly CommonChemMolecule[]
}

export interface CommonChemAtom {
  readonly z?: number
  readonly impHs?: number
  readonly chg?: number
  readonly nRad?: number
  readonly isotope?: number
  readonly stereo?: string
}

export interface CommonChemBond {
  readonly bo?: number
  readonly atoms: readonly [number, number]
  readonly stereo?: string
  readonly stereoAtoms?: readonly [number, number]
}

export interface CommonChemMolecule {
  readonly atoms: readonly CommonChemAtom[]
  readonly bonds?: readonly CommonChemBond[]
  readonly extensions?: readonly CommonChemExtension[]
}

export interface CommonChemExtension {
  readonly name: string
  readonly toolkitVersion?: string
  readonly aromaticAtoms?: readonly number[]
  readonly aromaticBonds?: readonly number[]
  readonly cipRanks?: readonly number[]
  readonly cipCodes?: readonly (readonly [number, string])[]
  readonly atomRings?: readonly (readonly number[])[]
}
