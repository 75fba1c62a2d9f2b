import type { CommonChem, CommonChemBond, CommonChemExtension, CommonChemMolecule } from './common-chem.ts'

/** Numbers of RDKit's `Atom::ChiralType`. */
export const ChiralTag = { unspecified: 0, clockwise: 1, counterClockwise: 2, other: 3 } as const

/** Numbers of RDKit's `Bond::BondType`. */
export const BondType = { single: 1, double: 2, triple: 3, quadruple: 4, aromatic: 12, dative: 17, zero: 21 } as const

/** Numbers of RDKit's `Bond::BondStereo`. */
export const BondStereo = { none: 0, any: 1, z: 2, e: 3, cis: 4, trans: 5 } as const

export const CipCode = { none: 0, r: 1, s: 2 } as const

/**
 * One molecule as flat arrays, in the atom and bond order of the toolkit that perceived it. Hydrogens that are not atoms of
 * the graph are counted in `hydrogens`. Nothing in it is changed after `moleculeFrom` returns.
 */
export interface Molecule {
  readonly atomCount: number
  readonly bondCount: number
  /** [atoms]; 0 is a dummy atom. */
  readonly atomicNumber: Uint8Array
  readonly charge: Int8Array
  /** Implicit and bracket hydrogens that are not atoms of the graph. */
  readonly hydrogens: Uint8Array
  /** Mass number, 0 where natural. */
  readonly isotope: Uint16Array
  readonly radicalElectrons: Uint8Array
  /** `ChiralTag` */
  readonly chirality: Uint8Array
  /** `CipCode` */
  readonly cip: Uint8Array
  readonly aromaticAtom: Uint8Array
  /** Member of how many of the smallest rings. */
  readonly atomRingCount: Uint8Array
  /** [bonds, 2] begin and end atom. */
  readonly bondAtoms: Uint16Array
  /** [bonds] `BondType`, aromatic where aromatic. */
  readonly bondType: Uint8Array
  /** [bonds] order in one Kekulé form: 0, 1, 2, 3 or 4; a dative bond is 17. */
  readonly kekuleOrder: Uint8Array
  /** `BondStereo` */
  readonly bondStereo: Uint8Array
  readonly bondInRing: Uint8Array
  /** [atoms + 1] start of each atom's slice of `neighborAtom` and `neighborBond`. */
  readonly neighborStart: Uint16Array
  /** [2 · bonds] */
  readonly neighborAtom: Uint16Array
  /** [2 · bonds] */
  readonly neighborBond: Uint16Array
  /** Atoms of each smallest ring, in ring order. */
  readonly rings: readonly (readonly number[])[]
}

/** The largest molecule the flat arrays can hold; far above every rule that decides what is accepted. */
export const MAX_ATOMS = 0xffff

/**
 * Reads the text of RDKit's `get_json()`. The JSON is a toolkit's output, not a user's file: what does not fit its format is
 * a bug and throws a plain Error.
 */
export function moleculeFromJson(json: string): Molecule {
  const document = JSON.parse(json) as CommonChem
  const molecule = document.molecules[0]
  if (!molecule) throw new Error('CommonChem document without a molecule')
  return moleculeFrom(molecule, document.defaults)
}

export function moleculeFrom(source: CommonChemMolecule, defaults: CommonChem['defaults']): Molecule {
  const extension = source.extensions?.find(e => e.name === 'rdkitRepresentation')
  if (source.atoms.length > MAX_ATOMS) throw new Error(`${source.atoms.length} atoms, at most ${MAX_ATOMS} fit`)
  const atoms = readAtoms(source, defaults.atom, extension)
  const bonds = readBonds(source.bonds ?? [], defaults.bond, extension)
  const adjacency = adjacencyOf(source.atoms.length, bonds.bondAtoms)
  const rings = extension?.atomRings ?? []
  const ringMembership = ringMembershipOf(rings, source.atoms.length, bonds.bondAtoms)
  const molecule = {
    atomCount: source.atoms.length,
    bondCount: bonds.bondType.length,
    ...atoms,
    ...bonds,
    ...adjacency,
    ...ringMembership,
    rings,
  }
  labelDoubleBonds(molecule, source.bonds ?? [], extension?.cipRanks)
  return molecule
}

const chiralTags: Record<string, number> = {
  unspecified: ChiralTag.unspecified,
  cw: ChiralTag.clockwise,
  ccw: ChiralTag.counterClockwise,
}

function readAtoms(
  source: CommonChemMolecule,
  defaults: CommonChem['defaults']['atom'],
  extension: CommonChemExtension | undefined,
) {
  const count = source.atoms.length
  const atomicNumber = new Uint8Array(count)
  const charge = new Int8Array(count)
  const hydrogens = new Uint8Array(count)
  const isotope = new Uint16Array(count)
  const radicalElectrons = new Uint8Array(count)
  const chirality = new Uint8Array(count)
  const cip = new Uint8Array(count)
  const aromaticAtom = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const atom = source.atoms[i]!
    atomicNumber[i] = atom.z ?? defaults.z
    charge[i] = atom.chg ?? defaults.chg
    hydrogens[i] = atom.impHs ?? defaults.impHs
    isotope[i] = atom.isotope ?? defaults.isotope
    radicalElectrons[i] = atom.nRad ?? defaults.nRad
    chirality[i] = chiralTags[atom.stereo ?? defaults.stereo] ?? ChiralTag.other
  }
  for (const i of extension?.aromaticAtoms ?? []) aromaticAtom[i] = 1
  for (const [i, code] of extension?.cipCodes ?? []) {
    cip[i] = code === 'R' ? CipCode.r : code === 'S' ? CipCode.s : CipCode.none
  }
  return { atomicNumber, charge, hydrogens, isotope, radicalElectrons, chirality, cip, aromaticAtom }
}

