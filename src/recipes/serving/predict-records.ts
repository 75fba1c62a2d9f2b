import type { FeatureRecord } from '../../chem/features/sections.ts'
import type { BatchTensors, WideTensorData } from '../tensor-data.ts'
import { equalSlices } from '../training/plan.ts'

/** How a model's inputs are made and which row of its outputs is the first molecule's. */
export interface BatchMaker {
  readonly firstRow: number
  assemble(records: readonly FeatureRecord[]): BatchTensors
}

/** Runs a model on whatever runtime there is. */
export type RunModel = (
  inputs: Readonly<Record<string, WideTensorData>>,
) => Promise<Readonly<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>>

/** Molecules a run: bounds the time of one, and with it how long a request to stop or the next request waits. */
export const SERVING_BATCH = 64

/** Records that are fetched when their batch is made, so that they need not all be in memory. */
export interface RecordSource {
  readonly count: number
  record(position: number): FeatureRecord
}

/**
 * One value a record, in their order, for each named output (float32 [molecules]). The trainer's evaluation and the predictor both
 * go through here: the same records in the same order give the same numbers to the last bit on the CPU.
 */
export async function predictRecords<K extends string>(
  model: BatchMaker,
  { count, record }: RecordSource,
  { run, outputs }: { run: RunModel; outputs: readonly K[] },
): Promise<Record<K, Float32Array>> {
  const columns = Object.fromEntries(outputs.map(name => [name, new Float32Array(count)])) as Record<K, Float32Array>
  for (const { start, end } of equalSlices(count, SERVING_BATCH)) {
    const records = Array.from({ length: end - start }, (_, i) => record(start + i))
    const results = await run(model.assemble(records))
    for (const name of outputs) {
      const values = results[name]!.data as Float32Array
      columns[name].set(values.subarray(model.firstRow, model.firstRow + end - start), start)
    }
  }
  return columns
}

export function recordsInMemory(records: readonly FeatureRecord[]): RecordSource {
  return { count: records.length, record: position => records[position]! }
}
