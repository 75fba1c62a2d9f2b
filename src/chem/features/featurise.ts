import { descriptorsOf } from '../descriptors.ts'
import { atomPairCounts, featureAtomPairCounts } from '../fingerprints/atom-pairs.ts'
import { featureInvariants } from '../fingerprints/feature-roles.ts'
import { linearPathCounts } from '../fingerprints/linear-paths.ts'
import { morganCounts } from '../fingerprints/morgan.ts'
import { torsionCounts } from '../fingerprints/torsions.ts'
import type { Molecule } from '../molecule.ts'
import { type Perception, perceive } from '../perception.ts'
import { chempropV1 } from './chemprop-v1.ts'
import type { GraphPreset } from './graph.ts'
import type { FeatureRecord, FeatureSections, SectionName } from './sections.ts'

/** Computes the named sections of one molecule. */
export function featurise<S extends SectionName>(molecule: Molecule, sections: readonly S[]): FeatureRecord<S> {
  const perception = perceive(molecule)
  const record = {} as { [K in S]: FeatureSections[K] }
  for (const name of sections) record[name] = computations[name](molecule, perception)
  return record
}

/** The presets that graph sections are made with, by section. */
export const graphPresets = { 'graph.chemprop-v1': chempropV1 } as const satisfies Record<string, GraphPreset>

const computations: {
  readonly [K in SectionName]: (molecule: Molecule, perception: Perception) => FeatureSections[K]
} = {
  'graph.chemprop-v1': chempropV1.graphOf,
  'morgan-count-r2-chiral': molecule => morganCounts(molecule, { radius: 2, chirality: true }),
  'morgan-count-r3-chiral': molecule => morganCounts(molecule, { radius: 3, chirality: true }),
  'morgan-count-r2': molecule => morganCounts(molecule, { radius: 2, chirality: false }),
  'morgan-count-r3': molecule => morganCounts(molecule, { radius: 3, chirality: false }),
  'feature-morgan-r2': (molecule, perception) =>
    morganCounts(molecule, { radius: 2, chirality: false, invariants: featureInvariants(molecule, perception) }),
  'atom-pairs': atomPairCounts,
  torsions: torsionCounts,
  'feature-atom-pairs': featureAtomPairCounts,
  'linear-paths': molecule => linearPathCounts(molecule),
  'descriptors-1': descriptorsOf,
}
