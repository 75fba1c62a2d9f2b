/**
 * What the kernels of a process read of its training compounds, beside the model that needs them: a feature file
 * (`chem/features/feature-file.ts`) with the sections of the terms, row i being training row i of the process.
 */
import { encodePrelude, encodeTail, openFeatureFile, PRELUDE_BYTES } from '../../chem/features/feature-file.ts'
import { encodeRecord } from '../../chem/features/feature-record.ts'
import type { FeatureRecord } from '../../chem/features/sections.ts'
import type { KernelTerm } from '../tanimoto-gp/process-plan.ts'

export type KernelRecord = FeatureRecord<KernelTerm['section']>

/** @param options.sha256 Pure code has no hash of its own. @param options.toolkit What perceived the structures. */
export function encodeKernelFile(
  records: readonly KernelRecord[],
  options: { terms: readonly KernelTerm[]; toolkit: string; sha256: (bytes: Uint8Array) => Uint8Array },
): Uint8Array {
  const sections = options.terms.map(({ section }) => section)
  const bodies = records.map(record => encodeRecord(record, sections))
  const offsets = new Float64Array(bodies.length + 1).fill(PRELUDE_BYTES)
  for (const [row, body] of bodies.entries()) offsets[row + 1] = offsets[row]! + body.length
  const { tail, prelude } = encodeTail(offsets, { sections, toolkit: options.toolkit, refusals: [] })
  const bytes = new Uint8Array(prelude.indexOffset + tail.length)
  for (const [row, body] of bodies.entries()) bytes.set(body, offsets[row]!)
  bytes.set(tail, prelude.indexOffset)
  bytes.set(encodePrelude({ ...prelude, sha256: options.sha256(bytes.subarray(PRELUDE_BYTES)) }))
  return bytes
}

/** Throws an Error that says what is wrong with bytes that are no whole file of these terms. */
export function decodeKernelFile(bytes: Uint8Array, terms: readonly KernelTerm[]): KernelRecord[] {
  const sections = terms.map(({ section }) => section)
  const reader = openFeatureFile((offset, length) => {
    if (offset + length > bytes.length) throw new Error(`Feature file: ends at ${bytes.length}`)
    return bytes.subarray(offset, offset + length)
  })
  return Array.from({ length: reader.rows }, (_, row) => {
    const record = reader.record(row, sections)
    if (!record) throw new Error(`Feature file: row ${row} has no features`)
    return record as KernelRecord
  })
}
