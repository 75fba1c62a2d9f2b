import {
  countsByteLength,
  graphByteLength,
  readCounts,
  readGraph,
  readVector,
  vectorByteLength,
  writeCounts,
  writeGraph,
  writeVector,
} from './section-codec.ts'
import { type FeatureRecord, type FeatureSections, SECTION_CODES, type SectionName } from './sections.ts'

/**
 * One molecule's features as bytes, little-endian, a multiple of 4 long:
 *
 *     u32 section count | (u32 code, u32 byte length) per section | sections in that order
 */
export function encodeRecord<S extends SectionName>(record: FeatureRecord<S>, sections: readonly S[]): Uint8Array {
  const lengths = sections.map(name => codecs[name].byteLength(record[name]))
  const headBytes = 4 + 8 * sections.length
  const bytes = new Uint8Array(headBytes + lengths.reduce((sum, length) => sum + length, 0))
  const head = new Uint32Array(bytes.buffer, 0, headBytes / 4)
  head[0] = sections.length
  let at = headBytes
  for (const [k, name] of sections.entries()) {
    const byteLength = lengths[k]!
    head[1 + 2 * k] = SECTION_CODES[name]
    head[2 + 2 * k] = byteLength
    codecs[name].write(record[name], bytes.subarray(at, at + byteLength))
    at += byteLength
  }
  return bytes
}

/**
 * Reads the named sections and skips the others without touching them. The arrays are views of `bytes` where its offset is a
 * multiple of 4 and views of a copy otherwise. Throws an Error that says what is wrong with damaged bytes or a missing section.
 */
export function decodeRecord<S extends SectionName>(bytes: Uint8Array, sections: readonly S[]): FeatureRecord<S> {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const spans = sectionSpans(aligned)
  const record = {} as { [K in S]: FeatureSections[K] }
  for (const name of sections) {
    const span = spans.get(SECTION_CODES[name])
    if (!span) throw new Error(`Feature record: no section "${name}"`)
    record[name] = codecs[name].read(aligned.subarray(span.start, span.end))
  }
  return record
}

function sectionSpans(bytes: Uint8Array): Map<number, { start: number; end: number }> {
  if (bytes.byteLength < 4) throw new Error('Feature record: no head')
  const count = new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0]!
  const headBytes = 4 + 8 * count
  if (headBytes > bytes.byteLength) throw new Error(`Feature record: ${count} sections in ${bytes.byteLength} bytes`)
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, headBytes / 4)
  const spans = new Map<number, { start: number; end: number }>()
  let at = headBytes
  for (let k = 0; k < count; k++) {
    const end = at + head[2 + 2 * k]!
    spans.set(head[1 + 2 * k]!, { start: at, end })
    at = end
  }
  if (at !== bytes.byteLength) throw new Error(`Feature record: expected ${at} bytes, got ${bytes.byteLength}`)
  return spans
}

interface Codec<T> {
  byteLength(value: T): number
  write(value: T, bytes: Uint8Array): void
  read(bytes: Uint8Array): T
}

const counts = { byteLength: countsByteLength, write: writeCounts, read: readCounts }
const vector = { byteLength: vectorByteLength, write: writeVector, read: readVector }
const graph = { byteLength: graphByteLength, write: writeGraph, read: readGraph }

const codecs: { readonly [K in SectionName]: Codec<FeatureSections[K]> } = {
  'graph.chemprop-v1': graph,
  'morgan-count-r2-chiral': counts,
  'morgan-count-r3-chiral': counts,
  'morgan-count-r2': counts,
  'morgan-count-r3': counts,
  'feature-morgan-r2': counts,
  'atom-pairs': counts,
  torsions: counts,
  'feature-atom-pairs': counts,
  'linear-paths': counts,
  'descriptors-1': vector,
}
