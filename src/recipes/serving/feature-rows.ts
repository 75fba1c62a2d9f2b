/** Feature records in memory as the bytes of one feature file (`chem/features/feature-file.ts`), and back. */
import { encodePrelude, encodeTail, openFeatureFile, PRELUDE_BYTES } from '../../chem/features/feature-file.ts'
import { encodeRecord } from '../../chem/features/feature-record.ts'
import type { FeatureRecord, SectionName } from '../../chem/features/sections.ts'

export interface FeatureRowsOptions<S extends SectionName> {
  readonly sections: readonly S[]
  /** What perceived the structures. */
  readonly toolkit: string
  /** Pure code has no hash of its own. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array
}

export function encodeFeatureRows<S extends SectionName>(
  records: readonly FeatureRecord<S>[],
  { sections, toolkit, sha256 }: FeatureRowsOptions<S>,
): Uint8Array {
  const bodies = records.map(record => encodeRecord(record, sections))
  const offsets = new Float64Array(bodies.length + 1).fill(PRELUDE_BYTES)
  for (const [row, body] of bodies.entries()) offsets[row + 1] = offsets[row]! + body.length
  const { tail, prelude } = encodeTail(offsets, { sections, toolkit, refusals: [] })
  const bytes = new Uint8Array(prelude.indexOffset + tail.length)
  for (const [row, body] of bodies.entries()) bytes.set(body, offsets[row]!)
  bytes.set(tail, prelude.indexOffset)
  bytes.set(encodePrelude({ ...prelude, sha256: sha256(bytes.subarray(PRELUDE_BYTES)) }))
  return bytes
}

/** Throws an Error that says what is wrong with bytes that are no whole file, or with a row without these sections. */
export function decodeFeatureRows<S extends SectionName>(
  bytes: Uint8Array,
  sections: readonly S[],
): FeatureRecord<S>[] {
  const reader = openFeatureFile((offset, length) => {
    if (offset + length > bytes.length) throw new Error(`Feature file: ends at ${bytes.length}`)
    return bytes.subarray(offset, offset + length)
  })
  return Array.from({ length: reader.rows }, (_, row) => {
    const record = reader.record(row, sections)
    if (!record) throw new Error(`Feature file: row ${row} has no features`)
    return record
  })
}
