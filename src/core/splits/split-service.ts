/** Splits of data sets: made, described, and compared by structure. */
import type { SplitFold } from '../../recipes/splits/split.ts'
import type { SplitKind, SplitPreview } from '../../shared/contract/jobs.ts'
import type { CoreContext } from '../app-context.ts'
import type { FileOptions, StructureFiles } from '../explore/structure-files.ts'
import { loadTrainingRows } from '../jobs/training-rows.ts'
import type { SelectedSplit } from './select-split.ts'

export interface SplitRequest {
  datasetId: string
  split: SplitKind
  seed: number
  fold?: SplitFold | undefined
}

export interface SplitService {
  /** ERR_3001, ERR_4001 for a data set that is not there or not ready; ERR_6001, ERR_6003 where the split cannot be made. */
  make(request: SplitRequest, options?: FileOptions): Promise<SelectedSplit>
  /** The same with everything that a user should know before anything is trained on it. */
  preview(request: SplitRequest, signal?: AbortSignal): Promise<SplitPreview>
}

/** A mean over this many test rows, evenly taken, is within 0.01 of the mean over all. */
const COMPARED = 2_000
const SIMILARITY_BINS = 20

export function createSplits(
  { store, scans, datasets, chemistry }: Pick<CoreContext, 'store' | 'scans' | 'datasets' | 'chemistry'>,
  files: StructureFiles,
): SplitService {
  async function smilesOf(datasetId: string): Promise<string[]> {
    return (await loadTrainingRows(store, datasetId)).smiles
  }

  async function queryOf({ datasetId, split: kind, seed, fold }: SplitRequest, options: FileOptions) {
    const { id } = datasets.getReady(datasetId)
    const cluster = kind === 'cluster' ? await files.clusters(await smilesOf(id), options) : undefined
    return { datasetId: id, kind, seed, fold, cluster }
  }

  async function compare(datasetId: string, { split }: SelectedSplit, options: FileOptions): Promise<Float32Array> {
    const featureFile = await files.fingerprints(await smilesOf(datasetId), options)
    const learned = Int32Array.from([...split.train, ...split.validation])
    const tested = Int32Array.from(evenly(split.test, COMPARED))
    const call = { process: 'pool', deadlineMs: null, ...(options.signal ? { signal: options.signal } : {}) } as const
    const { result } = await chemistry.request('nearestLearned', { featureFile, learned, tested }, call)
    return result.filter(similarity => !Number.isNaN(similarity)).sort()
  }

  return {
    make: async (request, options = {}) => scans.query('split', await queryOf(request, options)),
    preview: async (request, signal) => {
      const options = signal === undefined ? {} : { signal }
      const query = await queryOf(request, options)
      const described = await scans.query('splitDescription', query)
      const { split, labels, groups, dates } = described
      const similarities = await compare(query.datasetId, described, options)
      const { length } = similarities
      return {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
        nearestTrainSimilarity: length === 0 ? null : similarities.reduce((sum, value) => sum + value, 0) / length,
        similarity:
          length === 0 ? null : { counts: binned(similarities), compared: length, median: similarities[length >> 1]! },
        labels,
        groups,
        dates,
      }
    },
  }
}

function binned(similarities: Float32Array): number[] {
  const counts = new Array<number>(SIMILARITY_BINS).fill(0)
  for (const value of similarities) counts[Math.min(SIMILARITY_BINS - 1, Math.floor(value * SIMILARITY_BINS))]!++
  return counts
}

function evenly(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows]
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!)
}
