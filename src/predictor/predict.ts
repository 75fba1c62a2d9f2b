import { setImmediate } from 'node:timers/promises'
import { decodeRecord } from '../chem/features/feature-record.ts'
import { unpackRecords } from '../chem/features/record-block.ts'
import type { FeatureRecord } from '../chem/features/sections.ts'
import { halfWidthOf } from '../recipes/calibration/conformal.ts'
import type { Neighbour } from '../recipes/domain/similarity-index.ts'
import { type RunModel, recordsInMemory } from '../recipes/serving/predict-records.ts'
import type { RecordBlock } from '../shared/chem-protocol.ts'
import { type NearestCompound, type PredictedBlock, VALUE_COLUMNS } from '../shared/predictor-protocol.ts'
import type { KnownCompounds, LoadedModel } from './loaded-model.ts'

/** Between two pauses: a few milliseconds of work, and some 40 MiB for the largest sets of training compounds. */
const MOST_LOOKUPS = 64
const MOST_SIMILARITIES = 4_000_000

/**
 * Values in pX units with their conformal interval, the distance to the model's training compounds (1 − the highest Tanimoto similarity)
 * and the nearest of them, one row a record, in order. A compound for which the model gives no number has none in its row; what a
 * model does not have (an interval, a domain) is not a number in all rows.
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
  const { conformal, known } = model
  const { prediction, spread } = await runModel(model, decoded)
  const block: PredictedBlock = {
    values: new Float64Array(VALUE_COLUMNS.length * unpacked.length).fill(Number.NaN),
    nearest: nearest === 0 ? [] : unpacked.map(() => []),
  }
  const tellsDistance = known?.tellsDistance ?? false
  const analogues = await nearestOf(known, decoded, tellsDistance ? Math.max(1, nearest) : nearest)
  for (const [i, position] of positions.entries()) {
    const value = prediction[i]!
    const halfWidth = conformal === null ? Number.NaN : halfWidthOf(conformal, spread[i]!)
    if (!Number.isFinite(value) || (conformal !== null && !Number.isFinite(halfWidth))) continue
    const own = analogues[i] ?? []
    const domainDistance = tellsDistance ? 1 - (own[0]?.similarity ?? 0) : Number.NaN
    block.values.set([value, value - halfWidth, value + halfWidth, domainDistance], VALUE_COLUMNS.length * position)
    if (nearest > 0 && known) block.nearest[position] = own.map(neighbour => compoundOf(known, neighbour))
  }
  return block
}

function runModel(model: LoadedModel, records: readonly FeatureRecord[]) {
  const run: RunModel = async batch => {
    // Messages are heard between two runs.
    await setImmediate()
    return model.session.runArrays(batch)
  }
  return model.answer(recordsInMemory(records), run)
}

/** [records] the `count` most similar training compounds of each; empty where none are asked for. */
async function nearestOf(
  known: KnownCompounds | null,
  records: readonly FeatureRecord[],
  count: number,
): Promise<Neighbour[][]> {
  if (known === null || count === 0) return []
  const { domain, index } = known
  const lookups = Math.max(1, Math.min(MOST_LOOKUPS, Math.floor(MOST_SIMILARITIES / index.size)))
  const found: Neighbour[][] = []
  for (let start = 0; start < records.length; start += lookups) {
    await setImmediate()
    const queries = records.slice(start, start + lookups).map(record => record[domain.section])
    found.push(...index.nearestOfAll(queries, count))
  }
  return found
}

function compoundOf({ domain }: KnownCompounds, { position, similarity }: Neighbour): NearestCompound {
  return { smiles: domain.smiles[position]!, similarity, pX: domain.pX[position]! }
}
