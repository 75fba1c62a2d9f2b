/** Fingerprints of a feature file, read in blocks. */
import { closeSync, openSync, readSync } from 'node:fs'
import { type FeatureFileReader, openFeatureFile } from '../../chem/features/feature-file.ts'
import { decodeRecord } from '../../chem/features/feature-record.ts'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { AppError } from '../../shared/errors.ts'

export const SECTION = 'morgan-count-r2-chiral'
const BLOCK_ROWS = 1_000

/** Opens the file for the time of `use`. ERR_3004 where it is not there. */
export async function withFeatureFile<T>(file: string, use: (reader: FeatureFileReader) => Promise<T>): Promise<T> {
  const descriptor = open(file)
  try {
    return await use(
      openFeatureFile((offset, length) => {
        const bytes = new Uint8Array(length)
        readSync(descriptor, bytes, 0, length, offset)
        return bytes
      }),
    )
  } finally {
    closeSync(descriptor)
  }
}

/** [rows] `null` for a row without features. */
export async function readFingerprints(file: string, breathe: () => Promise<void>): Promise<(SparseCounts | null)[]> {
  return withFeatureFile(file, async reader => {
    const found: (SparseCounts | null)[] = []
    for (let from = 0; from < reader.rows; from += BLOCK_ROWS) {
      for (const bytes of reader.block(from, Math.min(reader.rows, from + BLOCK_ROWS))) {
        found.push(bytes === null ? null : kept(decodeRecord(bytes, [SECTION])[SECTION]))
      }
      await breathe()
    }
    return found
  })
}

/** The fingerprint alone: a view would keep the block it was read with, and all other sections in it. */
function kept({ keys, counts }: SparseCounts): SparseCounts {
  return { keys: keys.slice(), counts: counts.slice() }
}

function open(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new AppError('ERR_3004', `no feature file ${file}`, { cause: error })
  }
}
