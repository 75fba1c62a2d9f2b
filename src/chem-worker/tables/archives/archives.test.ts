import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeZip, type ZipEntry } from '../../../../test/support/make-zip.ts'
import { optionsOf, TableBench } from '../fixtures/table-bench.ts'
import type { ArchiveKind } from './archive-kinds.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.ts'
import { checkEntryName } from './entry-names.ts'
import { unpackTables } from './unpack-tables.ts'

let root: string
let folder: string
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'bindery-archives-'))
})
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(root, 'case-')), 'unpacked')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface TarEntry extends Partial<Header> {
  name: string
  content?: string | Buffer
}

async function makeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const { content, ...header } of entries) {
    if (header.type === undefined || header.type === 'file') tar.entry(header as Header, content ?? '')
    else tar.entry({ ...header, size: 0 } as Header, '')
  }
  tar.finalize()
  return buffer(tar as unknown as AsyncIterable<Uint8Array>)
}

function unpack(bytes: Uint8Array, kind: ArchiveKind, limits: Partial<ArchiveLimits> = {}) {
  const file = path.join(path.dirname(folder), 'archive')
  writeFileSync(file, bytes)
  const context = {
    breathe: async () => undefined,
    progress: () => undefined,
    limits: { ...ARCHIVE_LIMITS, ...limits },
  }
  return unpackTables({ file, fileName: `archive.${kind}`, kind, folder }, context)
}

/** The rule by which an archive was refused, once it is seen that nothing of it is left. */
async function ruleOf(unpacking: Promise<unknown>): Promise<string> {
  const error = await unpacking.then(
    () => null,
    (reason: unknown) => reason as { code: string; details?: { rule?: string } },
  )
  expect(readdirSync(path.dirname(folder))).toEqual(['archive'])
  if (error === null) throw new Error('it was not refused')
  if (error.details?.rule === undefined) throw error
  expect(error.code).toMatch(/^ERR_(2005|5002|5003)$/)
  return error.details.rule
}

const TABLE = 'smiles,pKi\nCCO,7\n'
const good: ZipEntry = { name: 'a.csv', content: TABLE }
/** Text that packs about 3:1. */
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => 48 + (((i * i * 2654435761) >>> 13) % 10)))

describe('names', () => {
  const refused: [string, string][] = [
    ['../a.csv', 'archive.parentPath'],
    ['x/../../a.csv', 'archive.parentPath'],
    ['/etc/a.csv', 'archive.absolutePath'],
    ['\\\\server\\a.csv', 'archive.absolutePath'],
    ['C:/a.csv', 'archive.drivePath'],
    ['c:a.csv', 'archive.drivePath'],
    ['x\\a.csv', 'archive.backslash'],
    ['..\\a.csv', 'archive.backslash'],
    ['a\0.csv', 'archive.nulInName'],
    ['NUL', 'archive.reservedName'],
    ['x/con.csv', 'archive.reservedName'],
    ['COM¹.csv', 'archive.reservedName'],
    ['x./a.csv', 'archive.reservedName'],
    ['a.csv ', 'archive.reservedName'],
    ['ab:c.csv', 'archive.reservedName'],
    ['a\n.csv', 'archive.reservedName'],
    [`${'x'.repeat(256)}.csv`, 'archive.reservedName'],
    [`${'x/'.repeat(16)}a.csv`, 'archive.tooDeep'],
    ['', 'archive.emptyName'],
  ]
  it.each(refused)('refuses %j', async (name, rule) => {
    expect(() => checkEntryName(name, 'file', ARCHIVE_LIMITS)).toThrow(
      expect.objectContaining({ details: { rule, entry: name } }),
    )
    expect(await ruleOf(unpack(makeZip([good, { name, content: 'x' }]), 'zip'))).toBe(rule)
  })

  it('takes usual names', () => {
    expect(checkEntryName('./x//Größe (2) [nM].csv', 'file', ARCHIVE_LIMITS)).toEqual(['x', 'Größe (2) [nM].csv'])
    expect(checkEntryName(`${'x/'.repeat(15)}a.csv`, 'file', ARCHIVE_LIMITS)).toHaveLength(16)
    expect(checkEntryName('console.csv', 'file', ARCHIVE_LIMITS)).toEqual(['console.csv'])
  })
})

