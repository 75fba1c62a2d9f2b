import type { FeatureRecord } from '../../chem/features/sections.ts'
import type { GradientModel } from '../../recipes/recipe.ts'
import type { BatchTensors } from '../../recipes/tensor-data.ts'
import type { LabelScale } from '../../recipes/training/labels.ts'
import type { PlannedBatch } from './batch-order.ts'

/** A batch that is ready to be run. */
export type ReadyBatch = PlannedBatch & { readonly tensors: BatchTensors }

export interface AssemblySource {
  readonly model: Pick<GradientModel, 'assemble' | 'assembleTraining'>
  /** The features of rows, in the order asked for. */
  records(rows: readonly number[]): readonly FeatureRecord[]
  /** pX by row. */
  readonly y: ArrayLike<number>
  readonly bound: ArrayLike<number>
  readonly seed: number
  readonly member: number
  readonly scale: LabelScale
}

/** The same planned batch gives the same tensors, whenever and in whichever thread it is made: a resumed run repeats. */
export function assembleBatch(source: AssemblySource, planned: PlannedBatch): ReadyBatch {
  const { model, y, bound, seed, member, scale } = source
  const records = source.records(planned.rows)
  if (planned.kind === 'validation') return { ...planned, tensors: model.assemble(records) }
  const labels = {
    values: planned.rows.map(row => (y[row]! - scale.mean) / scale.sd),
    bounds: planned.rows.map(row => bound[row]!),
  }
  return { ...planned, tensors: model.assembleTraining(records, labels, { seed, member, step: planned.step }) }
}

export function bytesOf(tensors: BatchTensors): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0)
}

/** The memory behind the tensors, each buffer once: what goes over to another thread instead of being copied. */
export function buffersOf(tensors: BatchTensors): ArrayBuffer[] {
  return [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))]
}
