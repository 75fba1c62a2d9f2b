import { describe, expect, it } from 'vitest'
import {
  assignRole,
  type Choices,
  choicesAsBefore,
  choicesOf,
  chooseGroup,
  groupNames,
  missingChoices,
  optionsOf,
  previewOptions,
  roleOf,
} from './import-choices.ts'

const choices: Choices = {
  roles: {
    smiles: 0,
    value: 1,
    id: null,
    unit: null,
    relation: null,
    endpoint: null,
    target: null,
    assay: null,
    split: null,
    date: null,
  },
  unit: 'nM',
  endpoint: 'Ki',
  target: ' Thrombin ',
  assay: '*',
  name: 'assay',
  member: null,
  sheet: null,
  decimalMark: null,
  dateOrder: null,
  neutralise: false,
  duplicates: 'median',
  conflictLog: 1,
  groups: [],
  groupColumns: { target: null, endpoint: null, assay: null },
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
    decimalMark: null,
    dateOrder: null,
    neutralise: false,
    duplicates: { keep: 'median' },
  })
  const strict = { ...choices, duplicates: 'agreeing' as const, conflictLog: 0.5, decimalMark: ',' as const }
  expect(optionsOf(strict)).toMatchObject({ duplicates: { keep: 'agreeing', conflictLog: 0.5 }, decimalMark: ',' })
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
    roles: { ...preview.proposal, endpoint: null, target: null, assay: null, date: null },
    unit: null,
    endpoint: null,
    target: '',
    assay: '*',
    name: 'thrombin.ki',
    member: null,
    sheet: null,
    decimalMark: null,
    dateOrder: null,
    neutralise: false,
    duplicates: 'median',
    conflictLog: 1,
    groups: [],
    groupColumns: { target: null, endpoint: null, assay: null },
  })
})

it('choicesAsBefore takes what was chosen for the last table of these columns', () => {
  const before = optionsOf({ ...choices, duplicates: 'agreeing', conflictLog: 0.7, neutralise: true })!
  const preview = {
    fileName: 'next.csv',
    sizeBytes: 1,
    format: 'csv' as const,
    encoding: 'utf-8',
    headerLine: 1,
    columns: ['s', 'v'],
    rows: [],
    proposal: { smiles: 0, value: null, id: 1, unit: null, relation: null, split: null },
    reasons: {},
    unit: null,
    endpoint: null,
  }
  expect(choicesAsBefore(preview, before)).toEqual({
    ...choices,
    target: '',
    name: 'next',
    duplicates: 'agreeing',
    conflictLog: 0.7,
    neutralise: true,
  })
})

describe('a table of several targets', () => {
  const groupColumns = { target: 4, endpoint: 3, assay: 5 }
  const mixed: Choices = {
    ...choices,
    roles: { ...choices.roles, ...groupColumns },
    target: '',
    endpoint: null,
    groupColumns,
    groups: [
      { target: 'Factor Xa', endpoint: 'Ki', assay: 'A3', records: 9 },
      { target: 'Thrombin', endpoint: 'Ki', assay: 'A1', records: 7 },
      { target: 'thrombin ', endpoint: 'Ki', assay: 'A4', records: 5 },
      { target: 'Thrombin', endpoint: 'IC50', assay: 'A2', records: 3 },
      { target: null, endpoint: 'Ki', assay: 'A1', records: 1 },
    ],
  }
  const names = (of: Choices, dimension: 'target' | 'endpoint' | 'assay') =>
    groupNames(of, dimension).map(({ name, records }) => `${name} ${records}`)

  it('asks for one of them, however a name is written', () => {
    expect(names(mixed, 'target')).toEqual(['Thrombin 15', 'Factor Xa 9'])
    expect(missingChoices(mixed)).toEqual(['target', 'endpoint'])
    expect(previewOptions(mixed)).toMatchObject({ target: null, endpoint: 'other', roles: { endpoint: null } })
  })

  it('counts kinds and assays of the chosen target alone', () => {
    const thrombin = chooseGroup(mixed, { target: 'Thrombin' })
    expect(names(thrombin, 'endpoint')).toEqual(['Ki 12', 'IC50 3'])
    expect(names(chooseGroup(thrombin, { endpoint: 'Ki' }), 'assay')).toEqual(['A1 7', 'A4 5'])
    expect(names(chooseGroup(mixed, { target: 'Factor Xa' }), 'assay')).toEqual(['A3 9'])
  })

  it('sends the assay only where there is a choice, and forgets it with its target', () => {
    const chosen = { ...chooseGroup(mixed, { target: 'Thrombin', endpoint: 'Ki' }), assay: 'A4' }
    expect(optionsOf(chosen)).toMatchObject({ target: 'Thrombin', endpoint: 'Ki', assay: 'A4' })
    expect(chooseGroup(chosen, { endpoint: 'Ki' }).assay).toBe('A4')
    const other = chooseGroup(chosen, { target: 'Factor Xa' })
    expect(other.assay).toBe('*')
    expect(optionsOf(other)).not.toHaveProperty('assay')
  })

  it('has nothing to ask once another column, or none, tells the target', () => {
    const without = assignRole(mixed, 'target', null)
    expect(groupNames(without, 'target')).toEqual([])
    expect(missingChoices(without)).toEqual(['endpoint'])
  })
})

it('sends the table of an archive and the sheet that were shown', () => {
  expect(optionsOf({ ...choices, member: 'a/b.xlsx', sheet: 'Ki' })).toMatchObject({ member: 'a/b.xlsx', sheet: 'Ki' })
  expect(optionsOf(choices)).not.toHaveProperty('member')
})
