/** ZIP archives, read by their central directory; every entry is checked before the first byte of one is unpacked. */
import { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { AppError } from '../../../shared/errors.ts'
import { type ArchiveLimits, archiveError } from './archive-limits.ts'
import { UnpackMeter } from './byte-meter.ts'
import { EntryNames } from './entry-names.ts'

export interface ZipMember {
  /** Path with plain slashes. */
  name: string
  size: number
  packedSize: number
  entry: Entry
}

export interface ZipArchive {
  /** Files in the order of the directory. */
  members: ZipMember[]
  /** The bytes of a member, metered; fails where size or checksum are not what the directory says. */
  open(member: ZipMember): Promise<Readable>
  close(): void
}

const STORED = 0
const DEFLATED = 8
/** Bits of the flags: encrypted, strongly encrypted, headers masked. */
const ENCRYPTION_FLAGS = 0x1 | 0x40 | 0x2000
const LOCAL_HEADER_BYTES = 30

export interface ZipOptions {
  limits: ArchiveLimits
  budget: { bytes: number; isDisk: boolean }
  breathe: () => Promise<void>
}

/** Throws archive errors; close what it answers. */
export async function openZip(file: string, options: ZipOptions): Promise<ZipArchive> {
  const zip = await asArchiveError(openFile(file))
  try {
    const members = await asArchiveError(readDirectory(zip, options))
    const meter = new UnpackMeter(options.limits, options.budget)
    checkDeclared(members, meter)
    const ends = checkPlaces(members)
    return {
      members,
      open: member => asArchiveError(openMember({ zip, member, meter, end: ends.get(member)! })),
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

function openFile(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are decoded here, so that a bad one is refused by rule. Without `decodeStrings` nothing is changed in them.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true } as const
    yauzl.open(file, options, (error, zip) => (error === null ? resolve(zip) : reject(error)))
  })
}

async function readDirectory(zip: ZipFile, { limits, breathe }: ZipOptions): Promise<ZipMember[]> {
  const names = new EntryNames(limits)
  if (zip.entryCount > limits.entries) {
    throw archiveError('archive.tooManyEntries', `it has more than ${limits.entries} entries`)
  }
  const members: ZipMember[] = []
  for await (const entry of entriesOf(zip)) {
    const raw = decodeName(entry)
    checkEntry(entry, raw)
    const isFolder = raw.endsWith('/')
    const name = names.add(raw, isFolder ? 'folder' : 'file')
    if (isFolder && entry.uncompressedSize > 0) throw archiveError('archive.sizeLies', 'a folder with content', raw)
    members.push({
      name: isFolder ? `${name}/` : name,
      size: entry.uncompressedSize,
      packedSize: entry.compressedSize,
      entry,
    })
    await breathe()
  }
  return members
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  let settle: (next: { entry: Entry | null } | { error: Error }) => void = () => undefined
  zip.on('entry', entry => settle({ entry: entry as Entry }))
  zip.on('end', () => settle({ entry: null }))
  zip.on('error', (error: Error) => settle({ error }))
  for (;;) {
    const next = await new Promise<{ entry: Entry | null } | { error: Error }>(resolve => {
      settle = resolve
      zip.readEntry()
    })
    if ('error' in next) throw next.error
    if (next.entry === null) return
    yield next.entry
  }
}

/** With `decodeStrings: false` names come as bytes. */
function decodeName(entry: Entry): string {
  const bytes = entry.fileName as unknown as Buffer
  return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, bytes, entry.extraFields, true)
}

function checkEntry(entry: Entry, name: string): void {
  if ((entry.generalPurposeBitFlag & ENCRYPTION_FLAGS) !== 0)
    throw archiveError('archive.encrypted', 'it is encrypted', name)
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw archiveError('archive.method', `packed by method ${entry.compressionMethod}; only deflate is read`, name)
  }
  // The upper half of the attributes is the Unix mode, 0 where another system made the archive.
  const type = (entry.externalFileAttributes >>> 16) & 0xf000
  if (type === 0xa000) throw archiveError('archive.link', 'it is a symbolic link', name)
  if (type !== 0 && type !== 0x8000 && type !== 0x4000) throw archiveError('archive.device', 'it is no file', name)
}

function checkDeclared(members: readonly ZipMember[], meter: UnpackMeter): void {
  let total = 0
  for (const { name, size, packedSize } of members) {
    meter.checkSize(name, size, packedSize)
    total += size
  }
  meter.checkTotal(total)
}

/** Where each member's bytes must have ended: at the next one's header. Overlapping entries are a bomb's way to be small. */
function checkPlaces(members: readonly ZipMember[]): Map<ZipMember, number> {
  const sorted = [...members].sort((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader)
  const ends = new Map<ZipMember, number>()
  for (const [i, member] of sorted.entries()) {
    const next = sorted[i + 1]?.entry.relativeOffsetOfLocalHeader ?? Infinity
    const { relativeOffsetOfLocalHeader: start, fileNameLength } = member.entry
    if (start + LOCAL_HEADER_BYTES + fileNameLength + member.packedSize > next) throw overlap(member.name)
    ends.set(member, next)
  }
  return ends
}

function overlap(name: string): AppError {
  return archiveError('archive.overlap', 'its bytes belong to another entry as well', name)
}

interface Opening {
  zip: ZipFile
  member: ZipMember
  meter: UnpackMeter
  end: number
}

async function openMember({ zip, member, meter, end }: Opening): Promise<Readable> {
  const { entry, name } = member
  const local = await new Promise<{ fileName: Buffer; fileDataStart: number; generalPurposeBitFlag: number }>(
    (resolve, reject) => zip.readLocalFileHeader(entry, (error, header) => (error ? reject(error) : resolve(header))),
  )
  if (!local.fileName.equals(entry.fileName as unknown as Buffer)) {
    throw archiveError('archive.headersDisagree', 'its own header has another name than the directory', name)
  }
  if ((local.generalPurposeBitFlag & ENCRYPTION_FLAGS) !== 0)
    throw archiveError('archive.encrypted', 'it is encrypted', name)
  if (local.fileDataStart + member.packedSize > end) throw overlap(name)
  const source = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)))
  })
  return Readable.from(checkedBytes(source, member, meter), { objectMode: false })
}

async function* checkedBytes(source: Readable, member: ZipMember, meter: UnpackMeter): AsyncGenerator<Buffer> {
  const stage = meter.entry(member.name, () => member.packedSize)
  source.on('error', error => stage.destroy(error))
  try {
    for await (const bytes of source.pipe(stage)) yield bytes as Buffer
  } catch (error) {
    throw toArchiveError(error, member.name)
  } finally {
    source.destroy()
    stage.destroy()
  }
  if (stage.crc() !== member.entry.crc32) throw archiveError('archive.damaged', 'its checksum is wrong', member.name)
}

async function asArchiveError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toArchiveError(error)
  }
}

/** What yauzl and zlib say in plain errors; anything with another cause stays what it is. */
function toArchiveError(error: unknown, entry: string | null = null): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const { code } = error as { code?: string }
  if (code !== undefined && !code.startsWith('Z_') && !code.startsWith('ERR_')) return error
  if (/strong encryption/.test(error.message)) return archiveError('archive.encrypted', 'it is encrypted', entry)
  if (/too many bytes in the stream|not enough bytes in the stream|size mismatch/i.test(error.message)) {
    return archiveError('archive.sizeLies', `its size is not what the archive says (${error.message})`, entry)
  }
  return archiveError('archive.damaged', error.message, entry)
}