describe('ZIP', () => {
  it('unpacks the tables under numbers, and once', async () => {
    const tables = await unpack(
      makeZip([
        { name: 'x/', mode: 0o40755 },
        { name: 'x/b.sdf', content: 'b' },
        good,
        { name: 'README.txt', content: 'hi' },
        { name: '__MACOSX/._a.csv', content: 'x' },
      ]),
      'zip',
    )
    expect(tables.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['x/b.sdf', 1],
      ['a.csv', TABLE.length],
    ])
    expect(readFileSync(tables[1]!.file, 'utf8')).toBe(TABLE)
    for (const { file } of tables) expect(path.dirname(file)).toBe(folder)
    // Unpacked already: the archive is not read again.
    expect(await unpack(Buffer.from('no archive any more'), 'zip')).toEqual(tables)
  })

  const refused: [string, ZipEntry[], string][] = [
    ['a symbolic link', [good, { name: 'b.csv', content: '/etc/passwd', mode: 0o120777 }], 'archive.link'],
    ['a device', [good, { name: 'b.csv', mode: 0o20666 }], 'archive.device'],
    ['an encrypted entry', [good, { ...good, name: 'b.csv', flags: 0x801 }], 'archive.encrypted'],
    ['a strongly encrypted entry', [{ ...good, flags: 0x841 }], 'archive.encrypted'],
    ['another packing', [{ ...good, method: 12 }], 'archive.method'],
    ['two entries of one name', [good, good], 'archive.duplicateName'],
    ['names that differ in case', [good, { ...good, name: 'A.CSV' }], 'archive.caseCollision'],
    [
      'folders that differ in case',
      [
        { ...good, name: 'x/a.csv' },
        { ...good, name: 'X/b.csv' },
      ],
      'archive.caseCollision',
    ],
    [
      'names of two Unicode forms',
      [
        { ...good, name: 'é.csv' },
        { ...good, name: 'e\u0301.csv' },
      ],
      'archive.caseCollision',
    ],
    [
      'a file that is a folder',
      [
        { ...good, name: 'x' },
        { ...good, name: 'x/a.csv' },
      ],
      'archive.duplicateName',
    ],
    ['an archive in it by name', [good, { name: 'b.tar.gz', content: 'x' }], 'archive.nested'],
    ['an archive in it by content', [good, { name: 'b.csv', content: makeZip([good]) }], 'archive.nested'],
    ['a packed file in it by content', [good, { name: 'b', content: gzipSync('x') }], 'archive.nested'],
    ['no table', [{ name: 'a.pdf', content: 'x' }], 'archive.noTable'],
    ['a size that is too small', [{ ...good, says: { size: 3 } }], 'archive.sizeLies'],
    ['a size that is too large', [{ ...good, says: { size: 999 } }], 'archive.sizeLies'],
    ['a wrong checksum', [{ ...good, says: { crc: 1 } }], 'archive.damaged'],
    ['an overlap with the directory', [{ ...good, says: { packedSize: 9_999 } }], 'archive.damaged'],
    ['headers that disagree', [{ ...good, says: { localName: 'b.csv' } }], 'archive.headersDisagree'],
    [
      'two entries of one place',
      [good, { ...good, name: 'b.csv', says: { offset: 0, localName: 'a.csv' } }],
      'archive.overlap',
    ],
  ]
  it.each(refused)('refuses %s', async (_what, entries, rule) => {
    expect(await ruleOf(unpack(makeZip(entries), 'zip'))).toBe(rule)
  })

  it('refuses entries that lie inside one another', async () => {
    // The bytes of the first one hold the second one's header.
    const inner = makeZip([good])
    const outer = makeZip([
      { name: 'o.csv', content: inner.subarray(0, -68), method: 0 },
      { ...good, says: { offset: 30 + 5 } },
    ])
    expect(await ruleOf(unpack(outer, 'zip'))).toBe('archive.overlap')
  })

  it('refuses bombs by what they say and by what comes out of them', async () => {
    const zeros = Buffer.alloc(11 * 1024 ** 2)
    expect(await ruleOf(unpack(makeZip([{ name: 'a.csv', content: zeros }]), 'zip'))).toBe('archive.ratio')
    expect(await ruleOf(unpack(makeZip([{ name: 'a.csv', content: zeros, says: { size: 1000 } }]), 'zip'))).toBe(
      'archive.sizeLies',
    )
    const small = makeZip([{ name: 'a.csv', content: noise(5000) }])
    expect(await ruleOf(unpack(small, 'zip', { entryBytes: 4999 }))).toBe('archive.entryTooLarge')
    expect(await ruleOf(unpack(small, 'zip', { totalBytes: 4999 }))).toBe('archive.tooLarge')
    expect(await ruleOf(unpack(small, 'zip', { spareDiskBytes: Number.MAX_SAFE_INTEGER }))).toBe('archive.disk')
    expect(await unpack(small, 'zip', { entryBytes: 5000, totalBytes: 5000 })).toHaveLength(1)
  })

  it('takes what packs well but is small', async () => {
    expect(await unpack(makeZip([{ name: 'a.csv', content: Buffer.alloc(100 * 1024) }]), 'zip')).toHaveLength(1)
  })

  it('refuses one entry more than 200,000', async () => {
    const entries = Array.from({ length: 200_001 }, (_, i): ZipEntry => ({ name: `${i}`, method: 0 }))
    expect(await ruleOf(unpack(makeZip(entries), 'zip'))).toBe('archive.tooManyEntries')
  })

  it('refuses every truncation', async () => {
    const whole = makeZip([good, { name: 'b.csv', content: noise(300) }])
    for (let length = 1; length < whole.length; length += 7) {
      expect(await ruleOf(unpack(whole.subarray(0, length), 'zip'))).toMatch(/archive\.(damaged|sizeLies|overlap)/)
    }
  })
})

