import { describe, expect, it } from 'vitest'
import { presetSchema, recipeSchema, settingSpecSchema } from '../shared/contract/jobs.ts'
import { AppError } from '../shared/errors.ts'
import { featurePresetOf, sectionsOf } from './feature-presets.ts'
import { checkRecipeRows, checkRecipeSettings, recipeOf, settingSpecsOf } from './registry.ts'

const pairs = recipeSchema.options.flatMap(recipe => presetSchema.options.map(preset => [recipe, preset] as const))

describe('every preset of every recipe', () => {
  it.each(pairs)('%s %s lies within its own ranges and fits the contract', (recipe, preset) => {
    const specs = settingSpecsOf(recipe, checkRecipeSettings(recipe, preset, {}))
    for (const spec of specs) settingSpecSchema.parse(spec)
    const values = Object.fromEntries(specs.map(spec => [spec.name, spec.default]))
    expect(checkRecipeSettings(recipe, preset, values)).toEqual(values)
    expect(Object.keys(recipeOf(recipe).settings.presets[preset]).sort()).toEqual(Object.keys(values).sort())
  })

  it.each(recipeSchema.options)('%s reads sections that its feature preset has', recipe => {
    expect(sectionsOf(featurePresetOf(recipe))).toEqual(expect.arrayContaining([...recipeOf(recipe).sections]))
  })
})

describe('how many rows a recipe takes', () => {
  it('is limited for a process that stands alone', () => {
    expect(() => checkRecipeRows('tanimoto-gp', 5_000)).not.toThrow()
    expect(() => checkRecipeRows('tanimoto-gp', 5_900)).toThrow(
      'tanimoto-gp learns from at most 5000 compounds, got 5900. Train the recipe dmpnn',
    )
    for (const recipe of ['auto', 'dmpnn'] as const) expect(() => checkRecipeRows(recipe, 5_900)).not.toThrow()
  })
})

describe('settings', () => {
  const refusal = (overrides: Record<string, unknown>) => {
    try {
      checkRecipeSettings('dmpnn', 'production', overrides)
    } catch (error) {
      if (error instanceof AppError) return `${error.code} ${error.path} ${error.message}`
      throw error
    }
    return 'accepted'
  }

  it('replace the preset’s', () => {
    const values = checkRecipeSettings('dmpnn', 'production', { epochs: 7 })
    expect(values).toEqual({ ...recipeOf('dmpnn').settings.presets.production, epochs: 7 })
  })

  it('are refused by name, with what was expected and found', () => {
    expect(refusal({ epochs: 0 })).toBe(
      'ERR_2001 settings.epochs Setting "epochs": expected a whole number from 1 to 10000, got 0',
    )
    expect(refusal({ epochs: 1.5 })).toContain('expected a whole number')
    expect(refusal({ learningRate: Number.NaN })).toContain('expected a number from 1e-8 to 1')
    expect(refusal({ hidden: '300' })).toContain('got "300"')
    expect(refusal({ layers: 3 })).toContain('expected one of epochs, batchSize')
    expect(refusal({ toString: 1 })).toContain('expected one of')
  })

  it('know no feature preset but the released ones', () => {
    expect(() => sectionsOf('ligand-0')).toThrow('this Bindery knows ligand-1, ligand-2')
  })
})
