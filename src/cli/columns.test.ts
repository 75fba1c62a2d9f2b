import { describe, expect, it } from 'vitest'
import type { TablePreview } from '../shared/contract/datasets.ts'
import { chooseColumns, findColumn, readUnitOption, unitInName } from './columns.ts'

const columns = ['smiles', 'exp_mean [nM]', 'y [pEC50/pKi]', 'split', 'Units', 'note', 'Note']
const preview: TablePreview = {
  fileName: 'a.csv',
  sizeBytes: 1,
  format: 'csv',
  encoding: 'utf-8',
  headerLine: 1,
  columns,
  rows: [],
  proposal: { smiles: 0, value: 1, id: null, unit: 4, relation: null, split: 3 },
  reasons: {},
  unit: 'nM',
  endpoint: 'Ki',
}

describe('columns by name', () => {
  it('are found exactly, then without regard to case, then by position', () => {
    expect(findColumn('y [pEC50/pKi]', columns, '--value')).toBe(2)
    expect(findColumn(' SMILES ', columns, '--smiles')).toBe(0)
    expect(findColumn('Note', columns, '--id')).toBe(6)
    expect(findColumn('#3', columns, '--value')).toBe(2)
  })

  it('that are not there are refused with the names that are', () => {
    expect(() => findColumn('y', columns, '--value')).toThrow(
      expect.objectContaining({ code: 'ERR_2002', path: '--value', details: { column: 'y', columns } }),
    )
    expect(() => findColumn('#8', columns, '--value')).toThrow('the file has "smiles", "exp_mean [nM]"')
  })

  it('that several have must be told apart by position', () => {
    expect(() => findColumn('NOTE', columns, '--id')).toThrow(expect.objectContaining({ code: 'ERR_2007' }))
    expect(() => findColumn('NOTE', columns, '--id')).toThrow('#6, #7')
  })
})

describe('the roles of an import', () => {
  it('are the proposed ones where nothing is said', () => {
    expect(chooseColumns({}, preview)).toEqual({ roles: { ...preview.proposal, date: null }, unit: 'nM' })
  })

  it('never take the unit of another column over to a value column that was named', () => {
    const { roles, unit } = chooseColumns({ value: 'y [pEC50/pKi]' }, preview)
    expect(roles).toMatchObject({ value: 2, unit: null, split: 3 })
    expect(unit).toBe('pX')
    expect(() => chooseColumns({ value: 'note' }, preview)).toThrow(
      expect.objectContaining({ code: 'ERR_2007', path: '--unit' }),
    )
    expect(chooseColumns({ value: 'note', unit: 'uM' }, preview).unit).toBe('uM')
    expect(chooseColumns({ value: 'note', unitColumn: 'Units' }, preview).roles.unit).toBe(4)
  })

  it('take --unit over a proposed unit column', () => {
    expect(chooseColumns({ unit: 'pM' }, preview)).toMatchObject({ unit: 'pM', roles: { unit: null } })
  })

  it('need a structure and a value column', () => {
    const proposal = { ...preview.proposal, smiles: null }
    expect(() => chooseColumns({}, { ...preview, proposal })).toThrow(
      expect.objectContaining({ code: 'ERR_2007', path: '--smiles', details: { columns } }),
    )
  })
})

describe('units', () => {
  it.each([
    ['y [pEC50/pKi]', 'pX'],
    ['pChEMBL Value', 'pX'],
    ['pIC50', 'pX'],
    ['Ki [nM]', 'nM'],
    ['IC50_uM', 'uM'],
    ['Ki (µM)', 'uM'],
    ['Kd mM', 'mM'],
    ['Kd (M)', 'M'],
    ['dG (kcal/mol)', 'kcal/mol'],
    ['ΔG, kJ/mol', 'kJ/mol'],
    ['value', null],
    ['IUPAC', null],
    ['pH', null],
    ['BMS', null],
    ['Mass', null],
  ])('in the header %j: %j', (header, unit) => expect(unitInName(header)).toBe(unit))

  it.each([
    ['nM', 'nM'],
    ['µM', 'uM'],
    ['pKi', 'pX'],
    ['px', 'pX'],
    ['kcal/mol', 'kcal/mol'],
    ['pChEMBL', 'pX'],
    ['furlong', null],
    ['', null],
  ])('written %j: %j', (text, unit) => expect(readUnitOption(text)).toBe(unit))
})
