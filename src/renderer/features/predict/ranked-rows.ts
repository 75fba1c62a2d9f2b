/** Rows of a predicted table, and how they are asked for. Pure. */
import type { z } from 'zod'
import type { predictionsContract, ResultFilter, resultSortSchema } from '../../../shared/contract/predictions.ts'
import type { Domain } from '../../../shared/domain-verdict.ts'

export type ResultPage = z.infer<(typeof predictionsContract.result)['~orpc']['outputSchema'] & z.ZodType>
export type ResultRow = ResultPage['rows'][number]
export type TableModel = ResultPage['models'][number]

const SORTS = ['line', 'prediction', 'domainDistance', 'width'] as const

/** The sort of a column: `prediction` is the first model's, `prediction1` the second's. */
export function orderOf(column: string): { sort: z.infer<typeof resultSortSchema>; modelIndex: number } {
  const further = /^prediction([1-7])$/.exec(column)
  if (further) return { sort: 'prediction', modelIndex: Number(further[1]) }
  return { sort: SORTS.find(name => name === column) ?? 'prediction', modelIndex: 0 }
}

const DOMAINS: readonly Domain[] = ['inside', 'edge', 'outside']

/** The filter that the address holds; what is no number there asks for nothing. */
export function filterOf(params: Readonly<Record<string, string>>): ResultFilter {
  const numberOf = (name: string): number | null => {
    const value = Number((params[name] ?? '').replace(',', '.'))
    return (params[name] ?? '').trim() === '' || !Number.isFinite(value) ? null : value
  }
  const widest = numberOf('widest')
  const domains = (params.domain ?? '').split(',')
  return {
    least: numberOf('least'),
    most: null,
    // Asked for as ±, kept as the whole width.
    widest: widest !== null && widest > 0 ? 2 * widest : null,
    domain: DOMAINS.filter(domain => domains.includes(domain)),
    errors: params.errors === 'only' || params.errors === 'none' ? params.errors : 'all',
    text: (params.find ?? '').slice(0, 200),
    lines: null,
  }
}

/** 0 (weakest shown) to 1 (strongest) on the scale of affinities that occur, for the colour of a cell. */
export function heatOf(pX: number): number {
  return Math.min(1, Math.max(0, (pX - 4) / 6))
}
