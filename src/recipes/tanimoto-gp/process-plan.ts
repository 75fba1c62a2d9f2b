import type { CountSectionName, FeatureRecord, SectionName } from '../../chem/features/sections.ts'
import { AppError } from '../../shared/errors.ts'
import type { KernelInput } from './kernel.ts'

/** One term of the covariance, and the section of a feature record that it compares. */
export type KernelTerm =
  | { readonly kind: 'min-max'; readonly section: CountSectionName }
  | { readonly kind: 'radial'; readonly section: 'descriptors-1' }

/** How a Gaussian process is fitted. */
export interface ProcessPlan {
  readonly terms: readonly KernelTerm[]
  /** Rows, drawn at random, on which the hyper-parameters are chosen; all rows are learned from whatever this is. */
  readonly tuningRows: number
  /** Parts of the training rows that are predicted as if they had not been seen. */
  readonly folds: number
}

/** Memory grows with the square of the rows and time with the cube: 5,000 take about 1 GiB. */
export const MAX_PROCESS_ROWS = 5_000

export const TERMS = [
  { kind: 'min-max', section: 'morgan-count-r2-chiral' },
  { kind: 'min-max', section: 'atom-pairs' },
  { kind: 'min-max', section: 'torsions' },
  { kind: 'min-max', section: 'feature-morgan-r2' },
  { kind: 'min-max', section: 'feature-atom-pairs' },
  { kind: 'min-max', section: 'linear-paths' },
  { kind: 'radial', section: 'descriptors-1' },
] as const satisfies readonly KernelTerm[]

export const KERNEL_SECTIONS = TERMS.map(({ section }) => section) satisfies readonly SectionName[]

/** ERR_5003 where there are more rows than a process takes. */
export function checkProcessRows(rows: number, limit = MAX_PROCESS_ROWS): void {
  if (rows <= limit) return
  const advice = 'Train the recipe dmpnn, which has no such limit'
  throw new AppError('ERR_5003', `tanimoto-gp learns from at most ${limit} compounds, got ${rows}. ${advice}`, {
    details: { limit, rows },
  })
}

/** What each term reads of the records, in the order of the terms. */
export function kernelInputs(
  terms: readonly KernelTerm[],
  records: readonly FeatureRecord<KernelTerm['section']>[],
): KernelInput[] {
  return terms.map(term =>
    term.kind === 'min-max'
      ? { kind: term.kind, rows: records.map(record => record[term.section]) }
      : { kind: term.kind, rows: records.map(record => record[term.section]) },
  )
}
