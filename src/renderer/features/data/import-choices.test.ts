import { describe, expect, it } from 'vitest'
import {
  assignRole,
  type Choices,
  choicesOf,
  missingChoices,
  optionsOf,
  previewOptions,
  roleOf,
} from './import-choices.ts'

const choices: Choices = {
  roles: { smiles: 0, value: 1, id: null, unit: null, relation: null, endpoint: null, split: null },
  unit: 'nM',
  endpoint: 'Ki',
  target: ' Thrombin ',
  name: 'assay',
}

describe('assignRole', () => {
  it('takes the column out of its former role, and leaves what it was given alone', () => {
    const next = assignRole(choices, 'id', 1)
    expect(next.roles).toMatchObject({ id: 1, value: null, smiles: 0 })
    expect(choices.roles.value).toBe(1)
    expect(roleOf(next, 1)).toBe('id')
  })

  it('vacates a role', () => {
    expect(assignRole(choices, 'value', null).roles.value).toBeNull()
  })
})

describe('what is missing', () => {
  it('names every open choice', () => {
    const open: Choices = {
      ...choices,
      roles: { ...choices.roles, smiles: null, value: null },
      unit: null,
      endpoint: null,
      name: ' ',
    }
    expect(missingChoices(open)).toEqual(['smiles', 'value', 'endpoint', 'unit', 'name'])
    expect(optionsOf(open)).toBeNull()
  })

  it('does not ask for a unit where a column tells it', () => {
    expect(missingChoices({ ...choices, unit: null, roles: { ...choices.roles, unit: 3 } })).toEqual([])
  })

  it('lets the preview run before endpoint and name are chosen', () => {
    expect(previewOptions({ ...choices, endpoint: null, name: '' })).toMatchObject({ endpoint: 'other', unit: 'nM' })
    expect(previewOptions({ ...choices, unit: null })).toBeNull()
  })
})

it('optionsOf trims, and an empty target is none', () => {
  expect(optionsOf(choices)).toEqual({
    roles: choices.roles,
    unit: 'nM',
    endpoint: 'Ki',
    target: 'Thrombin',
    name: 'assay',
  })
  expect(optionsOf({ ...choices, target: ' ' })?.target).toBeNull()
})

it('choicesOf takes the proposal and names the data set after the file', () => {
  const preview = {
    fileName: 'thrombin.ki.csv',
    sizeBytes: 1,
    format: 'csv' as const,
    encoding: 'utf-8',
    headerLine: 1,
    columns: ['s', 'v'],
    rows: [],
    proposal: { smiles: 0, value: 1, id: null, unit: null, relation: null, split: null },
    reasons: {},
    unit: null,
    endpoint: null,
  }
  expect(choicesOf(preview)).toEqual({
    roles: { ...preview.proposal, endpoint: null, target: null, assay: null },
    unit: null,
    endpoint: null,
    target: '',
    name: 'thrombin.ki',
  })
})
