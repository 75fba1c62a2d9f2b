/**
 * A ZIP archive of a few files, stored as they are (PKWARE APPNOTE 6.3.10, method 0): a model's weights do not compress. For files
 * under 4 GiB, with names in ASCII; the same files give the same bytes.
 */
import { crc32 } from 'node:zlib'

export interface ZipEntry {
  name: string
  bytes: Uint8Array
}

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_RECORD = 0x06054b50
/** 2.0, the least that any reader knows. */
const VERSION = 20
/** 1980-01-01, the first day there is. */
const DATE = 0x21

export function* zipOf(entries: readonly ZipEntry[]): Generator<Uint8Array> {
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of entries) {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(VERSION, 0)
    fields.writeUInt16LE(DATE, 8)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(bytes.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const text = Buffer.from(name, 'ascii')
    const local = Buffer.concat([uint32(LOCAL_HEADER), fields, text])
    yield local
    yield bytes
    directory.push(centralHeader(fields, text, offset))
    offset += local.length + bytes.length
  }
  const central = Buffer.concat(directory)
  yield central
  yield endRecord(entries.length, central.length, offset)
}

/** The fields of the local header, between "made by" and the attributes with the place of the entry. */
function centralHeader(fields: Buffer, name: Buffer, offset: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(VERSION)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([uint32(CENTRAL_HEADER), madeBy, fields, rest, name])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(END_RECORD, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