describe('TAR', () => {
  it('unpacks the tables, plain and in gzip', async () => {
    const tar = await makeTar([
      { name: 'x/', type: 'directory' },
      { name: './x/a.csv', content: TABLE },
      { name: `x/${'n'.repeat(120)}.csv`, content: 'long' },
    ])
    const tables = await unpack(tar, 'tar')
    expect(tables.map(({ name }) => name)).toEqual(['x/a.csv', `x/${'n'.repeat(120)}.csv`])
    expect(readFileSync(tables[0]!.file, 'utf8')).toBe(TABLE)
    rmSync(folder, { recursive: true })
    expect((await unpack(gzipSync(tar), 'tar.gz')).map(({ sizeBytes }) => sizeBytes)).toEqual([TABLE.length, 4])
  })

  const csv: TarEntry = { name: 'a.csv', content: TABLE }
  const refused: [string, TarEntry[], string][] = [
    ['a path that leaves it', [csv, { name: '../b.csv', content: 'x' }], 'archive.parentPath'],
    ['an absolute path', [csv, { name: '/b.csv', content: 'x' }], 'archive.absolutePath'],
    ['a drive', [csv, { name: 'C:\\b.csv', content: 'x' }], 'archive.drivePath'],
    ['a symbolic link', [csv, { name: 'b.csv', type: 'symlink', linkname: '/etc/passwd' }], 'archive.link'],
    ['a hard link', [csv, { name: 'b.csv', type: 'link', linkname: 'a.csv' }], 'archive.link'],
    ['a device', [csv, { name: 'b.csv', type: 'character-device' }], 'archive.device'],
    ['a pipe', [csv, { name: 'b.csv', type: 'fifo' }], 'archive.device'],
    ['two entries of one name', [csv, csv], 'archive.duplicateName'],
    ['names that differ in case', [csv, { ...csv, name: 'A.csv' }], 'archive.caseCollision'],
    ['an archive in it', [csv, { name: 'b.zip', content: 'x' }], 'archive.nested'],
    ['an archive in it by content', [csv, { name: 'b', content: makeZip([good]) }], 'archive.nested'],
    ['no table', [{ name: 'a.pdf', content: 'x' }], 'archive.noTable'],
  ]
  it.each(refused)('refuses %s', async (_what, entries, rule) => {
    const tar = await makeTar(entries)
    expect(await ruleOf(unpack(tar, 'tar'))).toBe(rule)
    expect(await ruleOf(unpack(gzipSync(tar), 'tar.gz'))).toBe(rule)
  })

  it('refuses bombs, and what is too large', async () => {
    const bomb = gzipSync(await makeTar([{ name: 'a.csv', content: Buffer.alloc(8 * 1024 ** 2) }]))
    expect(await ruleOf(unpack(bomb, 'tar.gz'))).toBe('archive.ratio')
    expect(await ruleOf(unpack(gzipSync(Buffer.alloc(8 * 1024 ** 2)), 'gz'))).toBe('archive.ratio')
    const tar = await makeTar([
      { name: 'a.csv', content: noise(5000) },
      { name: 'b.csv', content: noise(5000) },
    ])
    expect(await ruleOf(unpack(tar, 'tar', { entryBytes: 4999 }))).toBe('archive.entryTooLarge')
    expect(await ruleOf(unpack(tar, 'tar', { totalBytes: 9999 }))).toBe('archive.tooLarge')
    expect(await ruleOf(unpack(tar, 'tar', { entries: 1 }))).toBe('archive.tooManyEntries')
    expect(await unpack(tar, 'tar', { entries: 2, totalBytes: 10_000 })).toHaveLength(2)
  })

  it('refuses sizes that lie, and truncations', async () => {
    const tar = await makeTar([{ name: 'a.csv', content: noise(3000) }])
    for (const size of ['77777777777', '00000000001']) {
      const lying = Buffer.from(tar)
      lying.write(size, 124, 'latin1')
      lying.write(checksumOf(lying), 148, 'latin1')
      expect(await ruleOf(unpack(lying, 'tar'))).toMatch(/archive\.(damaged|entryTooLarge)/)
    }
    const packed = gzipSync(tar)
    for (let length = 20; length < packed.length - 8; length += 31) {
      expect(await ruleOf(unpack(packed.subarray(0, length), 'tar.gz'))).toBe('archive.damaged')
    }
    expect(await ruleOf(unpack(tar.subarray(0, 700), 'tar'))).toBe('archive.damaged')
  })
})

