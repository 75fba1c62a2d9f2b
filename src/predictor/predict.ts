import { setImmediate } from 'node:timers/promises'
import { decodeRecord } from '../chem/features/feature-record.ts'
import type { FeatureRecord } from '../chem/features/sections.ts'
import { halfWidthOf } from '../recipes/calibration/conformal.ts'
import { predictRecords, type RunModel, recordsInMemory } from '../recipes/serving/predict-records.ts'
import { AppError } from '../shared/errors.ts'
import type { PredictedValue } from '../shared/predictor-protocol.ts'
import type { LoadedModel } from './loaded-model.ts'

/**
 * Values in pX units with their conformal interval, the distance to the model's training compounds (1 − the highest Tanimoto similarity)
 * and the nearest of them. One value a record, in order.
 */
export async function predict(
  model: LoadedModel,
  { records, nearest }: { records: readonly Uint8Array[]; nearest: number },
): Promise<PredictedValue[]> {
  const decoded = records.map(bytes => decodeRecord(bytes, model.sections) as FeatureRecord)
  const run: RunModel = async batch => {
    // Messages are heard between two runs.
    await setImmediate()
    return model.session.runArrays(batch)
  }
  const outputs = ['prediction', 'spread'] as const
  const { prediction, spread } = await predictRecords(model.batches, recordsInMemory(decoded), { run, outputs })
  const values: PredictedValue[] = []
  for (const [i, value] of prediction.entries()) {
    if (!Number.isFinite(value)) {
      throw new AppError('ERR_7002', `Compound ${i + 1} of ${records.length}: the model answered ${value}`)
    }
    const halfWidth = halfWidthOf(model.card.conformal, spread[i]!)
    const analogues = await analoguesOf(model, decoded[i]!, { nearest, position: i })
    values.push({ prediction: value, lower: value - halfWidth, upper: value + halfWidth, ...analogues })
  }
  return values
}

const LOOKUPS_BETWEEN_PAUSES = 200

async function analoguesOf(
  { domain, index }: LoadedModel,
  record: FeatureRecord,
  { nearest, position }: { nearest: number; position: number },
): Promise<Pick<PredictedValue, 'domainDistance' | 'nearest'>> {
  if (position % LOOKUPS_BETWEEN_PAUSES === 0) await setImmediate()
  const found = index.nearest(record[domain.section], Math.max(1, nearest))
  return {
    domainDistance: 1 - (found[0]?.similarity ?? 0),
    nearest: found.slice(0, nearest).map(({ position: row, similarity }) => ({
      smiles: domain.smiles[row]!,
      similarity,
      pX: domain.pX[row]!,
    })),
  }
}
