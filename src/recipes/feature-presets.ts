import { FEATURE_PRESETS, type FeaturePresetName, type SectionName } from '../chem/features/sections.ts'
import type { Fingerprint } from '../shared/contract/foreign.ts'
import type { Recipe } from '../shared/contract/jobs.ts'
import type { AnyCard } from '../shared/contract/models.ts'
import { AppError } from '../shared/errors.ts'
import { sectionOfFingerprint } from './serving/foreign-model.ts'

/** The bundle of feature sections each recipe trains on. Data sets are featurised with it, and predictions name the same one. */
const FEATURE_PRESET_OF: { readonly [R in Recipe]: FeaturePresetName } = {
  auto: 'ligand-2',
  'tanimoto-gp': 'ligand-2',
  dmpnn: 'ligand-1',
}

export function featurePresetOf(recipe: Recipe): FeaturePresetName {
  return FEATURE_PRESET_OF[recipe]
}

/** The bundle that a model reads: named by its card, or the one fingerprint of a model made elsewhere. */
export function featurePresetOfCard(card: AnyCard): string {
  if (card.format === 'bindery-model-1') return card.featurePreset
  return fingerprintPreset(card.input)
}

export function fingerprintPreset(fingerprint: Pick<Fingerprint, 'radius' | 'chirality'>): FeaturePresetName {
  return sectionOfFingerprint(fingerprint)
}

/** The sections of a bundle by its name, as a card or a run names it. ERR_7001 for a name this Bindery does not know. */
export function sectionsOf(preset: string): readonly SectionName[] {
  if (Object.hasOwn(FEATURE_PRESETS, preset)) return FEATURE_PRESETS[preset as FeaturePresetName]
  throw new AppError(
    'ERR_7001',
    `Feature preset "${preset}": this Bindery knows ${Object.keys(FEATURE_PRESETS).join(', ')}`,
  )
}
