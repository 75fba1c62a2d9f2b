import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { createMinMaxIndex, type MinMaxIndex, minMaxSimilarities } from '../similarity/min-max-index.ts'
import { createRadialIndex, type RadialIndex, radialSimilarities } from './radial-kernel.ts'

/** What one term of the covariance reads of each row. */
export type KernelInput =
  | { readonly kind: 'min-max'; readonly rows: readonly SparseCounts[] }
  | { readonly kind: 'radial'; readonly rows: readonly Float32Array[] }

/** The rows of a fitted process, ready to be compared with. */
export type KernelIndex =
  | { readonly kind: 'min-max'; readonly index: MinMaxIndex }
  | { readonly kind: 'radial'; readonly index: RadialIndex }

export function createKernelIndex(input: KernelInput): KernelIndex {
  return input.kind === 'min-max'
    ? { kind: input.kind, index: createMinMaxIndex(input.rows) }
    : { kind: input.kind, index: createRadialIndex(input.rows) }
}

/**
 * Similarities of queries to the first `columns` rows of an index, all where absent; 1 for a row and itself. [queries, columns],
 * row-major
 */
export function similarities(kernel: KernelIndex, queries: KernelInput, columns?: number): Float64Array {
  if (kernel.kind === 'min-max' && queries.kind === 'min-max') {
    return minMaxSimilarities(kernel.index, queries.rows, columns)
  }
  if (kernel.kind === 'radial' && queries.kind === 'radial') {
    return radialSimilarities(kernel.index, queries.rows, columns)
  }
  throw new Error(`A ${kernel.kind} kernel cannot compare ${queries.kind} rows`)
}

export function pickRows(input: KernelInput, rows: readonly number[]): KernelInput {
  return input.kind === 'min-max'
    ? { kind: input.kind, rows: rows.map(row => input.rows[row]!) }
    : { kind: input.kind, rows: rows.map(row => input.rows[row]!) }
}
