/** SD files, SMILES files and workbooks through the same handlers as delimited text. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeZip, type ZipEntry } from '../../../test/support/make-zip.ts'
import { TableBench } from './fixtures/table-bench.ts'
import { itemName } from './sdf/sd-records.ts'
import { numberText, styleOfFormat } from './workbook/cell-text.ts'

let bench: TableBench
beforeAll(async () => {
  bench = await TableBench.create()
})
afterAll(() => bench.close())

/** 2-aminopropan-1-ol; the wedge on the bond to nitrogen, or the heights of its neighbours, make it (R). */
const molblock = ({ title = '', wedge = 1, heights = [0, 0], nitrogen = 'N' } = {}): string => `${title}
  test

  5  4  0  0  1  0            999 V2000
    0.0000    0.0000    0.0000 C   0  0  0  0  0  0
    1.2990    0.7500    0.0000 C   0  0  0  0  0  0
    1.2990    2.2500    ${heights[0]!.toFixed(4)} ${nitrogen.padEnd(3)} 0  0  0  0  0  0
    2.5981    0.0000    ${heights[1]!.toFixed(4)} C   0  0  0  0  0  0
    3.8971    0.7500    0.0000 O   0  0  0  0  0  0
  1  2  1  0
  2  3  1  ${wedge}
  2  4  1  0
  4  5  1  0
M  END
`
const R_FORM = 'C[C@@H](N)CO'
const record = (block: string, items: Record<string, string>): string =>
  `${block}${Object.entries(items)
    .map(([name, value]) => `>  <${name}>\n${value}\n\n`)
    .join('')}$$$$\n`

