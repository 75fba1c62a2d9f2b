/** What the user chooses of a table that could be read in several ways: groups, duplicates, decimal mark, charges. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionsOf, TableBench } from './fixtures/table-bench.ts'

let bench: TableBench
beforeAll(async () => {
  bench = await TableBench.create()
})
afterAll(() => bench.close())

const lines = (header: string, rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`

describe('mixed tables', () => {
  const HEADER = 'smiles,standard_value,standard_units,standard_type,target_pref_name,assay_chembl_id'
  const mixedTable = lines(HEADER, [
    'CCCO,5,nM,Ki,Thrombin,A1',
    'CCCO,7,nM,Ki,thrombin ,A1',
    'CCCO,500,nM,IC50,Thrombin,A2',
    'CCCN,5,nM,Ki,Factor Xa,A3',
    'CCCC,5,nM,Ki,Thrombin,A4',
    'CCCS,9,nM,Ki,,A1',
    'CCCF,9,nM,,Thrombin,A1',
  ])

  it('lists the groups with their counts', async () => {
    const preview = await bench.preview(bench.write(mixedTable))
    expect(preview.proposal).toMatchObject({ endpoint: 3, target: 4, assay: 5 })
    expect(preview.groups).toEqual([
      { target: 'Thrombin', endpoint: 'Ki', assay: 'A1', records: 2 },
      { target: 'Thrombin', endpoint: 'IC50', assay: 'A2', records: 1 },
      { target: 'Factor Xa', endpoint: 'Ki', assay: 'A3', records: 1 },
      { target: 'Thrombin', endpoint: 'Ki', assay: 'A4', records: 1 },
      { target: null, endpoint: 'Ki', assay: 'A1', records: 1 },
      { target: 'Thrombin', endpoint: null, assay: 'A1', records: 1 },
    ])
    const uniform = lines(HEADER, ['CCCO,5,nM,Ki,Thrombin,A1', 'CCCN,5,nM,Ki,Thrombin,A1'])
    expect(await bench.preview(bench.write(uniform))).not.toHaveProperty('groups')
  })

  it('refuses to pool, names what to choose, and takes only what was chosen', async () => {
    const written = bench.write(mixedTable)
    const options = { ...optionsOf(await bench.preview(written)), endpoint: 'other' as const, assay: null }
    const refusal = async (changes: object) =>
      bench.import(written, { ...options, ...changes }).then(
        () => null,
        (error: unknown) => error,
      )
    expect(await refusal({})).toMatchObject({
      code: 'ERR_2006',
      path: 'options.target',
      details: {
        choices: ['Thrombin', 'Factor Xa'],
        groups: expect.arrayContaining(['Thrombin / Ki / A1: 2 records', 'Factor Xa / Ki / A3: 1 record']),
      },
    })
    expect(await refusal({ target: 'Trypsin' })).toMatchObject({
      code: 'ERR_2006',
      message: expect.stringContaining('none of them "Trypsin"'),
    })
    expect(await refusal({ target: 'thrombin' })).toMatchObject({
      code: 'ERR_2006',
      path: 'options.endpoint',
      details: { choices: ['Ki', 'IC50'] },
    })
    expect(await refusal({ target: 'thrombin', endpoint: 'Ki' })).toMatchObject({
      code: 'ERR_2006',
      path: 'options.assay',
      details: { choices: ['A1', 'A4'] },
    })

    const { counts, rows, merges, ledger } = await bench.import(written, {
      ...options,
      target: 'THROMBIN',
      endpoint: 'Ki',
      assay: 'A1',
    })
    expect(counts).toEqual({ read: 7, accepted: 1, altered: 0, merged: 1, rejected: 5 })
    expect(rows.map(row => row.smiles)).toEqual(['CCCO'])
    // The median of two Ki; the IC50 of the same compound is no replicate.
    expect(merges[0]!.pX).toBeCloseTo((9 - Math.log10(5) + 9 - Math.log10(7)) / 2, 9)
    expect(
      ledger.filter(({ fate }) => fate === 'rejected').map(({ line, rule, column }) => [line, rule, column]),
    ).toEqual([
      [4, 'endpoint.other', 'standard_type'],
      [5, 'target.other', 'target_pref_name'],
      [6, 'assay.other', 'assay_chembl_id'],
      [7, 'target.other', 'target_pref_name'],
      [8, 'endpoint.other', 'standard_type'],
    ])
    const pooled = await bench.import(written, { ...options, target: 'Thrombin', endpoint: 'Ki', assay: '*' })
    expect(pooled.rows.map(row => row.smiles)).toEqual(['CCCO', 'CCCC'])
  })

  it('finds kinds in the cells, and columns that the options leave out', async () => {
    const inCells = bench.write(lines('smiles,value', ['CCCO,Ki = 5 nM', 'CCCO,IC50 = 50 nM', 'CCCN,7 nM']))
    const options = { ...optionsOf(await bench.preview(inCells)), endpoint: 'other' as const }
    await expect(bench.import(inCells, options)).rejects.toMatchObject({ code: 'ERR_2006', path: 'options.endpoint' })
    expect((await bench.import(inCells, { ...options, endpoint: 'Ki' })).counts).toMatchObject({
      accepted: 1,
      rejected: 2,
    })

    const written = bench.write(mixedTable)
    const { smiles, value, unit } = optionsOf(await bench.preview(written)).roles
    const bare = {
      roles: { smiles, value, unit, id: null, relation: null, split: null },
      endpoint: 'Ki',
      unit: null,
    } as const
    await expect(bench.import(written, bare)).rejects.toMatchObject({ code: 'ERR_2006', path: 'options.target' })
    const none = { ...bare, roles: { ...bare.roles, target: null, endpoint: null, assay: null } }
    expect((await bench.import(written, none)).counts).toMatchObject({ read: 7, rejected: 0 })
  })

  it('asks nothing where the table names one group', async () => {
    const text = lines('smiles,Ki nM,Target Name', ['CCCO,5,Thrombin', 'CCCN,6,', 'CCCC,7,THROMBIN'])
    const { counts } = await bench.import(bench.write(text), { target: 'Coagulation factor II', assay: null })
    expect(counts).toMatchObject({ read: 3, accepted: 3 })
  })

  it('takes no column of values for one of targets', async () => {
    const preview = await bench.preview(bench.write(lines('smiles,target', ['CCCO,5.1', 'CCCN,6.2', 'CCCC,7.3'])))
    expect(preview.proposal).toMatchObject({ value: 1 })
    expect(preview.proposal).not.toHaveProperty('target')
  })
})

describe('duplicates', () => {
  const table = lines('id,smiles,pKi', [
    'A,OCC,7.5',
    'B,CCO,6.4',
    'C,CCCO,8',
    'D,CCCO,7',
    'E,CCCN,5',
    'F,CCO,>5',
    'G,OCC,>4',
  ])
  const ids = (rows: { id: string | null }[]) => rows.map(({ id }) => id)

  it('keeps every record where all are wanted', async () => {
    const { counts, rows, merges, summary } = await bench.import(bench.write(table), { duplicates: { keep: 'all' } })
    expect(counts).toEqual({ read: 7, accepted: 7, altered: 0, merged: 0, rejected: 0 })
    expect(ids(rows)).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(merges).toEqual([])
    expect(summary).toMatchObject({ structures: 3, replicateGroups: 3, groupsSpreadOver1Log: 1 })
  })

  it('takes none of the values that disagree, and names them', async () => {
    const written = bench.write(table)
    const { counts, rows, merges, ledger } = await bench.import(written, {
      duplicates: { keep: 'agreeing', conflictLog: 1 },
    })
    expect(counts).toEqual({ read: 7, accepted: 3, altered: 0, merged: 2, rejected: 2 })
    expect(ids(rows)).toEqual(['C', 'E', 'F'])
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(merges).toEqual([
      { type: 'merged', index: 0, pX: 7.5, date: null },
      { type: 'merged', index: 2, pX: 5, date: null },
    ])
    expect(ledger.filter(({ fate }) => fate === 'rejected')).toMatchObject([
      { line: 2, rule: 'duplicate.conflict', raw: '7.5', message: expect.stringContaining('line 3') },
      { line: 3, rule: 'duplicate.conflict', raw: '6.4', message: expect.stringContaining('6.400 … 7.500') },
    ])
    // 7.5 and 6.4 are 1.1 apart, whatever binary fractions make of it.
    const wider = await bench.import(written, { duplicates: { keep: 'agreeing', conflictLog: 1.1 } })
    expect(wider.counts).toMatchObject({ merged: 3, rejected: 0 })
  })

  it('takes nothing where every value disagrees with another', async () => {
    const written = bench.write(lines('smiles,pKi', ['CCO,4', 'CCO,9']))
    const { counts, ledger } = await bench.import(written, { duplicates: { keep: 'agreeing', conflictLog: 1 } })
    expect(counts).toEqual({ read: 2, accepted: 0, altered: 0, merged: 0, rejected: 2 })
    expect(ledger.map(({ rule }) => rule)).toEqual(['duplicate.conflict', 'duplicate.conflict'])
  })
})

describe('readings', () => {
  it('reads the date of a record, and the earliest one of records that are merged', async () => {
    const rows = [
      'CCO,7,03/04/2019',
      'CCCO,6,24/12/2020',
      'CCO,7.2,01/02/2018',
      'CCCCO,5,soon',
      'CCCO,6.1,never',
      'CCCN,8,',
    ]
    const written = bench.write(lines('smiles,pKi,Assay date', rows))
    expect((await bench.preview(written)).proposal).not.toHaveProperty('date')
    const roles = { smiles: 0, value: 1, id: null, unit: null, relation: null, split: null, date: 2 }
    const said = { roles, unit: 'pX', endpoint: 'Ki' } as const
    const imported = await bench.import(written, said)
    expect(imported.counts).toEqual({ read: 6, accepted: 3, altered: 1, merged: 2, rejected: 0 })
    // 24/12 says that the day comes first.
    expect(imported.rows.map(({ date }) => date)).toEqual(['2019-04-03', '2020-12-24', null, null])
    expect(imported.merges).toMatchObject([{ date: '2018-02-01' }, { date: '2020-12-24' }])
    expect(imported.ledger.filter(({ rule }) => rule === 'date.unreadable')).toMatchObject([
      { line: 5, fate: 'altered', column: 'Assay date', raw: 'soon' },
      { line: 6, fate: 'merged', column: 'Assay date', raw: 'never' },
    ])
    const other = bench.write(lines('smiles,pKi,Date', ['CCO,7,03/04/2019', 'CCCO,7,03/05/2019']))
    expect((await bench.preview(other)).proposal).toMatchObject({ date: 2 })
    expect((await bench.import(other)).rows.map(({ date }) => date)).toEqual([null, null])
    const told = await bench.import(other, { dateOrder: 'month' })
    expect(told.rows.map(({ date }) => date)).toEqual(['2019-03-04', '2019-03-05'])
  })

  it('takes the decimal mark that was said where the column does not tell', async () => {
    const written = bench.write(lines('smiles;Ki nM', ['CCCO;1,234', 'CCCN;2,345']))
    const roles = { smiles: 0, value: 1, id: null, unit: null, relation: null, split: null }
    const said = { roles, unit: 'nM', endpoint: 'Ki' } as const
    const { ledger } = await bench.import(written, said)
    expect(ledger.map(({ rule }) => rule)).toEqual(['value.ambiguousSeparator', 'value.ambiguousSeparator'])
    const pX = async (decimalMark: '.' | ',') => (await bench.import(written, { ...said, decimalMark })).rows[0]!.pX
    expect(await pX(',')).toBeCloseTo(9 - Math.log10(1.234), 9)
    expect(await pX('.')).toBeCloseTo(9 - Math.log10(1234), 9)
    const options = { ...said, target: null, decimalMark: ',' as const }
    expect((await bench.previewRows(written, options))[0]!.pX).toBeCloseTo(9 - Math.log10(1.234), 9)
  })

  it('removes charges where that is wanted, and says so', async () => {
    const written = bench.write(lines('smiles,pKi', ['CCC(=O)[O-],7', 'CCC(=O)O,7.2']))
    expect((await bench.import(written)).counts).toMatchObject({ accepted: 2 })
    const { counts, rows, ledger } = await bench.import(written, { neutralise: true })
    expect(counts).toMatchObject({ altered: 1, merged: 1 })
    expect(rows[0]!.smiles).toBe('CCC(=O)O')
    expect(ledger[0]).toMatchObject({ line: 2, fate: 'altered', rule: 'structure.neutralised' })
  })
})
