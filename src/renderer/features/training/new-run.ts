/** The form of a new run. Pure. */
import type { z } from 'zod'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { Preset, Recipe, SplitKind, settingSpecSchema, TrainOptions } from '../../../shared/contract/jobs.ts'
import type { PreflightRequest } from '../../../shared/contract/preflight.ts'

export type SettingSpec = z.infer<typeof settingSpecSchema>
export type SettingValue = number | boolean
export type Provider = TrainOptions['provider']

export const RECIPES = ['auto', 'tanimoto-gp', 'dmpnn'] as const satisfies readonly Recipe[]
export const PRESETS = ['smoke', 'prototype', 'validation', 'production'] as const satisfies readonly Preset[]
export const PROVIDERS = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const satisfies readonly Provider[]

export type PreflightQuestion = Omit<PreflightRequest, 'fitBatch' | 'storedOnly' | 'again'>

export interface RunForm {
  datasetId: string | null
  recipe: Recipe
  /** One that every recipe has, or one of the user's by its name. */
  preset: string
  /** `null` until chosen: then the best one for the data set. */
  split: SplitKind | null
  seed: number
  provider: Provider
  name: string
  /** As typed; '' is the preset's own value. */
  settings: Readonly<Record<string, SettingValue | ''>>
  /** Learn from scrambled values too. */
  scramble: boolean
  /** Train again on all rows when it is done. */
  refit: boolean
}

export const NEW_FORM: RunForm = {
  datasetId: null,
  recipe: 'auto',
  preset: 'production',
  split: null,
  seed: 42,
  provider: 'auto',
  name: '',
  settings: {},
  scramble: false,
  refit: false,
}

/** The form as it was for a run that is to be run again, with changes. */
export function formOf(train: TrainOptions): RunForm {
  const { datasetId, recipe, preset, split, seed, provider, settings, scramble, refit } = train
  const known = Object.entries(settings).filter(
    (entry): entry is [string, SettingValue] => typeof entry[1] !== 'string',
  )
  return {
    ...NEW_FORM,
    datasetId,
    recipe,
    // A run made with a preset of the user's has all its settings written out.
    preset: builtInPreset(preset) ?? 'production',
    split: split ?? null,
    seed,
    provider,
    settings: Object.fromEntries(known),
    scramble: scramble === true,
    refit: refit === true,
  }
}

/** The splits that can be made of a data set, the most telling first. */
export function splitsOf(dataset: Dataset | undefined): SplitKind[] {
  const named = new Set(dataset?.splitValues.map(value => value.toLowerCase()))
  const drawn = ['scaffold', 'cluster', 'random', 'time'] as const
  return named.has('test') ? ['column', ...drawn] : [...drawn]
}

export function splitOf(form: RunForm, dataset: Dataset | undefined): SplitKind {
  const possible = splitsOf(dataset)
  return form.split && possible.includes(form.split) ? form.split : (possible[0] as SplitKind)
}

export function builtInPreset(name: string): Preset | null {
  return PRESETS.find(preset => preset === name) ?? null
}

/** What a preset does to the recipe: a process has no members and no epochs to save on. */
export function presetTextKey({ recipe, preset }: { recipe: Recipe; preset: Preset }) {
  return recipe === 'tanimoto-gp' ? (`preset.process.${preset}` as const) : (`preset.${preset}.text` as const)
}

export type SettingProblem = { kind: 'whole' } | { kind: 'min'; min: number } | { kind: 'max'; max: number }

export function settingProblem(spec: SettingSpec, value: SettingValue | '' | undefined): SettingProblem | null {
  if (typeof value !== 'number') return null
  if (spec.kind === 'int' && !Number.isInteger(value)) return { kind: 'whole' }
  if (spec.min !== undefined && value < spec.min) return { kind: 'min', min: spec.min }
  if (spec.max !== undefined && value > spec.max) return { kind: 'max', max: spec.max }
  return null
}

/** Those that are known and differ from the preset. */
export function changedSettings(
  values: RunForm['settings'],
  specs: readonly SettingSpec[],
): Record<string, SettingValue> {
  const changed: Record<string, SettingValue> = {}
  for (const spec of specs) {
    const value = values[spec.name]
    if (value !== undefined && value !== '' && value !== spec.default) changed[spec.name] = value
  }
  return changed
}

/** The call's options: settings only where they differ from the preset. */
export function trainOptions(form: RunForm, dataset: Dataset, specs: readonly SettingSpec[]): TrainOptions {
  const name = form.name.trim()
  return {
    datasetId: dataset.id,
    recipe: form.recipe,
    preset: form.preset,
    split: splitOf(form, dataset),
    seed: form.seed,
    provider: form.provider,
    settings: changedSettings(form.settings, specs),
    ...(form.scramble ? { scramble: true } : {}),
    ...(form.refit ? { refit: true } : {}),
    ...(name === '' ? {} : { name }),
  }
}

/** What decides how long the run takes and how much memory: the options but for names and what follows the training. */
export function preflightQuestion(form: RunForm, dataset: Dataset, specs: readonly SettingSpec[]): PreflightQuestion {
  const { datasetId, recipe, preset, split, seed, provider, settings } = trainOptions(form, dataset, specs)
  return { datasetId, recipe, preset, split, seed, provider, settings }
}
