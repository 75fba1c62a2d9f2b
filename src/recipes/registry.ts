import type { Recipe as RecipeName } from '../shared/contract/jobs.ts'
import { autoRecipe } from './auto/recipe.ts'
import { dmpnnRecipe } from './dmpnn/recipe.ts'
import type { Recipe } from './recipe.ts'
import { checkSettings, type SettingSpec, type SettingValues, settingSpecs } from './settings.ts'
import { checkProcessRows } from './tanimoto-gp/process-plan.ts'
import { tanimotoGpRecipe } from './tanimoto-gp/recipe.ts'

const RECIPES: { readonly [R in RecipeName]: Recipe } = {
  auto: autoRecipe,
  'tanimoto-gp': tanimotoGpRecipe,
  dmpnn: dmpnnRecipe,
}

export function recipeOf(name: RecipeName): Recipe {
  return RECIPES[name]
}

/** The hyper-parameters of a recipe with these values, for a form. */
export function settingSpecsOf(recipe: RecipeName, values: SettingValues): SettingSpec[] {
  return settingSpecs(recipeOf(recipe).settings, values)
}

/** As `checkSettings`: the preset's values with the given ones in their place; ERR_2001 names what does not fit. */
export function checkRecipeSettings(
  recipe: RecipeName,
  preset: string,
  overrides: Readonly<Record<string, unknown>>,
): SettingValues {
  return checkSettings(recipeOf(recipe).settings, preset, overrides)
}

/**
 * ERR_5003 where a recipe cannot learn from so many rows, before anything is computed.
 *
 * @param rows Exactly measured ones that it may learn from.
 */
export function checkRecipeRows(recipe: RecipeName, rows: number): void {
  if (recipe === 'tanimoto-gp') checkProcessRows(rows)
}
