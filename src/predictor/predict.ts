import { setImmediate } from 'node:timers/promises'
import { decodeRecord } from '../chem/features/feature-record.ts'
import { unpackRecords } from '../chem/features/record-block.ts'
import type { FeatureRecord } from '../chem/features/sections.ts'
import { halfWidthOf } from '../recipes/calibration/conformal.ts'
import { predictRecords, type RunModel, recordsInMemory } from '../recipes/serving/predict-records.ts'
import type { RecordBlock } from '../shared/chem-protocol.ts'
import { type NearestCompound, type PredictedBlock, VALUE_COLUMNS } from '../shared/predictor-protocol.ts'
import type { LoadedModel } from './loaded-model.ts'

const LOOKUPS_BETWEEN_PAUSES = 100

/**
 * Values in pX units with their conformal interval, the distance to the model's training compounds (1 − the highest Tanimoto similarity)
 * and the nearest of them, one row a record, in order. A compound for which the model gives no number has none in its row.
 */
export async function predict(
  model: LoadedModel,
  { records, nearest }: { records: RecordBlock; nearest: number },
): Promise<PredictedBlock> {
  const unpacked = unpackRecords(records)
  const positions: number[] = []
  const decoded: FeatureRecord[] = []
  for (const [position, bytes] of unpacked.entries()) {
    if (bytes === null) continue
    positions.push(position)
    decoded.push(decodeRecord(bytes, model.sections) as FeatureRecord)
  }
  const { prediction, spread } = await runModel(model, decoded)
  const block: PredictedBlock = {
    values: new Float64Array(VALUE_COLUMNS.length * unpacked.length).fill(Number.NaN),
    nearest: nearest === 0 ? [] : unpacked.map(() => []),
  }
  for (const [i, position] of positions.entries()) {
    if (i % LOOKUPS_BETWEEN_PAUSES === LOOKUPS_BETWEEN_PAUSES - 1) await setImmediate()
    const value = prediction[i]!
    const halfWidth = halfWidthOf(model.card.conformal, spread[i]!)
    if (!Number.isFinite(value) || !Number.isFinite(halfWidth)) continue
    const analogues = analoguesOf(model, decoded[i]!, Math.max(1, nearest))
    const domainDistance = 1 - (analogues[0]?.similarity ?? 0)
    block.values.set([value, value - halfWidth, value + halfWidth, domainDistance], VALUE_COLUMNS.length * position)
    if (nearest > 0) block.nearest[position] = analogues
  }
  return block
}

function runModel(model: LoadedModel, records: readonly FeatureRecord[]) {
  const run: RunModel = async batch => {
    // Messages are heard between two runs.
    await setImmediate()
    return model.session.runArrays(batch)
  }
  return predictRecords(model.batches, recordsInMemory(records), { run, outputs: ['prediction', 'spread'] as const })
}

function analoguesOf({ domain, index }: LoadedModel, record: FeatureRecord, count: number): NearestCompound[] {
  return index.nearest(record[domain.section], count).map(({ position, similarity }) => ({
    smiles: domain.smiles[position]!,
    similarity,
    pX: domain.pX[position]!,
  }))
}
