import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'

/** The counts of the keys that many rows have, as rows of bytes. */
export interface CommonCounts {
  /** The column of a key. */
  readonly columns: ReadonlyMap<number, number>
  /** Columns, rounded up to the 16 bytes of an instruction. */
  readonly width: number
  /** [rows, width] */
  readonly bytes: Uint8Array
}

/** A key has a column where one row in so many has it: a list of those rows takes as long to visit as the column. */
const COMMON_SHARE = 1 / 16
export const LARGEST_COMMON_COUNT = 255

export function createCommonCounts(fingerprints: readonly SparseCounts[]): CommonCounts {
  const rows = new Map<number, number>()
  for (const { keys } of fingerprints) for (const key of keys) rows.set(key, (rows.get(key) ?? 0) + 1)
  const columns = new Map<number, number>()
  for (const [key, count] of rows) if (count >= fingerprints.length * COMMON_SHARE) columns.set(key, columns.size)
  const width = 16 * Math.ceil(columns.size / 16)
  return { columns, width, bytes: denseRows({ columns, width }, fingerprints) }
}

/** @returns [fingerprints, width] */
export function denseRows(
  { columns, width }: Pick<CommonCounts, 'columns' | 'width'>,
  fingerprints: readonly SparseCounts[],
): Uint8Array {
  const bytes = new Uint8Array(fingerprints.length * width)
  for (const [row, { keys, counts }] of fingerprints.entries()) {
    for (let k = 0; k < keys.length; k++) {
      const column = columns.get(keys[k]!)
      if (column !== undefined) bytes[row * width + column] = Math.min(counts[k]!, LARGEST_COMMON_COUNT)
    }
  }
  return bytes
}
