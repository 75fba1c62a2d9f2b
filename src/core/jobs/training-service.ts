/** What may be trained on what: checks a request before a job is made of it. */
import { checkRecipeRows, checkRecipeSettings, settingSpecsOf } from '../../recipes/registry.ts'
import type { SettingSpec } from '../../recipes/settings.ts'
import { parsePart } from '../../recipes/splits/column.ts'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { Job, Preset, Recipe, SplitKind, TrainOptions } from '../../shared/contract/jobs.ts'
import type { CoreContext } from '../app-context.ts'
import type { SplitService } from '../splits/split-service.ts'
import type { JobService } from './job-service.ts'

export interface TrainingService {
  /**
   * Queues a training run. ERR_3001, ERR_4001 for a data set that is not there or not ready, ERR_2001 for a setting out of its
   * range, ERR_5003 and ERR_6001 for too many rows and too few, ERR_6003 where the split cannot be made.
   */
  start(options: TrainOptions): Promise<Job>
  settings(recipe: Recipe, preset: Preset): SettingSpec[]
}

export interface TrainingDeps {
  context: Pick<CoreContext, 'datasets'>
  jobs: JobService
  splits: SplitService
}

export function createTraining({ context, jobs, splits }: TrainingDeps): TrainingService {
  const { datasets } = context
  return {
    settings: settingSpecsOf,
    start: async options => {
      const dataset = datasets.getReady(options.datasetId)
      checkRecipeSettings(options.recipe, options.preset, options.settings)
      const split = options.split ?? defaultSplit(dataset)
      const { exactDevelopment } = await splits.make({
        datasetId: dataset.id,
        // Clusters take a minute where there are many compounds; the run makes them, with progress. The sizes are those of a random split.
        split: split === 'cluster' ? 'random' : split,
        seed: options.seed,
        fold: options.fold,
      })
      checkRecipeRows(options.recipe, exactDevelopment)
      return jobs.submit({
        kind: 'train',
        name: options.name ?? dataset.name,
        datasetId: dataset.id,
        request: { ...options, split },
      })
    },
  }
}

/** `column` where the data set's split column names what is trained and what is tested on. */
export function defaultSplit(dataset: Pick<Dataset, 'splitValues'>): SplitKind {
  const parts = dataset.splitValues.map(parsePart)
  return parts.includes('train') && parts.includes('test') && !parts.includes(null) ? 'column' : 'scaffold'
}
