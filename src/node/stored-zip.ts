/**
 * ZIP archives of a few files, stored as they are (PKWARE APPNOTE 6.3.10, method 0): a model's weights do not compress. The same files
 * give the same bytes, and only these bytes are read back: nothing is left in an archive that a change could hide in.
 */
import { crc32 } from 'node:zlib'

export interface StoredEntry {
  readonly name: string
  readonly sizeBytes: number
  readonly crc32: number
}

export { crc32 }

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_RECORD = 0x06054b50
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
export const END_BYTES = 22
/** 2.0, the least that any reader knows. */
const VERSION = 20
/** 1980-01-01, the first day there is. */
const DATE = 0x21

/** What goes before the bytes of a file. Names are ASCII, sizes under 4 GiB. */
export function localHeader({ name, ...entry }: StoredEntry): Buffer {
  return Buffer.concat([uint32(LOCAL_HEADER), fields(name, entry), Buffer.from(name, 'ascii')])
}

/** What goes behind the last file. */
export function zipTail(entries: readonly StoredEntry[]): Buffer {
  const parts: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const text = Buffer.from(entry.name, 'ascii')
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    const version = Buffer.alloc(2)
    version.writeUInt16LE(VERSION)
    parts.push(uint32(CENTRAL_HEADER), version, fields(entry.name, entry), rest, text)
    offset += LOCAL_BYTES + text.length + entry.sizeBytes
  }
  const directory = Buffer.concat(parts)
  const end = Buffer.alloc(END_BYTES)
  end.writeUInt32LE(END_RECORD, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([directory, end])
}

export function zipBytes(entries: readonly StoredEntry[]): number {
  return (
    entries.reduce((sum, { name, sizeBytes }) => sum + LOCAL_BYTES + CENTRAL_BYTES + 2 * name.length + sizeBytes, 0) +
    END_BYTES
  )
}

export type ReadRange = (offset: number, length: number) => Promise<Buffer>
export type PlacedEntry = StoredEntry & { readonly offset: number }

/** What an archive is not, in words; `place` is the entry or the part of the archive. */
export class ZipProblem extends Error {
  readonly place: string

  constructor(place: string, message: string) {
    super(message)
    this.place = place
  }
}

/**
 * The files of an archive as `localHeader` and `zipTail` write it: at most `maxEntries`, with names that `isName` takes. Throws
 * ZipProblem for every byte outside of the files that is another.
 */
export async function readStoredZip(
  source: { sizeBytes: number; read: ReadRange },
  { maxEntries, isName }: { maxEntries: number; isName: (name: string) => boolean },
): Promise<PlacedEntry[]> {
  const { sizeBytes, read } = source
  if (sizeBytes < END_BYTES) throw new ZipProblem('archive', `it has only ${sizeBytes} bytes`)
  const start = await read(0, Math.min(4, sizeBytes))
  const end = await read(sizeBytes - END_BYTES, END_BYTES)
  if (start.readUInt32LE(0) !== LOCAL_HEADER && start.readUInt32LE(0) !== END_RECORD) {
    throw new ZipProblem('archive', 'it is no ZIP archive')
  }
  if (end.readUInt32LE(0) !== END_RECORD) throw new ZipProblem('archive', 'its end is missing: it is cut off')
  const count = end.readUInt16LE(10)
  const directoryBytes = end.readUInt32LE(12)
  const directoryAt = end.readUInt32LE(16)
  if (count > maxEntries) throw new ZipProblem('directory', `it has ${count} files, at most ${maxEntries} belong in it`)
  if (directoryAt + directoryBytes + END_BYTES !== sizeBytes || directoryBytes > maxEntries * 512) {
    throw new ZipProblem('directory', 'its directory does not lie where its end says')
  }
  const entries = parseDirectory(await read(directoryAt, directoryBytes), count, isName)
  const placed = placeEntries(entries)
  const expected = zipTail(entries)
  if (placed.end !== directoryAt || !expected.equals(await read(directoryAt, expected.length))) {
    throw new ZipProblem('directory', 'its directory is not as it was written')
  }
  for (const entry of placed.entries) {
    const header = localHeader(entry)
    if (!header.equals(await read(entry.offset - header.length, header.length))) {
      throw new ZipProblem(entry.name, 'the header before it is not as it was written')
    }
  }
  return placed.entries
}

function parseDirectory(bytes: Buffer, count: number, isName: (name: string) => boolean): StoredEntry[] {
  const entries: StoredEntry[] = []
  const seen = new Set<string>()
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_HEADER) {
      throw new ZipProblem('directory', `file ${i + 1} of ${count} is not in its directory`)
    }
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('latin1', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength)
    if (!isName(name)) throw new ZipProblem('directory', `${JSON.stringify(name.slice(0, 80))} does not belong in it`)
    if (seen.has(name)) throw new ZipProblem('directory', `${name} is there twice`)
    seen.add(name)
    if ((bytes.readUInt16LE(at + 8) & 1) !== 0) throw new ZipProblem(name, 'it is encrypted')
    if (bytes.readUInt16LE(at + 10) !== 0) throw new ZipProblem(name, 'it is compressed: it was packed again')
    entries.push({ name, crc32: bytes.readUInt32LE(at + 16), sizeBytes: bytes.readUInt32LE(at + 24) })
    at += CENTRAL_BYTES + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

function placeEntries(entries: readonly StoredEntry[]): { entries: PlacedEntry[]; end: number } {
  let at = 0
  const placed = entries.map(entry => {
    const offset = at + LOCAL_BYTES + entry.name.length
    at = offset + entry.sizeBytes
    return { ...entry, offset }
  })
  return { entries: placed, end: at }
}

/** What a local and a central header have in common. */
function fields(name: string, { sizeBytes, crc32: checksum }: Omit<StoredEntry, 'name'>): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(VERSION, 0)
  bytes.writeUInt16LE(DATE, 8)
  bytes.writeUInt32LE(checksum, 10)
  bytes.writeUInt32LE(sizeBytes, 14)
  bytes.writeUInt32LE(sizeBytes, 18)
  bytes.writeUInt16LE(name.length, 22)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
