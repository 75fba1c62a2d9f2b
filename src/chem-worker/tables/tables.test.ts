import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionsOf, TableBench } from './fixtures/table-bench.ts'

/** Different drug-like molecules; what matters is that RDKit reads them. */
const SMILES = [
  'CC(=O)Oc1ccccc1C(=O)O',
  'CN1C=NC2=C1C(=O)N(C)C(=O)N2C',
  'CC(C)Cc1ccc(cc1)[C@H](C)C(=O)O',
  'CC(=O)Nc1ccc(O)cc1',
  'OC[C@@H]1OC(O)[C@@H](O)[C@H](O)[C@H]1O',
  'c1ccc2[nH]ccc2c1',
  'CCN(CC)CCNC(=O)c1ccc(N)cc1',
  'COc1ccc2cc(ccc2c1)[C@H](C)C(=O)O',
]
/** 0.5, 1, 2 … nM */
const NM = SMILES.map((_, i) => 0.5 * 2 ** i)
const MEAN_PX = NM.reduce((sum, value) => sum + 9 - Math.log10(value), 0) / NM.length

let bench: TableBench
beforeAll(async () => {
  bench = await TableBench.create()
})
afterAll(() => bench.close())

const table = (header: string, row: (i: number) => string, end = '\n'): string =>
  [header, ...SMILES.map((_, i) => row(i))].join(end) + end

