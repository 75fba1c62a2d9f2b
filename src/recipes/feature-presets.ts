import { FEATURE_PRESETS, type FeaturePresetName, type SectionName } from '../chem/features/sections.ts'
import type { Recipe } from '../shared/contract/jobs.ts'
import { AppError } from '../shared/errors.ts'

/** The bundle of feature sections each recipe trains on. Data sets are featurised with it, and predictions name the same one. */
const FEATURE_PRESET_OF: { readonly [R in Recipe]: FeaturePresetName } = {
  auto: 'ligand-2',
  'tanimoto-gp': 'ligand-2',
  dmpnn: 'ligand-1',
}

export function featurePresetOf(recipe: Recipe): FeaturePresetName {
  return FEATURE_PRESET_OF[recipe]
}

/** The sections of a bundle by its name, as a card or a run names it. ERR_7001 for a name this Bindery does not know. */
export function sectionsOf(preset: string): readonly SectionName[] {
  if (Object.hasOwn(FEATURE_PRESETS, preset)) return FEATURE_PRESETS[preset as FeaturePresetName]
  throw new AppError(
    'ERR_7001',
    `Feature preset "${preset}": this Bindery knows ${Object.keys(FEATURE_PRESETS).join(', ')}`,
  )
}
