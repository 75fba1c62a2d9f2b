/**
 * A predicted table as CSV: the columns of the input as they were, then `prediction,lower,upper,domain_distance,error`. The cells are
 * the user's own and go back unaltered; UTF-8 without a mark and plain line ends, as scripts expect them.
 */
import type { StoreReader } from '../store/handles.ts'
import { eachPage } from './result-query.ts'
import type { ResultHead } from './result-store.ts'

const ADDED = ['prediction', 'lower', 'upper', 'domain_distance', 'error'] as const

export function* resultText(store: StoreReader, { id, header }: ResultHead): Generator<string> {
  yield csvLine([...header, ...ADDED])
  for (const page of eachPage(store, id)) {
    yield page
      .map(({ cells, prediction, lower, upper, domainDistance, error }) =>
        csvLine([
          // A short record keeps what follows in its columns.
          ...Array.from({ length: Math.max(header.length, cells.length) }, (_, i) => cells[i] ?? ''),
          ...[prediction, lower, upper, domainDistance].map(numberText),
          error ?? '',
        ]),
      )
      .join('')
  }
}

/** Seven digits: what a float32 holds. */
function numberText(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(7)))
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
}
