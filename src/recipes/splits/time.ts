import { AppError } from '../../shared/errors.ts'
import type { SplitRows } from './split.ts'

/**
 * The newest rows, whole dates of them, that come closest to the wanted number of exactly measured ones: nothing that is tested was
 * measured before, or with, what is learned from. Dates are compared as precisely as the least precise one is written: where one row
 * says 2019, others count by their year too. ERR_6003 where there are no dates, where some are missing, and where all are the same.
 */
export function newestRows(rows: SplitRows, target: number): number[] {
  const dates = rows.date ?? []
  const missing = rows.scaffold.length - dates.filter(date => date !== null).length
  if (missing === rows.scaffold.length) {
    throw new AppError('ERR_6003', 'The data set has no dates; import it with a date column, or choose another split')
  }
  if (missing > 0) {
    const row = dates.indexOf(null)
    throw new AppError(
      'ERR_6003',
      `${missing} of ${rows.scaffold.length} rows have no date (the first is row ${row + 1}); drop them in a new version, or choose another split`,
      { details: { missing, row } },
    )
  }
  const known = dates as readonly string[]
  const precision = known.reduce((least, date) => Math.min(least, date.length), Number.POSITIVE_INFINITY)
  const byDate = Map.groupBy(known.keys(), row => known[row]!.slice(0, precision))
  const newestFirst = [...byDate].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, members]) => members)
  if (newestFirst.length === 1) {
    throw new AppError('ERR_6003', `All rows have the date ${known[0]!.slice(0, precision)}; choose another split`)
  }
  return newestFirst.slice(0, bestCut(rows, newestFirst, target)).flat()
}

/** How many of the newest dates weigh closest to the target; at least one exactly measured row, and never all dates. */
function bestCut(rows: SplitRows, newestFirst: readonly (readonly number[])[], target: number): number {
  let best = { cut: 1, miss: Number.POSITIVE_INFINITY }
  let weight = 0
  for (const [i, members] of newestFirst.slice(0, -1).entries()) {
    weight += members.filter(row => rows.bound[row] === 0).length
    if (weight === 0) continue
    const miss = Math.abs(weight - target)
    if (miss < best.miss) best = { cut: i + 1, miss }
    if (weight >= target) break
  }
  return best.cut
}
