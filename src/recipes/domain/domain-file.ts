import { decodeRecord, encodeRecord } from '../../chem/features/feature-record.ts'
import { type CountSectionName, type FeatureRecord, isCountSection } from '../../chem/features/sections.ts'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'

/**
 * The compounds a model has learned from, beside the model: how far a query is from them and which are its measured analogues.
 * Little-endian.
 *
 *     head     24 bytes: "BNDRDOMN" | u32 version | u32 rows | u32 record bytes | u32 meta bytes
 *     pX       f64[rows]
 *     lengths  u32[rows], bytes of each record; zero padding to 8
 *     records  one feature record a row (`chem/features/feature-record.ts`) with one section of counts
 *     meta     JSON with characters above ASCII escaped: {"section": …, "smiles": […]}
 */
const MAGIC = 'BNDRDOMN'
const VERSION = 1
const HEAD_BYTES = 24

export interface Domain {
  readonly section: CountSectionName
  readonly fingerprints: readonly SparseCounts[]
  readonly pX: Float64Array
  readonly smiles: readonly string[]
}

export function encodeDomain({ section, fingerprints, pX, smiles }: Domain): Uint8Array {
  const rows = fingerprints.length
  if (pX.length !== rows || smiles.length !== rows)
    throw new Error(`${rows} fingerprints, other lists differ in length`)
  const records = fingerprints.map(counts => encodeRecord({ [section]: counts } as unknown as FeatureRecord, [section]))
  const recordBytes = records.reduce((sum, record) => sum + record.length, 0)
  const meta = asciiJson({ section, smiles })
  const recordsAt = HEAD_BYTES + 8 * rows + padded(4 * rows)
  const bytes = new Uint8Array(recordsAt + recordBytes + meta.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i)
  for (const [i, word] of [VERSION, rows, recordBytes, meta.length].entries()) view.setUint32(8 + 4 * i, word, true)
  let at = recordsAt
  for (const [row, record] of records.entries()) {
    view.setFloat64(HEAD_BYTES + 8 * row, pX[row]!, true)
    view.setUint32(HEAD_BYTES + 8 * rows + 4 * row, record.length, true)
    bytes.set(record, at)
    at += record.length
  }
  bytes.set(meta, at)
  return bytes
}

/** Throws an Error that says what is wrong with bytes that are no whole domain file of this version. */
export function decodeDomain(source: Uint8Array): Domain {
  const bytes = source.byteOffset % 8 === 0 ? source : source.slice()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEAD_BYTES) throw new Error(`Domain file: only ${bytes.length} bytes`)
  if (String.fromCharCode(...bytes.subarray(0, 8)) !== MAGIC) throw new Error('Not a domain file')
  const [version, rows, recordBytes, metaBytes] = [8, 12, 16, 20].map(at => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ]
  if (version !== VERSION) throw new Error(`Domain file: version ${version}, this Bindery reads ${VERSION}`)
  const recordsAt = HEAD_BYTES + 8 * rows + padded(4 * rows)
  const expected = recordsAt + recordBytes + metaBytes
  if (bytes.length !== expected) throw new Error(`Domain file: expected ${expected} bytes, got ${bytes.length}`)
  const meta = JSON.parse(asciiText(bytes.subarray(recordsAt + recordBytes))) as { section: string; smiles: string[] }
  const { section, smiles } = meta
  if (!isCountSection(section)) throw new Error(`Domain file: section "${section}"`)
  const fingerprints: SparseCounts[] = []
  let at = recordsAt
  for (let row = 0; row < rows; row++) {
    const end = at + view.getUint32(HEAD_BYTES + 8 * rows + 4 * row, true)
    fingerprints.push(decodeRecord(bytes.subarray(at, end), [section])[section])
    at = end
  }
  const pX = Float64Array.from({ length: rows }, (_, row) => view.getFloat64(HEAD_BYTES + 8 * row, true))
  return { section, fingerprints, pX, smiles }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}

function asciiJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Uint8Array.from(text, c => c.charCodeAt(0))
}

function asciiText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
