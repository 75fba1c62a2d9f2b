/** Damaged files of every kind: a whole one with bytes changed, cut out, doubled or put in anywhere. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { optionsOf, type TableBench } from '../../src/chem-worker/tables/fixtures/table-bench.ts'
import { parseAffinity } from '../../src/shared/affinity.ts'
import { AppError } from '../../src/shared/errors.ts'
import { makeZip } from './make-zip.ts'

export interface Seed {
  fileName: string
  bytes: Buffer
}

interface Mutation {
  kind: 'set' | 'insert' | 'cut' | 'copy' | 'end'
  /** Where, as a share of the file. */
  at: number
  length: number
  bytes: Uint8Array
}

const CSV =
  'id;smiles;Ki nM;type;target\nA;CCO;"5,2";Ki;X\nB;c1ccccc1O;>1.000,5;IC50;Y\n\nC;CCN.Cl;12 ± 3;;X\nTotal;3;;;\n'
const MOLBLOCK = `t
  x

  3  2  0  0  1  0            999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.2990    0.7500    0.0000 C   0  0
    1.2990    2.2500    0.0000 N   0  0
  1  2  1  0
  2  3  1  1
M  CHG  1   3   1
M  END
`
const SDF = Array.from(
  { length: 3 },
  (_, i) => `${MOLBLOCK}>  <pKi> (${i})\n${6 + i}\n\n> <Note>\na\nb\n\n$$$$\n`,
).join('')
const SMI = 'SMILES id pKi\nCCO A 7\nc1ccccc1 B 8\nCC(=O)[O-].[Na+] C 6\n'

const SHEET = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>pKi</t></is></c></row>
<row r="2"><c r="A2" t="str"><v>CCO</v></c><c r="B2" s="0"><v>7.25</v></c></row><row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4"><v>6</v></c></row></sheetData></worksheet>`

/** Parts are stored, not packed: so that mutations reach the XML instead of only breaking checksums. */
function workbook(sheet: string | Uint8Array = SHEET): Buffer {
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"/>`
  return makeZip(
    [
      { name: '[Content_Types].xml', content: '<Types/>' },
      { name: 'xl/workbook.xml', content: '<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>' },
      {
        name: 'xl/_rels/workbook.xml.rels',
        content: `<Relationships>${relation('a', 'worksheet', 'sheet.xml')}${relation('b', 'sharedStrings', 'texts.xml')}</Relationships>`,
      },
      { name: 'xl/texts.xml', content: '<sst><si><t>smiles</t></si><si><t>CCN</t></si></sst>' },
      { name: 'xl/sheet.xml', content: sheet },
    ].map(entry => ({ ...entry, method: 0 })),
  )
}

const archive = makeZip([
  { name: 'a.csv', content: CSV },
  { name: 'x/b.sdf', content: SDF },
])

