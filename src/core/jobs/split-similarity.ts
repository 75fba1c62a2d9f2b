/** How close the test rows of a split are to the rows that would be learned from. */
import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type FeatureFileReader, openFeatureFile } from '../../chem/features/feature-file.ts'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { SimilarityIndex } from '../../recipes/domain/similarity-index.ts'
import type { Split } from '../../recipes/splits/split.ts'

const SECTION = 'morgan-count-r2-chiral'
/** A mean over this many test rows, evenly taken, is within 0.01 of the mean over all. */
const SAMPLED = 200
/** Rows compared in one turn of the event loop: some 10 ms. */
const SLICE_ROWS = 500

/** Mean similarity of (up to 200) test rows to their nearest training or validation row; `null` without test rows. */
export async function meanNearestSimilarity(featureFile: string, split: Split): Promise<number | null> {
  const descriptor = openSync(featureFile, 'r')
  try {
    const reader = openFeatureFile((offset, length) => {
      const bytes = new Uint8Array(length)
      readSync(descriptor, bytes, 0, length, offset)
      return bytes
    })
    const queries = fingerprintsOf(reader, evenly(split.test, SAMPLED))
    if (queries.length === 0) return null
    const nearest = new Float64Array(queries.length)
    const learned = [...split.train, ...split.validation]
    for (let from = 0; from < learned.length; from += SLICE_ROWS) {
      const index = new SimilarityIndex(fingerprintsOf(reader, learned.slice(from, from + SLICE_ROWS)))
      for (const [i, query] of queries.entries()) {
        nearest[i] = Math.max(nearest[i]!, index.nearest(query, 1)[0]?.similarity ?? 0)
      }
      await nextTurn()
    }
    return nearest.reduce((sum, value) => sum + value, 0) / nearest.length
  } finally {
    closeSync(descriptor)
  }
}

function fingerprintsOf(reader: FeatureFileReader, rows: readonly number[]): SparseCounts[] {
  return rows.flatMap(row => reader.record(row, [SECTION])?.[SECTION] ?? [])
}

function evenly(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows]
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!)
}