describe('SD files', () => {
  it('reads structures with their stereo, and properties as columns', async () => {
    const text =
      record(molblock({ title: 'A1' }), { pKi: '7.5', Note: 'one\ntwo' }) +
      record(molblock({ title: 'A2', wedge: 6 }), { pKi: '6.5', Batch: '3' }) +
      record(molblock({ title: 'A3', wedge: 0, heights: [1, 1.2] }), { pKi: '8' }) +
      record(molblock({ title: 'A4', wedge: 0 }), { pKi: '5' })
    for (const written of [text, text.replaceAll('\n', '\r\n'), `${text}\n\n`]) {
      const table = bench.write(written, 'utf8', 'set.sdf')
      const preview = await bench.preview(table)
      expect(preview).toMatchObject({
        format: 'sdf',
        columns: ['structure', 'title', 'pKi', 'Note', 'Batch'],
        proposal: { smiles: 0, value: 2, id: 1 },
        unit: 'pX',
        endpoint: 'Ki',
      })
      expect(preview.rows[0]).toEqual({ line: 1, cells: [R_FORM, 'A1', '7.5', 'one\ntwo', ''] })
      const { rows, counts, ledger } = await bench.import(table)
      expect(counts).toEqual({ read: 4, accepted: 3, altered: 0, merged: 1, rejected: 0 })
      expect(rows.map(({ id, smiles, line }) => [id, smiles, line])).toEqual([
        ['A1', R_FORM, 1],
        ['A2', 'C[C@H](N)CO', 23],
        ['A4', 'CC(N)CO', 62],
      ])
      // Drawn with a wedge or built in space: one molecule.
      expect(ledger.find(entry => entry.fate === 'merged')).toMatchObject({ line: 44, rule: 'duplicate.merged' })
    }
  })

  it('gives a molecule the key that its SMILES has', async () => {
    const [fromBlock] = (await bench.import(bench.write(record(molblock(), { pKi: '7' })))).rows
    const [fromSmiles] = (await bench.import(bench.write('smiles,pKi\nOC[C@@H](C)N,7\n'))).rows
    expect(fromBlock!.structureKey).toBe(fromSmiles!.structureKey)
    expect(fromBlock!.smiles).toBe(fromSmiles!.smiles)
  })

  it('keeps values and names as they are', async () => {
    const items = `>  <a <b> c>  (1)\nfoo\nbar\n \nbaz\n\n> <nested>\nfoo\n>  <fooprop>\nbaz\n \n\n>  <empty>\n\n> DT12\n 1 \n\n`
    const { header, items: records } = await bench.readTable(bench.write(`${molblock()}${items}$$$$\n`), null)
    expect(header).toEqual(['structure', 'title', 'a <b> c', 'nested', 'empty', 'DT12'])
    expect(records).toEqual([
      {
        line: 1,
        smiles: R_FORM,
        cells: [R_FORM, '', 'foo\nbar\n \nbaz', 'foo\n>  <fooprop>\nbaz\n ', '', ' 1 '],
      },
    ])
    expect(itemName('>  <pIC50 (>5)> (B)')).toBe('pIC50 (>5)')
  })

  it('rejects a broken record by itself', async () => {
    const good = (value: string): string => record(molblock(), { pKi: value })
    const text = [
      good('7'),
      molblock().replace('M  END\n', () => '$$$$\n'),
      record(molblock().replace('  5  4', ' 99  4'), { pKi: '7' }),
      record(molblock({ nitrogen: 'A' }), { pKi: '7' }),
      record(molblock().replace('  4  5  1  0', '  4  5  8  0'), { pKi: '7' }),
      record(molblock(), { pKi: '7', Note: 'one\n\ntwo' }),
      `${molblock()}>  <pKi>\n7\n\n>  <pKi>\n8\n\n$$$$\n`,
      '$$$$\n',
      record(molblock().replace('  5  4', '  0  0'), { pKi: '7' }),
      record(`\n\n\n${'x'.repeat(5 * 1024 ** 2)}\nM  END\n`, { pKi: '7' }),
      good('8'),
      `${molblock()}>  <pKi>\n7`,
    ].join('')
    const { counts, ledger, rows } = await bench.import(bench.write(text))
    expect(
      ledger
        .filter(({ fate }) => fate === 'rejected')
        .map(({ rule, message }) => [/record \d+/.exec(message)?.[0], rule]),
    ).toEqual([
      ['record 2', 'record.broken'],
      ['record 3', 'structure.unparsable'],
      ['record 4', 'structure.placeholder'],
      ['record 5', 'structure.placeholder'],
      ['record 6', 'record.strayText'],
      ['record 7', 'record.duplicateProperty'],
      ['record 8', 'record.broken'],
      ['record 9', 'structure.empty'],
      ['record 10', 'record.tooLong'],
      ['record 12', 'record.broken'],
    ])
    expect(counts).toMatchObject({ read: 12, merged: 1, rejected: 10 })
    expect(rows[0]!.line).toBe(1)
  })

  it('takes a last record without its end', async () => {
    expect((await bench.import(bench.write(`${molblock()}>  <pKi>\n7\n\n`))).rows).toHaveLength(1)
  })

  it('reads V3000, and says that racemic groups were left out', async () => {
    const v3000 = (extra: string): string => `
  test

  0  0  0     0  0            999 V3000
M  V30 BEGIN CTAB
M  V30 COUNTS 5 4 0 0 1
M  V30 BEGIN ATOM
M  V30 1 C 0 0 0 0
M  V30 2 C 1.299 0.75 0 0
M  V30 3 N 1.299 2.25 0 0
M  V30 4 C 2.5981 0 0 0
M  V30 5 O 3.8971 0.75 0 0
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 1 1 2
M  V30 2 1 2 3 CFG=1
M  V30 3 1 2 4
M  V30 4 1 4 5
M  V30 END BOND
${extra}M  V30 END CTAB
M  END
`
    const racemic = 'M  V30 BEGIN COLLECTION\nM  V30 MDLV30/STERAC1 ATOMS=(1 2)\nM  V30 END COLLECTION\n'
    const text = record(v3000(''), { pKi: '7' }) + record(v3000(racemic).replace('5 O', '5 S'), { pKi: '8' })
    const { rows, ledger } = await bench.import(bench.write(text))
    expect(rows.map(row => row.smiles)).toEqual([R_FORM, 'C[C@@H](N)CS'])
    expect(ledger).toMatchObject([{ fate: 'altered', rule: 'structure.extensionDropped' }])
  })
})

describe('SMILES files', () => {
  const write = (text: string) => bench.write(text, 'utf8', 'set.smi')

  it('reads structures and names, with or without a header', async () => {
    const { header, items } = await bench.readTable(write('CCO ethanol, absolute\nc1ccccc1\tbenzene\n\nCCN\n'), null)
    expect(header).toEqual(['smiles', 'name'])
    expect(items).toEqual([
      { line: 1, smiles: 'CCO', cells: ['CCO', 'ethanol, absolute'] },
      { line: 2, smiles: 'c1ccccc1', cells: ['c1ccccc1', 'benzene'] },
      { line: 4, smiles: 'CCN', cells: ['CCN', ''] },
    ])
    expect(await bench.preview(write('SMILES Name\nCCO ethanol\nCCCN amine\n'))).toMatchObject({
      format: 'smi',
      headerLine: 1,
      columns: ['SMILES', 'Name'],
      proposal: { smiles: 0, value: null, id: 1 },
    })
  })

  it('takes columns where every line has as many', async () => {
    const { rows } = await bench.import(write('smiles id pKi\nCCCO A 7\nCCCN |$R$| B 8\nCCCC C 9\n'))
    expect(rows.map(({ id, smiles, pX }) => [id, smiles, pX])).toEqual([
      ['A', 'CCCO', 7],
      ['B', 'CCCN', 8],
      ['C', 'CCCC', 9],
    ])
  })

  it('reads delimited text that is only called so', async () => {
    const preview = await bench.preview(write('smiles,id,pKi\nCCCO,A,7\nCCCN,B,8\n'))
    expect(preview).toMatchObject({ format: 'csv', columns: ['smiles', 'id', 'pKi'] })
  })
})

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

