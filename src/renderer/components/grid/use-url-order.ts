import { setParams, useRoute } from '../../route/use-route.ts'
import type { SortOrder } from './grid-column.ts'

/** The sort order of a grid, kept in the address under `<prefix>sort` and `<prefix>desc`. */
export function useUrlOrder(prefix: string, fallback: SortOrder): [SortOrder, (order: SortOrder) => void] {
  const { params } = useRoute()
  const column = params[`${prefix}sort`]
  const order = column ? { column, descending: params[`${prefix}desc`] === '1' } : fallback
  return [order, next => setParams({ [`${prefix}sort`]: next.column, [`${prefix}desc`]: next.descending ? '1' : '' })]
}
