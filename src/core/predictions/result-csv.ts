/**
 * A predicted table as CSV: the columns of the input as they were, then `prediction,lower,upper,domain_distance,error`, then the first
 * four again with `_2`, `_3` … for further models. The cells are the user's own and go back unaltered; UTF-8 without a mark and plain
 * line ends, as scripts expect them.
 */
import type { StoreReader } from '../store/handles.ts'
import { eachPage, otherValues } from './result-query.ts'
import type { ResultHead } from './result-store.ts'

const VALUES = ['prediction', 'lower', 'upper', 'domain_distance'] as const

/** What stands behind the columns of the input. */
export function addedColumns({ models }: Pick<ResultHead, 'models'>): string[] {
  const further = models.slice(1).flatMap((_, i) => VALUES.map(name => `${name}_${i + 2}`))
  return [...VALUES, 'error', ...further]
}

export function* resultText(store: StoreReader, head: ResultHead): Generator<string> {
  const { id, header, models } = head
  yield csvLine([...header, ...addedColumns(head)])
  for (const page of eachPage(store, id)) {
    const others = otherValues(store, id, { lines: page.map(row => row.line), models: models.length })
    yield page
      .map(({ line, cells, prediction, lower, upper, domainDistance, error }) =>
        csvLine([
          // A short record keeps what follows in its columns.
          ...Array.from({ length: Math.max(header.length, cells.length) }, (_, i) => cells[i] ?? ''),
          ...[prediction, lower, upper, domainDistance].map(numberText),
          error ?? '',
          ...others(line).flatMap(other =>
            [other?.prediction, other?.lower, other?.upper, other?.domainDistance].map(value =>
              numberText(value ?? null),
            ),
          ),
        ]),
      )
      .join('')
  }
}

/** Seven digits: what a float32 holds. */
export function numberText(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(7)))
}

export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\n`
}

function csvCell(cell: string | number | null): string {
  const text = cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
