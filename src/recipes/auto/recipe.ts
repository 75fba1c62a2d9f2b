import { createDmpnn, DMPNN_SECTIONS } from '../dmpnn/recipe.ts'
import type { Recipe } from '../recipe.ts'
import type { SettingValues } from '../settings.ts'
import { KERNEL_SECTIONS, TERMS } from '../tanimoto-gp/process-plan.ts'
import { gpSettings } from '../tanimoto-gp/settings.ts'
import { type AutoSettings, autoSettings } from './settings.ts'

export const autoRecipe: Recipe = {
  name: 'auto',
  settings: autoSettings,
  sections: [...new Set([...DMPNN_SECTIONS, ...KERNEL_SECTIONS])],
  createParts: values => {
    const settings = values as SettingValues & AutoSettings
    const { tuningRows, outOfFold, members } = settings
    const folds = Math.max(members, gpSettings.presets.production.folds)
    return {
      network: createDmpnn(settings),
      process: { terms: TERMS, tuningRows, folds },
      oneHoldOut: !outOfFold,
    }
  },
}