describe('tables as labs send them', () => {
  const comma = (value: number): string => String(value).replace('.', ',')
  const variants: [string, string, string][] = [
    ['comma', 'utf8', table('ID,SMILES,Ki (nM)', i => `C${i},${SMILES[i]},${NM[i]}`)],
    ['byte order mark and CRLF', 'utf8', `\ufeff${table('ID,Smiles,Ki_nM', i => `C${i},${SMILES[i]},${NM[i]}`, '\r\n')}`],
    ['CR alone', 'utf8', table('ID,Smiles,Ki_nM', i => `C${i},${SMILES[i]},${NM[i]}`, '\r')],
    ['semicolons and decimal commas', 'win1252', table('Verbindung;SMILES;Ki [nM]', i => `V-${i};${SMILES[i]};${comma(NM[i]!)}`, '\r\n')],
    ['UTF-16 and tabs', 'utf16le', `\ufeff${table('Compound\tSMILES\tKi (nM)', i => `C${i}\t${SMILES[i]}\t${NM[i]}`, '\r\n')}`],
    ['UTF-16 without a mark', 'utf16-be', table('Compound\tSMILES\tKi (nM)', i => `C${i}\t${SMILES[i]}\t${NM[i]}`)],
    ['a Latin-1 micro sign', 'latin1', table('Probe;Struktur (SMILES);Ki (µM);Bemerkung', i => `P${i};${SMILES[i]};${NM[i]! / 1000};25 °C`)],
    ['quotes, newlines and commas in cells', 'utf8', table('"Name","SMILES","Ki (nM)","Notes"', i => `"2,3-""prime"" ${i}","${SMILES[i]}","${NM[i]}","one\r\ntwo; three"`)],
    ['a unit and a relation column', 'utf8', table('smiles,standard_value,standard_units,standard_relation,standard_type', i => `${SMILES[i]},${NM[i]},nM,'=',Ki`)],
    ['pKi', 'utf8', table('smiles\tpKi', i => `${SMILES[i]}\t${9 - Math.log10(NM[i]!)}`)],
    ['units in the cells', 'utf8', table('smiles,Ki', i => `${SMILES[i]},${NM[i]} nM`)],
  ] // biome-ignore format: one variant a line
  it.each(variants)('reads %s', async (_name, encoding, text) => {
    const { counts, summary, ledger, rows } = await bench.import(bench.write(text, encoding))
    expect(counts).toEqual({ read: 8, accepted: 8, altered: 0, merged: 0, rejected: 0 })
    expect(summary).toMatchObject({ structures: 8, endpoint: 'Ki' })
    expect(summary.meanPX).toBeCloseTo(MEAN_PX, 4)
    expect(ledger).toEqual([])
    expect(rows.map(row => row.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('counts lines as an editor does, also across quoted newlines', async () => {
    const text = `ID,SMILES,pKi,Note\r\nA,CCO,7,"a\r\nb\nc"\r\n\r\nB,CCCO,7.5,x\r\nC,CCCCO,n.d.,y\r\n`
    const { rows, ledger } = await bench.import(bench.write(text))
    expect(rows.map(row => row.line)).toEqual([2, 6])
    expect(ledger.map(entry => [entry.line, entry.fate, entry.rule])).toEqual([
      [5, 'ignored', 'record.blank'],
      [7, 'rejected', 'value.notMeasured'],
    ])
  })

  it('names titles, blank lines and totals and does not count them', async () => {
    const body = SMILES.map((smiles, i) => `C${i};${smiles};${NM[i]};${1.1 * NM[i]!}`).join('\n')
    const text = `Report of 2021;;;\n;;;\nProject: X;;;\n;;;\nID;SMILES;Ki (nM);Ki (nM)\n${body}\n;;;\n;;;\nTotal;8;;\n`
    const { counts, summary, ledger } = await bench.import(bench.write(text))
    expect(counts).toMatchObject({ read: 8, accepted: 8 })
    expect(summary).toMatchObject({ headerLine: 5, firstColumn: 'ID' })
    expect(summary.meanPX).toBeCloseTo(MEAN_PX, 4)
    expect(ledger.map(({ line, rule }) => [line, rule])).toEqual([
      [1, 'record.preamble'],
      [2, 'record.blank'],
      [3, 'record.preamble'],
      [4, 'record.blank'],
      [14, 'record.blank'],
      [16, 'record.footer'],
    ])
  })

  it('takes a line like a total for a record when records follow it', async () => {
    const text = `id,smiles,pKi\nA,CCO,7\nTotal,,\nB,CCCO,7.5\n`
    const { counts } = await bench.import(bench.write(text))
    expect(counts).toEqual({ read: 3, accepted: 2, altered: 0, merged: 0, rejected: 1 })
  })

  it('finds no header where there is none', async () => {
    const preview = await bench.preview(bench.write(table('', i => `${SMILES[i]},${NM[i]}`).slice(1)))
    expect(preview).toMatchObject({
      headerLine: 0,
      columns: ['column 1', 'column 2'],
      proposal: { smiles: 0, value: 1 },
    })
    expect(preview.rows).toHaveLength(8)
  })

  it('tells Windows-1252 by a byte far behind the head', async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, i) => `C${i},${SMILES[i % 8]},7,${i === 29_999 ? 'M\u00fcller' : 'Miller'}`,
    )
    const preview = await bench.preview(bench.write(`id,smiles,pKi,by\n${rows.join('\n')}\n`, 'latin1'))
    expect(preview.encoding).toBe('windows-1252')
  })
})

describe('what becomes of records', () => {
  it('reads bounds, approximations and uncertainties, and rejects with reasons', async () => {
    const lines = [
      ['>', '10000', 'nM'],
      ['', '>10000', 'nM'],
      ['', '<0.5', 'nM'],
      ["'='", '24.0', 'nM'],
      ['~', '88', 'nM'],
      ['', '"62 ± 6.2"', 'nM'],
      ['≤', '2.4', 'nM'],
      ['', '4e-10', 'M'],
      ['', 'n.d.', 'nM'],
      ['?', '5', 'nM'],
      ['', '5', 'ug/mL'],
      ['=', '>5', 'nM'],
      ['', '5 uM', 'nM'],
      ['', '0', 'nM'],
    ]
    const text = `smiles,relation,value,unit\n${lines.map((cells, i) => `${SMILES[i % 8]}${'C'.repeat(i >> 3)},${cells.join(',')}`).join('\n')}`
    const { counts, summary, rows, ledger } = await bench.import(bench.write(text), { endpoint: 'Ki' })
    expect(counts).toEqual({ read: 14, accepted: 8, altered: 0, merged: 0, rejected: 6 })
    expect(summary).toMatchObject({ weakerThan: 2, strongerThan: 2, approximate: 1, plusMinus: 1, unit: 'mixed' })
    expect(rows.map(row => row.relation)).toEqual(['>', '>', '<', '=', '~', '=', '<=', '='])
    expect(rows[5]).toMatchObject({
      rawValue: '62 ± 6.2',
      pX: expect.closeTo(7.2076, 4),
      uncertainty: expect.closeTo(0.0434, 4),
    })
    expect(ledger.map(({ rule, column }) => [rule, column])).toEqual([
      ['value.notMeasured', 'value'],
      ['relation.unknown', 'relation'],
      ['unit.unknown', 'unit'],
      ['relation.conflict', 'value'],
      ['unit.conflict', 'value'],
      ['value.notPositive', 'value'],
    ])
  })

  it('names what it removes of salts, and what it cannot take', async () => {
    const text = [
      'smiles,ki_nm',
      'CC(=O)Nc1ccc(O)cc1.Cl,5',
      'CCN(CC)CC.CC(=O)Nc1ccc(O)cc1,5',
      'C1CC,5',
      '[Na+].[Cl-],5',
      ',5',
      `${'C'.repeat(129)},5`,
      'c1ccccc1CCN.c1ccccc1CCO,5',
    ].join('\n')
    const { counts, ledger } = await bench.import(bench.write(text))
    expect(counts).toEqual({ read: 7, accepted: 0, altered: 1, merged: 1, rejected: 5 })
    expect(ledger[0]).toMatchObject({ line: 2, fate: 'altered', rule: 'structure.fragmentRemoved', raw: 'Cl' })
    const refused = ledger.filter(entry => entry.fate === 'rejected')
    expect(refused.map(({ line, rule }) => [line, rule])).toEqual([
      [4, 'structure.unparsable'],
      [5, 'structure.inorganic'],
      [6, 'structure.empty'],
      [7, 'structure.tooLarge'],
      [8, 'structure.mixture'],
    ])
    for (const { message } of refused) expect(message.length).toBeGreaterThan(10)
  })

  it('gives replicates their median, keeps bounds apart and never merges across a split column', async () => {
    const rows = [
      'OCC,7.0,train',
      'CCO,8.5,train',
      'C(O)C ,7.4,train',
      'CCO,7.0,test',
      'CCO,<5,train',
      'CCO,<4,train',
      'CCCO,6.0,train',
    ]
    const {
      counts,
      summary,
      rows: kept,
      merges,
      ledger,
      splitValues,
    } = await bench.import(bench.write(`smiles,pKi,split\n${rows.join('\n')}`))
    expect(counts).toEqual({ read: 7, accepted: 4, altered: 0, merged: 3, rejected: 0 })
    expect(kept.map(({ line, split, relation }) => [line, split, relation])).toEqual([
      [2, 'train', '='],
      [5, 'test', '='],
      [6, 'train', '>'],
      [8, 'train', '='],
    ])
    // Weaker than 5 and weaker than 4: weaker than 4.
    expect(merges).toEqual([
      { type: 'merged', index: 0, pX: 7.4, date: null },
      { type: 'merged', index: 2, pX: 4, date: null },
    ])
    expect(summary).toMatchObject({ structures: 2, replicateGroups: 2, groupsSpreadOver1Log: 1, meanOfMediansPX: 6.8 })
    expect(splitValues).toEqual(['train', 'test'])
    expect(ledger.filter(entry => entry.fate === 'accepted').map(entry => entry.rule)).toEqual([
      'duplicate.spread',
      'duplicate.tightestBound',
    ])
  })

  it('rejects records of another kind and records whose cells have shifted', async () => {
    const good = table('name,smiles,standard_value,standard_units,standard_type', i => `C${i},${SMILES[i]},5,nM,Ki`)
    const { counts, ledger } = await bench.import(bench.write(`${good}B,CCCO,5,nM,IC50\nC,d,CCCCO,5,nM,Ki\n`), {
      endpoint: 'Ki',
    })
    expect(counts).toMatchObject({ read: 10, accepted: 8, rejected: 2 })
    expect(ledger.map(entry => entry.rule)).toEqual(['endpoint.other', 'record.tooManyCells'])
  })

  it('caps the text of cells in the ledger', async () => {
    const { ledger } = await bench.import(bench.write(`smiles,pKi\nCCO,7\n${'C'.repeat(50_000)},7\n`))
    expect(ledger[0]!.raw!.length).toBeLessThanOrEqual(200)
  })

  it('previews the same decisions', async () => {
    const written = bench.write('smiles,pKi\nCCO,7.5\nCCCO,n.d.\nC1CC,7\n')
    const options = optionsOf(await bench.preview(written))
    expect(await bench.previewRows(written, options)).toEqual([
      { line: 2, smiles: 'CCO', pX: 7.5, relation: '=', problem: null },
      {
        line: 3,
        smiles: null,
        pX: null,
        relation: null,
        problem: 'column "pKi": expected a measured value, got "n.d."',
      },
      { line: 4, smiles: null, pX: null, relation: null, problem: expect.stringContaining('column "smiles"') },
    ])
    const wrong = { ...options, roles: { ...options.roles, value: 7 } }
    await expect(bench.previewRows(written, wrong)).rejects.toMatchObject({
      code: 'ERR_2002',
      path: 'options.roles.value',
    })
    const twice = { ...options, roles: { ...options.roles, value: 0 } }
    await expect(bench.previewRows(written, twice)).rejects.toMatchObject({ code: 'ERR_2001' })
  })
})

describe('column roles', () => {
  const proposalOf = async (header: string, row: (i: number) => string, fileName = 'table.csv') => {
    const preview = await bench.preview(bench.write(table(header, row), 'utf8', fileName))
    const named = Object.entries(preview.proposal).map(([role, column]) => [
      role,
      column == null ? null : preview.columns[column],
    ])
    return {
      ...Object.fromEntries(named.filter(([, name]) => name !== null)),
      unit_: preview.unit,
      endpoint_: preview.endpoint,
    }
  }

  it('knows a ChEMBL export', async () => {
    const header =
      'Molecule ChEMBL ID;Molecule Weight;AlogP;Smiles;Standard Type;Standard Relation;Standard Value;Standard Units;pChEMBL Value'
    expect(
      await proposalOf(header, i => `CHEMBL${i};341.86;2.6;${SMILES[i]};IC50;'=';${NM[i]};nM;${8 + i / 10}`),
    ).toEqual({
      smiles: 'Smiles',
      value: 'Standard Value',
      id: 'Molecule ChEMBL ID',
      unit: 'Standard Units',
      relation: 'Standard Relation',
      endpoint: 'Standard Type',
      unit_: 'nM',
      endpoint_: 'IC50',
    })
  })

  it('knows MoleculeACE by its negative logarithms, and the endpoint by the file name', async () => {
    const header = 'smiles,exp_mean [nM],y,cliff_mol,split,y [pEC50/pKi]'
    const row = (i: number): string =>
      `${SMILES[i]},${NM[i]},${-Math.log10(NM[i]!)},${i % 2},${i % 3 ? 'train' : 'test'},${9 - Math.log10(NM[i]!)}`
    expect(await proposalOf(header, row, 'CHEMBL204_Ki.csv')).toEqual({
      smiles: 'smiles',
      value: 'y [pEC50/pKi]',
      split: 'split',
      unit_: 'pX',
      endpoint_: 'Ki',
    })
  })

  it('takes the only column of numbers of a Chemprop file, without guessing its unit', async () => {
    expect(await proposalOf('smiles,thrombin', i => `${SMILES[i]},${i + 0.5}`)).toEqual({
      smiles: 'smiles',
      value: 'thrombin',
      unit_: null,
      endpoint_: null,
    })
  })

  it('leaves the choice between Ki and IC50 to the user, and takes the one that is filled', async () => {
    const header = 'Ligand SMILES\tKi (nM)\tIC50 (nM)\tBindingDB MonomerID'
    expect(await proposalOf(header, i => `${SMILES[i]}\t${NM[i]}\t${NM[i]}\t${100 + i}`)).not.toHaveProperty('value')
    expect(await proposalOf(header, i => `${SMILES[i]}\t${NM[i]}\t\t${100 + i}`)).toMatchObject({
      value: 'Ki (nM)',
      unit_: 'nM',
      endpoint_: 'Ki',
      id: 'BindingDB MonomerID',
    })
  })

  it('prefers whole structures to scaffolds and values to descriptors', async () => {
    const row = (i: number): string => `c1ccccc1,${SMILES[i]},${300 + i},${i + 0.25},${NM[i]}`
    expect(await proposalOf('scaffold_smiles,canonical_smiles,MW,logP,Kd nM', row)).toMatchObject({
      smiles: 'canonical_smiles',
      value: 'Kd nM',
      unit_: 'nM',
      endpoint_: 'Kd',
    })
  })

  it('tells units and operators without names by their cells', async () => {
    const row = (i: number): string => `${SMILES[i]},${i % 2 ? '>' : '='},${NM[i]},${i % 2 ? 'nM' : 'uM'}`
    expect(await proposalOf('smiles,op,Ki,x', row)).toMatchObject({
      relation: 'op',
      unit: 'x',
      value: 'Ki',
      unit_: null,
    })
  })
})

describe('files that are no tables of molecules', () => {
  const refused: [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /empty/],
    ['only blank lines', '\n\n\n', /no records/],
    ['a header alone', 'smiles,pKi\n', /header .* no records/],
    ['text', 'Dear all,\nplease find attached the report.\n', /no column holds SMILES/],
    ['numbers', 'a,b\n1,2\n3,4\n', /no column holds SMILES among "a", "b"/],
    ['half a workbook', Buffer.from('PK\u0003\u0004 and so on'), /archive is refused.*truncated/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /\.xls\).*save it as \.xlsx or CSV/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['binary data', new Uint8Array(4096).map((_, i) => (i * 7919) % 256), /binary/],
  ]
  it.each(refused)('refuses %s', async (_name, content, message) => {
    const failure = await bench.preview(bench.write(content)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_2005', message: expect.stringMatching(message) })
  })

  it('says where a quote is left open', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${SMILES[i % 8]},${i === 30_000 ? '"7.5' : '7.5'}`).join(
      '\n',
    )
    const written = bench.write(`smiles,pKi\n${rows}\n`)
    await expect(bench.import(written)).rejects.toMatchObject({
      code: 'ERR_2005',
      message: expect.stringMatching(/line 30002.*quote/),
    })
  })

  it('keeps the ledger where no record can be used', async () => {
    const written = bench.write(table('smiles,pKi', i => `${SMILES[i]},${i === 0 ? '' : 'n.d.'}`))
    const roles = { smiles: 0, value: 1, id: null, unit: null, relation: null, split: null }
    const { counts, rows, ledger, summary, histogram } = await bench.import(written, {
      roles,
      unit: 'pX',
      endpoint: 'Ki',
    })
    expect(counts).toEqual({ read: 8, accepted: 0, altered: 0, merged: 0, rejected: 8 })
    expect(ledger.map(({ rule }) => rule)).toEqual(['value.missing', ...new Array<string>(7).fill('value.notMeasured')])
    expect({ rows, histogram }).toEqual({ rows: [], histogram: null })
    expect(summary).toMatchObject({ records: 8, structures: 0, unit: 'pX', meanPX: null })
  })

  it('rejects every record of a table without values', async () => {
    const written = bench.write(table('smiles,name', i => `${SMILES[i]},"a ${i}"`))
    expect(await bench.preview(written)).toMatchObject({
      proposal: { value: null },
      reasons: { value: 'content.noNumbers' },
    })
    const roles = { smiles: 0, value: null, id: 1, unit: null, relation: null, split: null }
    const { counts, ledger } = await bench.import(written, { roles, unit: null, endpoint: 'other' })
    expect(counts).toMatchObject({ read: 8, rejected: 8 })
    expect(ledger[0]).toMatchObject({ line: 2, column: null, raw: null, rule: 'value.noColumn' })
  })
})

describe('readTable', () => {
  it('hands out records with their structures for predictions, with or without other columns', async () => {
    const { header, smilesColumn, records, items } = await bench.readTable(
      bench.write('name,smiles\nA, CCO\nB,nonsense\nC,c1ccccc1\n'),
      null,
    )
    expect({ header, smilesColumn, records }).toEqual({ header: ['name', 'smiles'], smilesColumn: 1, records: 3 })
    expect(items).toEqual([
      { line: 2, smiles: 'CCO', cells: ['A', ' CCO'] },
      { line: 3, smiles: 'nonsense', cells: ['B', 'nonsense'] },
      { line: 4, smiles: 'c1ccccc1', cells: ['C', 'c1ccccc1'] },
    ])
    expect((await bench.readTable(bench.write(`${SMILES.join('\n')}\n`), null)).records).toBe(8)
  })
})
