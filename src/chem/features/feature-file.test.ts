import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countKeys } from '../fingerprints/sparse-counts.ts'
import {
  decodePrelude,
  encodePrelude,
  encodeTail,
  type FeatureFileMeta,
  openFeatureFile,
  PRELUDE_BYTES,
} from './feature-file.ts'
import { encodeRecord } from './feature-record.ts'

const meta: FeatureFileMeta = {
  sections: ['torsions'],
  toolkit: 'RDKit 2026.09.1',
  refusals: [{ row: 1, rule: 'structure.unparsable', message: 'Zeichen “µ” and 甲' }],
}

/** As Node reads a file: a Buffer, whose `slice` does not copy. */
function fileOf(records: readonly (Uint8Array | null)[], about = meta): Buffer {
  const offsets = [PRELUDE_BYTES]
  for (const record of records) offsets.push(offsets.at(-1)! + (record?.byteLength ?? 0))
  const { tail, prelude } = encodeTail(Float64Array.from(offsets), about)
  const bytes = Buffer.alloc(prelude.metaOffset + prelude.metaBytes)
  bytes.set(encodePrelude({ ...prelude, sha256: new Uint8Array(32).fill(5) }))
  for (const [row, record] of records.entries()) if (record) bytes.set(record, offsets[row])
  bytes.set(tail, prelude.indexOffset)
  return bytes
}

function plain(bytes: Uint8Array | null | undefined): Uint8Array | null {
  return bytes ? new Uint8Array(bytes) : null
}

function recordOf(keys: number[]): Uint8Array {
  return encodeRecord({ torsions: countKeys(Uint32Array.from(keys)) }, ['torsions'])
}

const rows = fc.array(fc.option(fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 8 })), { maxLength: 20 })

describe('feature files', () => {
  it('give every row back, refused ones as null, in any order and in blocks', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(), (keys, a, b) => {
        const records = keys.map(list => list && recordOf(list))
        const bytes = fileOf(records)
        const reader = openFeatureFile((offset, length) => bytes.subarray(offset, offset + length))
        expect(reader.rows).toBe(records.length)
        expect(reader.meta).toEqual(meta)
        for (let row = records.length - 1; row >= 0; row--) {
          expect(plain(reader.bytes(row))).toEqual(records[row])
          const counts = reader.record(row, ['torsions'])?.torsions ?? null
          const list = keys[row]
          expect(counts).toEqual(list ? countKeys(Uint32Array.from(list)) : null)
        }
        const [from, to] = [a % (records.length + 1), b % (records.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ]
        expect(reader.block(from, to).map(plain)).toEqual(records.slice(from, to))
      }),
    )
  })

  it('are not read beyond the row that is asked for', () => {
    const bytes = fileOf([recordOf([1]), recordOf([2, 3]), recordOf([4])])
    const reads: [number, number][] = []
    const reader = openFeatureFile((offset, length) => {
      reads.push([offset, length])
      return bytes.subarray(offset, offset + length)
    })
    reads.length = 0
    reader.bytes(1)
    expect(reads).toEqual([[PRELUDE_BYTES + recordOf([1]).byteLength, recordOf([2, 3]).byteLength]])
    expect([...reader.sha256]).toEqual(Array.from({ length: 32 }, () => 5))
  })

  it('refuse rows that are not there', () => {
    const bytes = fileOf([recordOf([1])])
    const reader = openFeatureFile((offset, length) => bytes.subarray(offset, offset + length))
    expect(() => reader.bytes(1)).toThrow('Rows 1 to 2 of 1')
    expect(() => reader.bytes(-1)).toThrow(RangeError)
  })

  it('say what is wrong with other, older and unfinished files', () => {
    const bytes = fileOf([recordOf([1])])
    expect(() => decodePrelude(bytes.subarray(0, 40))).toThrow('only 40 bytes')
    expect(() => decodePrelude(new Uint8Array(PRELUDE_BYTES))).toThrow('Not a feature file')
    const newer = Buffer.from(bytes)
    newer[8] = 2
    expect(() => decodePrelude(newer)).toThrow('version 2')
    const unfinished = Buffer.from(bytes)
    unfinished.fill(0, 16, 24)
    expect(() => decodePrelude(unfinished)).toThrow('was not finished')
    const unknown = fileOf([recordOf([1])], { ...meta, sections: ['unheard-of' as never] })
    expect(() => openFeatureFile((offset, length) => unknown.subarray(offset, offset + length))).toThrow('unheard-of')
  })
})
