import { SimilarityIndex } from '../../recipes/domain/similarity-index.ts'
import type { CallHandler } from '../call.ts'
import { readFingerprints } from './fingerprint-file.ts'

/** Rows in one index: it takes some 1 KB a row. */
const SLICE_ROWS = 20_000

export const nearestLearned: CallHandler<'nearestLearned'> = async ({ featureFile, learned, tested }, context) => {
  const fingerprints = await readFingerprints(featureFile, context.breathe)
  const nearest = Float32Array.from(tested, row => (fingerprints[row] == null ? Number.NaN : 0))
  const slices = Math.ceil(learned.length / SLICE_ROWS)
  for (let slice = 0; slice < slices; slice++) {
    const rows = learned.subarray(slice * SLICE_ROWS, (slice + 1) * SLICE_ROWS)
    const index = new SimilarityIndex([...rows].flatMap(row => fingerprints[row] ?? []))
    for (const [i, row] of tested.entries()) {
      const query = fingerprints[row]
      if (query != null) nearest[i] = Math.max(nearest[i]!, index.nearest(query, 1)[0]?.similarity ?? 0)
      context.progress(slice * tested.length + i + 1, slices * tested.length)
      await context.breathe()
    }
  }
  return nearest
}
