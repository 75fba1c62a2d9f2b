import type { Recipe } from '../recipe.ts'
import type { SettingValues } from '../settings.ts'
import { KERNEL_SECTIONS, TERMS } from './process-plan.ts'
import { type GpSettings, gpSettings } from './settings.ts'

export const tanimotoGpRecipe: Recipe = {
  name: 'tanimoto-gp',
  settings: gpSettings,
  sections: KERNEL_SECTIONS,
  createParts: settings => {
    const { tuningRows, folds } = settings as SettingValues & GpSettings
    return { network: null, process: { terms: TERMS, tuningRows, folds }, oneHoldOut: false }
  },
}
