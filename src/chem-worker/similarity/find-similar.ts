import { decodeRecord } from '../../chem/features/feature-record.ts'
import { featurise } from '../../chem/features/featurise.ts'
import { type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { AppError } from '../../shared/errors.ts'
import type { CallContext, CallHandler } from '../call.ts'
import { SECTION, withFeatureFile } from './fingerprint-file.ts'

const BLOCK_ROWS = 500

export const findSimilar: CallHandler<'findSimilar'> = async ({ featureFile, smiles, threshold }, context) => {
  const query = await fingerprintOf(smiles, context)
  const found = await withFeatureFile(featureFile, async reader => {
    const hits: { row: number; similarity: number }[] = []
    for (let from = 0; from < reader.rows; from += BLOCK_ROWS) {
      const block = reader.block(from, Math.min(reader.rows, from + BLOCK_ROWS))
      for (const [i, bytes] of block.entries()) {
        if (bytes === null) continue
        const similarity = tanimotoCounts(query, decodeRecord(bytes, [SECTION])[SECTION])
        if (similarity >= threshold) hits.push({ row: from + i, similarity })
      }
      context.progress(Math.min(reader.rows, from + BLOCK_ROWS), reader.rows)
      await context.breathe()
    }
    return hits
  })
  found.sort((a, b) => b.similarity - a.similarity || a.row - b.row)
  return {
    rows: Int32Array.from(found, hit => hit.row),
    similarity: Float32Array.from(found, hit => hit.similarity),
  }
}

async function fingerprintOf(smiles: string, { reader }: Pick<CallContext<never>, 'reader'>): Promise<SparseCounts> {
  const outcome = await reader.read(smiles, {}, ({ molecule }) => featurise(molecule, [SECTION])[SECTION])
  if ('value' in outcome) return outcome.value
  throw new AppError('ERR_2003', `The structure cannot be searched for: ${outcome.refusal.message}`)
}
