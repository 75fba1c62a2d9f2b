/**
 * What the kernels of a process read of its training compounds, beside the model that needs them: a feature file
 * (`chem/features/feature-file.ts`) with the sections of the terms, row i being training row i of the process.
 */
import type { FeatureRecord } from '../../chem/features/sections.ts'
import type { KernelTerm } from '../tanimoto-gp/process-plan.ts'
import { decodeFeatureRows, encodeFeatureRows } from './feature-rows.ts'

export type KernelRecord = FeatureRecord<KernelTerm['section']>

/** @param options.sha256 Pure code has no hash of its own. @param options.toolkit What perceived the structures. */
export function encodeKernelFile(
  records: readonly KernelRecord[],
  options: { terms: readonly KernelTerm[]; toolkit: string; sha256: (bytes: Uint8Array) => Uint8Array },
): Uint8Array {
  const sections = options.terms.map(({ section }) => section)
  return encodeFeatureRows(records, { sections, toolkit: options.toolkit, sha256: options.sha256 })
}

/** Throws an Error that says what is wrong with bytes that are no whole file of these terms. */
export function decodeKernelFile(bytes: Uint8Array, terms: readonly KernelTerm[]): KernelRecord[] {
  const sections = terms.map(({ section }) => section)
  return decodeFeatureRows(bytes, sections) as KernelRecord[]
}