function readBonds(
  source: readonly CommonChemBond[],
  defaults: CommonChem['defaults']['bond'],
  extension: CommonChemExtension | undefined,
) {
  const bondAtoms = new Uint16Array(2 * source.length)
  const kekuleOrder = new Uint8Array(source.length)
  const bondType = new Uint8Array(source.length)
  for (let b = 0; b < source.length; b++) {
    const bond = source[b]!
    bondAtoms[2 * b] = bond.atoms[0]
    bondAtoms[2 * b + 1] = bond.atoms[1]
    const order = bond.bo ?? defaults.bo
    kekuleOrder[b] = order
    bondType[b] = order === 0 ? BondType.zero : order
  }
  for (const b of extension?.aromaticBonds ?? []) bondType[b] = BondType.aromatic
  return { bondAtoms, kekuleOrder, bondType, bondStereo: new Uint8Array(source.length) }
}

function adjacencyOf(atomCount: number, bondAtoms: Uint16Array) {
  const neighborStart = new Uint16Array(atomCount + 1)
  for (const atom of bondAtoms) neighborStart[atom + 1]!++
  for (let i = 0; i < atomCount; i++) neighborStart[i + 1]! += neighborStart[i]!
  const next = neighborStart.slice()
  const neighborAtom = new Uint16Array(bondAtoms.length)
  const neighborBond = new Uint16Array(bondAtoms.length)
  for (let b = 0; b < bondAtoms.length / 2; b++) {
    const begin = bondAtoms[2 * b]!
    const end = bondAtoms[2 * b + 1]!
    const fromBegin = next[begin]!++
    const fromEnd = next[end]!++
    neighborAtom[fromBegin] = end
    neighborBond[fromBegin] = b
    neighborAtom[fromEnd] = begin
    neighborBond[fromEnd] = b
  }
  return { neighborStart, neighborAtom, neighborBond }
}

/** A bond is in a ring when its atoms are neighbours along one of the smallest rings. */
function ringMembershipOf(rings: readonly (readonly number[])[], atomCount: number, bondAtoms: Uint16Array) {
  const atomRingCount = new Uint8Array(atomCount)
  const steps = new Set<number>()
  for (const ring of rings) {
    for (let k = 0; k < ring.length; k++) {
      const a = ring[k]!
      const b = ring[(k + 1) % ring.length]!
      atomRingCount[a]!++
      steps.add(Math.min(a, b) * 0x10000 + Math.max(a, b))
    }
  }
  const bondInRing = new Uint8Array(bondAtoms.length / 2)
  for (let b = 0; b < bondInRing.length; b++) {
    const begin = bondAtoms[2 * b]!
    const end = bondAtoms[2 * b + 1]!
    if (steps.has(Math.min(begin, end) * 0x10000 + Math.max(begin, end))) bondInRing[b] = 1
  }
  return { atomRingCount, bondInRing }
}

type Labelled = Pick<Molecule, 'bondAtoms' | 'bondStereo' | 'neighborStart' | 'neighborAtom'>

/**
 * The JSON says cis or trans with respect to two named neighbours; features are defined on E and Z, which compare the
 * neighbours of higher rank. Without ranks cis and trans are kept.
 */
function labelDoubleBonds(
  molecule: Labelled,
  source: readonly CommonChemBond[],
  ranks: readonly number[] | undefined,
): void {
  for (let b = 0; b < source.length; b++) {
    const { stereo, stereoAtoms } = source[b]!
    if (stereo === undefined || stereo === 'unspecified') continue
    if (stereo !== 'cis' && stereo !== 'trans') {
      molecule.bondStereo[b] = BondStereo.any
      continue
    }
    if (!ranks || !stereoAtoms) {
      molecule.bondStereo[b] = stereo === 'cis' ? BondStereo.cis : BondStereo.trans
      continue
    }
    const begin = molecule.bondAtoms[2 * b]!
    const end = molecule.bondAtoms[2 * b + 1]!
    const swaps = Number(hasHigherNeighbor(molecule, begin, [end, stereoAtoms[0]], ranks))
    const otherSwaps = Number(hasHigherNeighbor(molecule, end, [begin, stereoAtoms[1]], ranks))
    const together = (stereo === 'cis') === ((swaps + otherSwaps) % 2 === 0)
    molecule.bondStereo[b] = together ? BondStereo.z : BondStereo.e
  }
}

/** Whether `atom` has a neighbour, other than its partner and the named one, that outranks the named one. */
function hasHigherNeighbor(
  molecule: Labelled,
  atom: number,
  [partner, named]: readonly [number, number],
  ranks: readonly number[],
): boolean {
  for (let k = molecule.neighborStart[atom]!; k < molecule.neighborStart[atom + 1]!; k++) {
    const other = molecule.neighborAtom[k]!
    if (other !== partner && other !== named && ranks[other]! > ranks[named]!) return true
  }
  return false
}
