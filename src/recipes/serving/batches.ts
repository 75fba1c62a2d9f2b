/** How the inputs of a trained model are made, from whichever parts it has. */
import type { FeatureRecord } from '../../chem/features/sections.ts'
import type { GradientModel } from '../recipe.ts'
import { similarityInput } from '../tanimoto-gp/gp-model.ts'
import { createKernelIndex, type KernelIndex, similarities } from '../tanimoto-gp/kernel.ts'
import { type KernelTerm, kernelInputs } from '../tanimoto-gp/process-plan.ts'
import type { BatchTensors } from '../tensor-data.ts'
import type { BatchMaker } from './predict-records.ts'

/** The rows of a fitted process, ready to be compared with. */
export interface KernelRows {
  readonly terms: readonly KernelTerm[]
  readonly indices: readonly KernelIndex[]
}

export function indexKernelRows(
  terms: readonly KernelTerm[],
  records: readonly FeatureRecord<KernelTerm['section']>[],
): KernelRows {
  return { terms, indices: kernelInputs(terms, records).map(createKernelIndex) }
}

/** Throws where a model has no part. */
export function createBatches(network: GradientModel | null, process: KernelRows | null): BatchMaker {
  if (network && process) {
    return {
      firstRow: network.firstRow,
      assemble: records => {
        const inputs = network.assemble(records)
        const place = { rows: network.outputRows(inputs), firstRow: network.firstRow }
        return { ...inputs, ...similarityTensors(process, records, place) }
      },
    }
  }
  if (network) return network
  if (!process) throw new Error('A model without parts')
  const assemble = (records: readonly FeatureRecord[]) =>
    similarityTensors(process, records, { rows: records.length, firstRow: 0 })
  return { firstRow: 0, assemble }
}

/** The inputs of `gpModel`: zeros in the rows that hold no molecule. */
function similarityTensors(
  { terms, indices }: KernelRows,
  records: readonly FeatureRecord[],
  { rows, firstRow }: { rows: number; firstRow: number },
): BatchTensors {
  const queries = kernelInputs(terms, records)
  const tensors = indices.map((index, k) => {
    const columns = index.index.rows
    const data = new Float32Array(rows * columns)
    data.set(similarities(index, queries[k]!), firstRow * columns)
    return [similarityInput(k), { dtype: 'float32', data, dims: [rows, columns] }] as const
  })
  return Object.fromEntries(tensors)
}