/** Plain tar of regular files (POSIX ustar), its checksums true before it is mutated. */
function makeTar(files: readonly { name: string; content: string }[]): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const header = Buffer.alloc(512)
    const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`
    header.write(name, 0)
    header.write(octal(0o644, 8), 100)
    header.write(octal(content.length, 12), 124)
    header.write(octal(0, 12), 136)
    header.write('        0', 148)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

const tarball = makeTar([
  { name: 'a.csv', content: CSV.replaceAll('\u00b1', '~').replaceAll('±', '~') },
  { name: 'x/b.sdf', content: SDF },
])

/** Each with how a mutation goes in: into the file, or into what is inside of it. */
export const SEEDS: readonly { name: string; fileName: string; inner: Buffer; wrap?: (inner: Buffer) => Buffer }[] = [
  { name: 'CSV', fileName: 'a.csv', inner: Buffer.from(CSV) },
  { name: 'UTF-16', fileName: 'a.txt', inner: Buffer.from(`\ufeff${CSV.replaceAll(';', '\t')}`, 'utf16le') },
  { name: 'SDF', fileName: 'a.sdf', inner: Buffer.from(SDF) },
  { name: 'SMI', fileName: 'a.smi', inner: Buffer.from(SMI) },
  { name: 'workbook', fileName: 'a.xlsx', inner: workbook() },
  { name: 'sheet', fileName: 'a.xlsx', inner: Buffer.from(SHEET), wrap: sheet => workbook(sheet) },
  { name: 'ZIP', fileName: 'a.zip', inner: archive },
  { name: 'TAR', fileName: 'a.tar', inner: tarball },
  { name: 'TAR.GZ', fileName: 'a.tar.gz', inner: tarball, wrap: inner => gzipSync(inner) },
  { name: 'gzip', fileName: 'a.csv.gz', inner: gzipSync(CSV) },
  { name: 'gzipped text', fileName: 'a.sdf.gz', inner: Buffer.from(SDF), wrap: inner => gzipSync(inner) },
]

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('set', 'set', 'insert', 'cut', 'copy', 'end'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 60 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    fc
      .constantFrom('\0', '"', '\r', '$$$$\n', '999', '-1', ';', '\t', 'M  END\n', '<', '&a;', '>', '\u00b5', '|')
      .map(text => Buffer.from(text)),
  ),
})

export const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 })

export function mutate(bytes: Buffer, list: readonly Mutation[]): Buffer {
  return list.reduce((file, { kind, at, length, bytes }) => {
    const from = Math.floor(at * file.length)
    const [head, tail] = [file.subarray(0, from), file.subarray(from)]
    if (kind === 'set') return Buffer.concat([head, bytes, tail.subarray(bytes.length)])
    if (kind === 'insert') return Buffer.concat([head, bytes, tail])
    if (kind === 'cut') return Buffer.concat([head, tail.subarray(length)])
    if (kind === 'copy') return Buffer.concat([head, tail.subarray(0, length), tail])
    return head
  }, bytes)
}

/** Cells of values, from which damaged ones are made. */
export const CELLS = [
  '62',
  '>1.000,5 nM',
  'Ki = 62 \u00b1 6.2 nM',
  '-9.8 kcal/mol',
  '6.2 x 10^-8',
  'pKi 7.21',
  '<= 0.5 \u00b5M',
  'n.d.',
]

/** Reads a damaged cell. Throws where it is read as no number, and where a refusal says nothing. */
export function readCell(cell: string): void {
  for (const decimalMark of ['.', ',', null] as const) {
    const reading = parseAffinity(cell, { unit: 'nM', decimalMark })
    if (reading.ok ? !Number.isFinite(reading.affinity.pX) : reading.message === '') {
      throw new Error(`${JSON.stringify(cell)} was read as ${JSON.stringify(reading)}`)
    }
  }
}

const EXPECTED = new Set(['ERR_2001', 'ERR_2002', 'ERR_2005', 'ERR_2006', 'ERR_2007', 'ERR_5003', 'ERR_8002'])

/** Reads a file in every way. Throws for any failure that is not an expected one, and for counts that do not add up. */
export async function readEveryWay(bench: TableBench, { fileName, bytes }: Seed): Promise<void> {
  const written = bench.write(bytes, 'utf8', fileName)
  try {
    const preview = await expected(bench.preview(written))
    await expected(
      bench.readTable({ ...written, ...(preview?.member === undefined ? {} : { member: preview.member }) }, null),
    )
    if (preview === null || preview.proposal.smiles === null || preview.proposal.value === null) return
    const options = { ...optionsOf(preview), unit: preview.unit ?? ('nM' as const), member: preview.member ?? null }
    const table = { ...written, member: preview.member ?? null }
    await expected(bench.previewRows(table, options))
    const imported = await expected(bench.import(table, options))
    if (imported === null) return
    const { read, accepted, altered, merged, rejected } = imported.counts
    if (accepted + altered + merged + rejected !== read || imported.rows.length !== accepted + altered) {
      throw new Error(`the counts do not add up: ${JSON.stringify(imported.counts)}, ${imported.rows.length} rows`)
    }
  } finally {
    bench.forget(written)
  }
}

async function expected<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError && EXPECTED.has(error.code)) return null
    throw error
  }
}
