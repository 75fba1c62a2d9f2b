/** What may be trained on what: checks a request before a job is made of it. */
import type { z } from 'zod'
import { featurePresetOf } from '../../recipes/feature-presets.ts'
import { checkRecipeRows, checkRecipeSettings, settingSpecsOf } from '../../recipes/registry.ts'
import type { SettingSpec } from '../../recipes/settings.ts'
import { parsePart } from '../../recipes/splits/column.ts'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { Job, jobsContract, Preset, Recipe, SplitKind, TrainOptions } from '../../shared/contract/jobs.ts'
import type { CoreContext } from '../app-context.ts'
import type { FeatureCache } from './feature-cache.ts'
import type { JobService } from './job-service.ts'
import { meanNearestSimilarity } from './split-similarity.ts'
import { loadTrainingRows } from './training-rows.ts'

export type SplitPreview = z.infer<(typeof jobsContract.splitPreview)['~orpc']['outputSchema'] & z.ZodType>

export interface TrainingService {
  /**
   * Queues a training run. ERR_3001, ERR_4001 for a data set that is not there or not ready, ERR_2001 for a setting out of its
   * range, ERR_5003 and ERR_6001 for too many rows and too few, ERR_6003 where the split cannot be made.
   */
  start(options: TrainOptions): Promise<Job>
  settings(recipe: Recipe, preset: Preset): SettingSpec[]
  /** Sizes of the parts, and how close the test rows are to what would be learned from. Errors as `start`. */
  previewSplit(
    request: { datasetId: string; split: SplitKind; seed: number },
    signal?: AbortSignal,
  ): Promise<SplitPreview>
}

export interface TrainingDeps {
  context: Pick<CoreContext, 'store' | 'scans' | 'datasets'>
  jobs: JobService
  features: FeatureCache
}

/** Larger data sets are not featurised for a preview, which someone waits for; 5,000 compounds take some seconds. */
const PREVIEW_ROWS = 5_000
/** The default one: what a preview has computed, the run finds. */
const PREVIEW_RECIPE: Recipe = 'auto'

export function createTraining({ context, jobs, features }: TrainingDeps): TrainingService {
  const { store, scans, datasets } = context
  return {
    settings: settingSpecsOf,
    start: async options => {
      const dataset = datasets.getReady(options.datasetId)
      checkRecipeSettings(options.recipe, options.preset, options.settings)
      const split = options.split ?? defaultSplit(dataset)
      const { exactDevelopment } = await scans.query('trainingSplit', {
        datasetId: dataset.id,
        kind: split,
        seed: options.seed,
      })
      checkRecipeRows(options.recipe, exactDevelopment)
      return jobs.submit({
        kind: 'train',
        name: options.name ?? dataset.name,
        datasetId: dataset.id,
        request: { ...options, split },
      })
    },
    previewSplit: async ({ datasetId, split: kind, seed }, signal) => {
      const dataset = datasets.getReady(datasetId)
      const { rows, split } = await scans.query('trainingSplit', { datasetId: dataset.id, kind, seed })
      const sizes = { train: split.train.length, validation: split.validation.length, test: split.test.length }
      if (rows > PREVIEW_ROWS) return { ...sizes, nearestTrainSimilarity: null }
      const { smiles } = await loadTrainingRows(store, dataset.id)
      const call = signal === undefined ? {} : { signal }
      const file = await features.ensure(smiles, featurePresetOf(PREVIEW_RECIPE), call)
      return { ...sizes, nearestTrainSimilarity: await meanNearestSimilarity(file, split) }
    },
  }
}

/** `column` where the data set's split column names what is trained and what is tested on. */
export function defaultSplit(dataset: Pick<Dataset, 'splitValues'>): SplitKind {
  const parts = dataset.splitValues.map(parsePart)
  return parts.includes('train') && parts.includes('test') && !parts.includes(null) ? 'column' : 'scaffold'
}