/** Sum of the header's bytes with blanks for the checksum itself. */
function checksumOf(tar: Buffer): string {
  let sum = 0
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : tar[i]!
  return `${sum.toString(8).padStart(6, '0')}\0 `
}

describe('tables of archives', () => {
  let bench: TableBench
  beforeAll(async () => {
    bench = await TableBench.create()
  })
  afterAll(() => bench.close())

  it('imports the only table of an archive, whatever the archive is called', async () => {
    for (const bytes of [
      makeZip([good]),
      await makeTar([{ name: 'x/a.csv', content: TABLE }]),
      gzipSync(await makeTar([{ name: 'a.csv', content: TABLE }])),
    ]) {
      const written = bench.write(bytes, 'utf8', 'assay.data')
      const { counts, summary } = await bench.import(written)
      expect(counts).toMatchObject({ read: 1, accepted: 1 })
      expect(summary.member).toMatch(/a\.csv$/)
    }
    const { rows } = await bench.import(bench.write(gzipSync(TABLE), 'utf8', 'assay.csv.gz'))
    expect(rows).toHaveLength(1)
  })

  it('lists several tables, shows the first with structures, and imports none until one is chosen', async () => {
    const written = bench.write(
      makeZip([
        { name: 'notes.csv', content: 'a,b\n1,2\n' },
        good,
        { name: 'x/b.csv', content: 'smiles,pKd\nCCCO,8\n' },
      ]),
    )
    const preview = await bench.preview(written)
    expect(preview).toMatchObject({
      member: 'a.csv',
      members: [{ name: 'notes.csv' }, { name: 'a.csv' }, { name: 'x/b.csv' }],
    })
    await expect(bench.import(written)).rejects.toMatchObject({
      code: 'ERR_2007',
      details: { members: ['notes.csv', 'a.csv', 'x/b.csv'] },
    })
    const { rows } = await bench.import({ ...written, member: 'b.csv' }, { ...optionsOf(preview), member: 'b.csv' })
    expect(rows.map(row => row.smiles)).toEqual(['CCCO'])
    await expect(bench.preview({ ...written, member: 'c.csv' })).rejects.toMatchObject({ code: 'ERR_2007' })
    await expect(bench.preview({ ...written, member: 'notes.csv' })).rejects.toMatchObject({ code: 'ERR_2005' })
  })

  it('leaves nothing of a refused archive', async () => {
    const written = bench.write(makeZip([good, { name: '../b.csv', content: 'x' }]))
    await expect(bench.preview(written)).rejects.toMatchObject({
      code: 'ERR_2005',
      details: { rule: 'archive.parentPath' },
    })
    expect(existsSync(written.unpackFolder)).toBe(false)
    expect(existsSync(`${written.unpackFolder}.part`)).toBe(false)
  })
})
