import type { SparseCounts } from '../fingerprints/sparse-counts.ts'
import type { MolGraph } from './graph.ts'

/**
 * What can be stored about a molecule, by name. A name means one exact definition for ever: a changed definition gets a new
 * name and a new code, old ones stay readable.
 */
export interface FeatureSections {
  /** Chemprop's atom and bond features, 133 and 14 wide. */
  'graph.chemprop-v1': MolGraph
  /** Morgan environments up to radius 2, with chirality. */
  'morgan-count-r2-chiral': SparseCounts
  /** Morgan environments up to radius 3, with chirality. */
  'morgan-count-r3-chiral': SparseCounts
  /** Morgan environments up to radius 2, blind to chirality: what most models made elsewhere read. */
  'morgan-count-r2': SparseCounts
  /** The same up to radius 3. */
  'morgan-count-r3': SparseCounts
  /** Morgan environments over pharmacophoric atom roles, radius 2. */
  'feature-morgan-r2': SparseCounts
  /** Pairs of typed atoms at a topological distance of 1 to 30. */
  'atom-pairs': SparseCounts
  /** Paths of four typed atoms. */
  torsions: SparseCounts
  /** Pairs of pharmacophoric roles at a topological distance of 1 to 30. */
  'feature-atom-pairs': SparseCounts
  /** Unbranched paths of one to seven bonds. */
  'linear-paths': SparseCounts
  /** Bulk properties in the order of `DESCRIPTOR_NAMES`. [descriptors] */
  'descriptors-1': Float32Array
}

export type SectionName = keyof FeatureSections

/** One molecule's record, holding the sections that were asked for. */
export type FeatureRecord<S extends SectionName = SectionName> = { readonly [K in S]: FeatureSections[K] }

export type CountSectionName = { [K in SectionName]: FeatureSections[K] extends SparseCounts ? K : never }[SectionName]

/** The number that names a section in a file. Never reused, never changed. */
export const SECTION_CODES = {
  'graph.chemprop-v1': 1,
  'morgan-count-r2-chiral': 2,
  'morgan-count-r3-chiral': 3,
  'feature-morgan-r2': 4,
  'atom-pairs': 5,
  torsions: 6,
  'feature-atom-pairs': 7,
  'linear-paths': 8,
  'descriptors-1': 9,
  'morgan-count-r2': 10,
  'morgan-count-r3': 11,
} as const satisfies Record<SectionName, number>

export const SECTION_NAMES = Object.keys(SECTION_CODES) as SectionName[]

export function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(SECTION_CODES, name)
}

export function isCountSection(name: string): name is CountSectionName {
  return isSectionName(name) && name !== 'graph.chemprop-v1' && name !== 'descriptors-1'
}

/**
 * What a recipe may ask for by one name. A model names its bundle and is served by it for ever, so a released bundle is never
 * edited either.
 */
export const FEATURE_PRESETS = {
  'ligand-1': ['graph.chemprop-v1', 'morgan-count-r2-chiral', 'atom-pairs', 'torsions'],
  'ligand-2': [
    'graph.chemprop-v1',
    'morgan-count-r2-chiral',
    'feature-morgan-r2',
    'atom-pairs',
    'feature-atom-pairs',
    'torsions',
    'linear-paths',
    'descriptors-1',
  ],
  /** What compounds are compared by, for looking at data sets. */
  'similarity-1': ['morgan-count-r2-chiral'],
  /** What models made elsewhere are given, folded as they ask for. */
  'morgan-count-r2': ['morgan-count-r2'],
  'morgan-count-r3': ['morgan-count-r3'],
  'morgan-count-r2-chiral': ['morgan-count-r2-chiral'],
  'morgan-count-r3-chiral': ['morgan-count-r3-chiral'],
} as const satisfies Record<string, readonly SectionName[]>

export type FeaturePresetName = keyof typeof FEATURE_PRESETS
