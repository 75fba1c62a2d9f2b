/** Who the nearest learned compound of each judged one is: for the floor of the nearest neighbour, and for what the split leaks. */
import { comparableRows, indexRows, type NearestRow, nearestTo } from '../recipes/domain/leakage.ts'
import type { FeatureTable } from './feature-table.ts'
import { throwIfStopping } from './member.ts'

export const FINGERPRINT = 'morgan-count-r2-chiral'

/** Looked up between two looks at whether to stop: some tens of milliseconds. */
const SLICE_ROWS = 64

export interface NeighbourTask {
  readonly table: FeatureTable
  readonly watch: { readonly isStopping: boolean }
}

/**
 * The nearest of `learned` for each row, or for evenly taken ones where there are very many. Throws a StopSignal where it was asked to
 * stop. Gives the event loop no turn.
 */
export function findNeighbours(
  { table, watch }: NeighbourTask,
  rows: readonly number[],
  learned: readonly number[],
): NearestRow[] {
  const fingerprint = (row: number) => table.record(row)[FINGERPRINT]
  const index = indexRows(learned, fingerprint)
  return comparableRows(rows, learned.length).map((row, i) => {
    if (i % SLICE_ROWS === 0) throwIfStopping(watch)
    return nearestTo(index, row, fingerprint(row))
  })
}