interface Book {
  sheets?: { name: string; rows: string; state?: string }[]
  texts?: string
  formats?: string
  more?: ZipEntry[]
}

/** A workbook as Excel writes it, reduced to what is read. */
function makeBook({ sheets = [], texts = '', formats = '', more = [] }: Book): Buffer {
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`
  return makeZip([
    { name: '[Content_Types].xml', content: `${XML}<Types/>` },
    {
      name: 'xl/workbook.xml',
      content: `${XML}<workbook xmlns:r="${RELATIONS}"><sheets>${sheets
        .map(
          ({ name, state = 'visible' }, i) =>
            `<sheet name="${name}" sheetId="${i + 1}" state="${state}" r:id="rId${i + 1}"/>`,
        )
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${XML}<Relationships>${sheets.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)).join('')}${relation('s', 'sharedStrings', '/xl/sharedStrings.xml')}${relation('t', 'styles', 'styles.xml')}${relation('v', 'vbaProject', 'vbaProject.bin')}</Relationships>`,
    },
    { name: 'xl/sharedStrings.xml', content: `${XML}<sst>${texts}</sst>` },
    { name: 'xl/styles.xml', content: `${XML}<styleSheet>${formats}</styleSheet>` },
    ...sheets.map(({ rows }, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: `${XML}<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    })),
    ...more,
  ])
}

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`

describe('workbooks', () => {
  const book = makeBook({
    texts:
      '<si><t>smiles</t></si><si><r><t>p</t></r><r><t>Ki</t></r><rPh><t>x</t></rPh></si><si><t>CCCO</t></si><si><t xml:space="preserve">a_x000A_b</t></si>',
    formats:
      '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd&quot;T&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs>',
    sheets: [
      { name: 'hidden', state: 'hidden', rows: '' },
      {
        name: 'Data',
        rows:
          '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="D2" t="s"><v>3</v></c></row>' +
          '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><v>7.1230000000000002</v></c><c r="C3" s="1"><v>45000</v></c><c r="D3" s="2"><v>0.125</v></c></row>' +
          '<row r="7"><c r="A7" t="inlineStr"><is><t>CCCN</t></is></c><c r="B7" t="str"><f>A1+1</f><v>6.5</v></c><c r="C7" t="b"><v>1</v></c><c r="D7" t="e"><v>#N/A</v></c></row>',
      },
      { name: 'Other', rows: `<row>${text('smiles')}${text('pKd')}</row><row>${text('CCCCO')}<c><v>5</v></c></row>` },
    ],
    more: [{ name: 'xl/vbaProject.bin', content: 'macros' }],
  })

  it('reads the first visible sheet with cells as they are shown', async () => {
    const written = bench.write(book, 'utf8', 'assay.xlsx')
    const preview = await bench.preview(written)
    expect(preview).toMatchObject({
      format: 'xlsx',
      headerLine: 2,
      columns: ['smiles', 'pKi', '', 'a\nb'],
      sheets: ['hidden', 'Data', 'Other'],
      sheet: 'Data',
      proposal: { smiles: 0, value: 1 },
    })
    expect(preview.rows).toEqual([
      { line: 3, cells: ['CCCO', '7.123', '2023-03-15', '12.5%'] },
      { line: 7, cells: ['CCCN', '6.5', 'TRUE', '#N/A'] },
    ])
    // Three decimals in a number of the file are no thousands, whatever the column does not tell.
    const { rows, counts, ledger } = await bench.import(written)
    expect(counts).toMatchObject({ read: 2, accepted: 2 })
    expect(rows.map(({ pX, line }) => [pX, line])).toEqual([
      [7.123, 3],
      [6.5, 7],
    ])
    expect(ledger.map(({ line, rule }) => [line, rule])).toEqual([
      [1, 'record.blank'],
      [4, 'record.blank'],
    ])
  })

  it('reads the chosen sheet, and says which there are', async () => {
    const written = bench.write(book, 'utf8', 'assay.xlsx')
    const { rows, summary } = await bench.import({ ...written, sheet: 'Other' })
    expect(rows.map(row => row.smiles)).toEqual(['CCCCO'])
    expect(summary).toMatchObject({ sheet: 'Other', endpoint: 'Kd' })
    await expect(bench.preview({ ...written, sheet: 'None' })).rejects.toMatchObject({
      code: 'ERR_2007',
      details: { sheets: ['hidden', 'Data', 'Other'] },
    })
  })

  it('is found in an archive', async () => {
    const { summary } = await bench.import(bench.write(makeZip([{ name: 'x/a.xlsx', content: book }])))
    expect(summary).toMatchObject({ member: 'x/a.xlsx', sheet: 'Data', format: 'xlsx' })
  })

  const sheet = (rows: string, more: Partial<Book> = {}): Buffer => makeBook({ sheets: [{ name: 'S', rows }], ...more })
  const broken: [string, Buffer, RegExp][] = [
    ['no sheets', makeBook({}), /no sheets/],
    ['an empty sheet', sheet(''), /no records/],
    ['XML that breaks off', sheet('<row>'), /damaged/],
    ['a text that is missing', sheet('<row><c t="s"><v>9</v></c></row>'), /text 9, which is missing/],
    ['rows out of order', sheet('<row r="5"/><row r="4"/>'), /after row 5 comes row 4/],
    ['a row beyond the last', sheet('<row r="1048577"/>'), /after row 0/],
    ['cells out of order', sheet('<row><c r="B1"/><c r="A1"/></row>'), /a cell is called A1/],
    ['a cell far to the right', sheet('<row><c r="XFD1"><v>1</v></c></row>'), /at most 2000 columns/],
    ['no number', sheet('<row><c><v>1e999</v></c></row>'), /no number/],
    [
      'entities',
      makeZip([
        { name: '[Content_Types].xml', content: '<Types/>' },
        { name: 'xl/workbook.xml', content: '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>' },
        { name: 'xl/_rels/workbook.xml.rels', content: '<Relationships/>' },
      ]),
      /document type/,
    ],
    [
      'a part that is missing',
      makeZip([{ name: '[Content_Types].xml' }, { name: 'xl/workbook.xml' }]),
      /rels is missing/,
    ],
  ]
  it.each(broken)('refuses %s', async (_what, bytes, message) => {
    await expect(bench.preview(bench.write(bytes))).rejects.toMatchObject({
      code: 'ERR_2005',
      message: expect.stringMatching(message),
    })
  })

  it('refuses a sheet that is a bomb', async () => {
    await expect(bench.preview(bench.write(sheet(`<row>${' '.repeat(20 * 1024 ** 2)}</row>`)))).rejects.toMatchObject({
      code: 'ERR_5003',
      details: { rule: 'archive.ratio' },
    })
  })

  it('shows numbers and dates', () => {
    expect(styleOfFormat(14, undefined)).toBe('date')
    expect(styleOfFormat(170, '0.00" days"')).toBe('number')
    expect(styleOfFormat(170, '[$-409]d/m/yy h:mm;@')).toBe('date')
    expect(styleOfFormat(170, '[h]:mm')).toBe('time')
    expect(styleOfFormat(170, '[Red]0.0%')).toBe('percent')
    // The examples of ECMA-376 18.17.4: 1900's February has 29 days in Excel.
    expect(numberText('1', 'date', false)).toBe('1900-01-01')
    expect(numberText('61', 'date', false)).toBe('1900-03-01')
    expect(numberText('38406.5', 'date', false)).toBe('2005-02-23 12:00:00')
    expect(numberText('0', 'date', true)).toBe('1904-01-01')
    expect(numberText('0.75', 'time', false)).toBe('18:00:00')
    expect(numberText('0.30000000000000004', 'number', false)).toBe('0.3')
    expect(numberText('6.2E-8', 'number', false)).toBe('6.2e-8')
    expect(numberText('', 'number', false)).toBeNull()
  })
})

it('imports every record of a file that is larger than any block', async () => {
  const written = bench.write('', 'utf8', 'large.sdf')
  const filler = 'x'.repeat(70)
  const records = Array.from({ length: 400 }, (_, i) =>
    record(molblock({ title: `T${i}` }), { pKi: `${5 + (i % 4)}`, Note: Array(40).fill(filler).join('\n') }),
  )
  writeFileSync(written.file, records.join(''))
  const { counts } = await bench.import(written)
  expect(counts).toEqual({ read: 400, accepted: 1, altered: 0, merged: 399, rejected: 0 })
})
