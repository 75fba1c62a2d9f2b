import { decodeRecord } from './feature-record.ts'
import { type FeatureRecord, isSectionName, type SectionName } from './sections.ts'

/**
 * The features of a data set in one file, read by row without loading it. Little-endian.
 *
 *     prelude   96 bytes: "BNDRFEAT" | u32 version | u32 meta bytes | f64 rows | f64 index offset | f64 meta offset
 *               | sha256[32] of everything after the prelude | zeros
 *     records   one feature record a row, each a multiple of 4 long; a refused row has no bytes
 *     index     f64 offsets[rows + 1] from the start of the file
 *     meta      ASCII JSON, `FeatureFileMeta`
 *
 * Index and meta follow the records so that a writer streams; the prelude is written last. The same structures and sections
 * give the same bytes, so the hash names the content.
 */
export const FEATURE_FILE_VERSION = 1
export const PRELUDE_BYTES = 96
const MAGIC = 'BNDRFEAT'
const SHA_OFFSET = 40
const SHA_BYTES = 32

export interface FeatureFileMeta {
  readonly sections: readonly SectionName[]
  /** Name and version of what perceived the structures, e.g. `RDKit 2026.09.1`. */
  readonly toolkit: string
  /** Rows without features, in row order. */
  readonly refusals: readonly FeatureRefusal[]
}

export interface FeatureRefusal {
  readonly row: number
  readonly rule: string
  readonly message: string
}

export interface Prelude {
  readonly rows: number
  readonly indexOffset: number
  readonly metaOffset: number
  readonly metaBytes: number
  /** Of everything after the prelude; zeros until it is known. */
  readonly sha256: Uint8Array
}

export function encodePrelude(prelude: Prelude): Uint8Array {
  if (prelude.sha256.length !== SHA_BYTES) throw new Error(`A SHA-256 has ${SHA_BYTES} bytes`)
  const bytes = new Uint8Array(PRELUDE_BYTES)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i)
  view.setUint32(8, FEATURE_FILE_VERSION, true)
  view.setUint32(12, prelude.metaBytes, true)
  view.setFloat64(16, prelude.rows, true)
  view.setFloat64(24, prelude.indexOffset, true)
  view.setFloat64(32, prelude.metaOffset, true)
  bytes.set(prelude.sha256, SHA_OFFSET)
  return bytes
}

/** Throws an Error that says what is wrong where the bytes are not a feature file of this version. */
export function decodePrelude(bytes: Uint8Array): Prelude {
  if (bytes.byteLength < PRELUDE_BYTES) throw new Error(`Feature file: only ${bytes.byteLength} bytes`)
  if (String.fromCharCode(...bytes.subarray(0, 8)) !== MAGIC) throw new Error('Not a feature file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES)
  const version = view.getUint32(8, true)
  if (version !== FEATURE_FILE_VERSION) {
    throw new Error(`Feature file: version ${version}, this Bindery reads ${FEATURE_FILE_VERSION}`)
  }
  const prelude = {
    metaBytes: view.getUint32(12, true),
    rows: view.getFloat64(16, true),
    indexOffset: view.getFloat64(24, true),
    metaOffset: view.getFloat64(32, true),
    sha256: copyOf(bytes.subarray(SHA_OFFSET, SHA_OFFSET + SHA_BYTES)),
  }
  const { rows, indexOffset, metaOffset } = prelude
  const consistent =
    [rows, indexOffset, metaOffset].every(Number.isSafeInteger) &&
    rows >= 0 &&
    indexOffset >= PRELUDE_BYTES &&
    metaOffset === indexOffset + 8 * (rows + 1)
  if (!consistent) throw new Error('Feature file: the prelude contradicts itself; the file was not finished')
  return prelude
}

/** Index and meta, the bytes after the last record, and the prelude that fits them but for its hash. */
export function encodeTail(offsets: Float64Array, meta: FeatureFileMeta): { tail: Uint8Array; prelude: Prelude } {
  const indexOffset = offsets.at(-1)
  if (indexOffset === undefined) throw new Error('The index ends with the offset after the last record')
  const metaText = encodeAsciiJson(meta)
  const tail = new Uint8Array(offsets.byteLength + metaText.byteLength)
  tail.set(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength))
  tail.set(metaText, offsets.byteLength)
  const prelude = {
    rows: offsets.length - 1,
    indexOffset,
    metaOffset: indexOffset + offsets.byteLength,
    metaBytes: metaText.byteLength,
    sha256: new Uint8Array(SHA_BYTES),
  }
  return { tail, prelude }
}

/** Returns exactly `length` bytes from `offset` on. */
export type ReadBytes = (offset: number, length: number) => Uint8Array

/** Random access to the rows of a feature file; holds the index (8 bytes a row) and nothing else in memory. */
export interface FeatureFileReader {
  readonly rows: number
  readonly meta: FeatureFileMeta
  readonly sha256: Uint8Array
  /** The row's bytes as `decodeRecord` takes them, or `null` where the row was refused. */
  bytes(row: number): Uint8Array | null
  /** The row's sections, or `null` where the row was refused. */
  record<S extends SectionName>(row: number, sections: readonly S[]): FeatureRecord<S> | null
  /** The bytes of rows `from` to `to` (exclusive) in one read; refused rows are `null`. */
  block(from: number, to: number): (Uint8Array | null)[]
}

export function openFeatureFile(read: ReadBytes): FeatureFileReader {
  const prelude = decodePrelude(read(0, PRELUDE_BYTES))
  const { rows } = prelude
  const offsets = new Float64Array(copyOf(read(prelude.indexOffset, 8 * (rows + 1))).buffer)
  const meta = parseMeta(read(prelude.metaOffset, prelude.metaBytes))

  function block(from: number, to: number): (Uint8Array | null)[] {
    if (from < 0 || to > rows || from > to) throw new RangeError(`Rows ${from} to ${to} of ${rows}`)
    const start = offsets[from]!
    const bytes = read(start, offsets[to]! - start)
    const records: (Uint8Array | null)[] = []
    for (let row = from; row < to; row++) {
      const begin = offsets[row]! - start
      const end = offsets[row + 1]! - start
      records.push(begin === end ? null : bytes.subarray(begin, end))
    }
    return records
  }

  return {
    rows,
    meta,
    sha256: prelude.sha256,
    block,
    bytes: row => block(row, row + 1)[0] ?? null,
    record(row, sections) {
      const bytes = block(row, row + 1)[0] ?? null
      return bytes && decodeRecord(bytes, sections)
    },
  }
}

function parseMeta(bytes: Uint8Array): FeatureFileMeta {
  const meta = JSON.parse(decodeAscii(bytes)) as FeatureFileMeta
  const unknown = meta.sections.filter(name => !isSectionName(name))
  if (unknown.length > 0) throw new Error(`Feature file: unknown sections ${unknown.join(', ')}`)
  return meta
}

/** `slice` would do, but a Node Buffer's is a view of the same memory. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

/** JSON with every character above ASCII escaped: pure code has no text encoder, and needs none this way. */
function encodeAsciiJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Uint8Array.from(text, c => c.charCodeAt(0))
}

function decodeAscii(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
