import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import {
  formOf,
  NEW_FORM,
  presetTextKey,
  type SettingSpec,
  settingProblem,
  splitOf,
  splitsOf,
  trainOptions,
} from './new-run.ts'

const dataset = (splitValues: string[]): Dataset => ({ id: 'ds_000000000000', splitValues }) as unknown as Dataset
const specs: SettingSpec[] = [
  { name: 'epochs', kind: 'int', default: 80, min: 1, max: 10_000 },
  { name: 'dropout', kind: 'number', default: 0, min: 0, max: 0.9 },
  { name: 'ema', kind: 'boolean', default: true },
]

describe('splits', () => {
  it('offers the column only where it names a test part, and takes it first', () => {
    expect(splitsOf(dataset(['train', 'Test']))).toEqual(['column', 'scaffold', 'cluster', 'random', 'time'])
    expect(splitsOf(dataset(['a', 'b']))).toEqual(['scaffold', 'cluster', 'random', 'time'])
    expect(splitsOf(undefined)).toEqual(['scaffold', 'cluster', 'random', 'time'])
  })

  it('drops a choice that the next data set does not allow', () => {
    expect(splitOf({ ...NEW_FORM, split: 'column' }, dataset([]))).toBe('scaffold')
    expect(splitOf({ ...NEW_FORM, split: 'random' }, dataset(['test']))).toBe('random')
  })
})

it('settingProblem names what is wrong', () => {
  const [epochs, dropout] = specs as [SettingSpec, SettingSpec, SettingSpec]
  expect(settingProblem(epochs, 1.5)).toEqual({ kind: 'whole' })
  expect(settingProblem(epochs, 0)).toEqual({ kind: 'min', min: 1 })
  expect(settingProblem(dropout, 0.95)).toEqual({ kind: 'max', max: 0.9 })
  expect(settingProblem(dropout, '')).toBeNull()
  expect(settingProblem(dropout, 0.3)).toBeNull()
})

it('trainOptions sends only settings that differ from the preset', () => {
  const form = { ...NEW_FORM, name: '  ', settings: { epochs: 80, dropout: 0.1, ema: false, gone: 3 } }
  expect(trainOptions(form, dataset(['test']), specs)).toEqual({
    datasetId: 'ds_000000000000',
    recipe: 'auto',
    preset: 'production',
    split: 'column',
    seed: 42,
    provider: 'auto',
    settings: { dropout: 0.1, ema: false },
  })
})

it('trainOptions asks for what follows the evaluation only where it is wanted', () => {
  const form = { ...NEW_FORM, preset: 'Mine', scramble: true, refit: true }
  expect(trainOptions(form, dataset([]), [])).toMatchObject({ preset: 'Mine', scramble: true, refit: true })
  expect(trainOptions(NEW_FORM, dataset([]), [])).not.toHaveProperty('refit')
})

it('says of a preset what it does to the recipe', () => {
  expect(presetTextKey({ recipe: 'tanimoto-gp', preset: 'production' })).toBe('preset.process.production')
  expect(presetTextKey({ recipe: 'auto', preset: 'production' })).toBe('preset.production.text')
})

it('a copied run asks for the same again', () => {
  const asked = {
    datasetId: 'ds_000000000000',
    recipe: 'dmpnn',
    preset: 'prototype',
    split: 'scaffold',
    seed: 7,
    provider: 'cpu',
    settings: { dropout: 0.1, ema: false },
  } as const
  expect(trainOptions(formOf(asked), dataset(['test']), specs)).toEqual(asked)
})
