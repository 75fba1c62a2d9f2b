/** What may be trained on what: checks a request before a job is made of it. */
import { checkRecipeRows, settingSpecsOf } from '../../recipes/registry.ts'
import type { SettingSpec } from '../../recipes/settings.ts'
import { parsePart } from '../../recipes/splits/column.ts'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { QueueOptions } from '../../shared/contract/job-parts.ts'
import {
  type Job,
  presetSchema,
  type Recipe,
  type SplitKind,
  type TrainOptions,
  trainOptionsSchema,
} from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { ModelService } from '../models/create-models.ts'
import type { PresetService } from '../presets/create-presets.ts'
import type { SplitService } from '../splits/split-service.ts'
import type { JobService } from './job-service.ts'
import { refitJob } from './refit.ts'

export interface TrainingService {
  /**
   * Queues a training run. ERR_3001, ERR_4001 for a data set that is not there or not ready, ERR_3006 for a preset that is not there,
   * ERR_2001 for a setting out of its range, ERR_5003 and ERR_6001 for too many rows and too few, ERR_6003 where the split cannot be made.
   */
  start(options: TrainOptions & { queue?: QueueOptions | undefined }): Promise<Job>
  /** Queues a run that trains a model's recipe again on all rows. ERR_3003, and as `refitJob`. */
  refit(modelId: string): Promise<Job>
  /** ERR_3006 where there is no preset of that name. */
  settings(recipe: Recipe, preset: string): SettingSpec[]
}

export interface TrainingDeps {
  context: Pick<CoreContext, 'datasets' | 'store'>
  jobs: JobService
  models: Pick<ModelService, 'get'>
  presets: PresetService
  splits: SplitService
}

export function createTraining({ context, jobs, models, presets, splits }: TrainingDeps): TrainingService {
  const { datasets } = context
  return {
    settings: (recipe, preset) => settingSpecsOf(recipe, presets.resolve(recipe, preset, {})),
    start: async ({ queue, ...options }) => {
      const dataset = datasets.getReady(options.datasetId)
      if (options.refitOf !== undefined) {
        throw new AppError('ERR_2001', 'a refit is asked for by its model', { path: 'refitOf' })
      }
      const settings = settingsOf(presets, options)
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
        request: { ...options, settings, split },
        queue,
      })
    },
    refit: async modelId => {
      const { model, card } = await models.get(modelId)
      if (card.format !== 'bindery-model-1') {
        throw new AppError(
          'ERR_4001',
          `model "${model.name}" was made elsewhere: nothing here knows how to train it again`,
        )
      }
      const { name, jobId } = model
      return jobs.submit(refitJob(context, { id: modelId, name, card, provider: providerOf(jobs, jobId) }))
    },
  }
}

/** What is changed, or everything where the preset is the user's: it may be changed or gone before the run begins or goes on. */
function settingsOf(presets: PresetService, { recipe, preset, settings }: TrainOptions): TrainOptions['settings'] {
  const all = presets.resolve(recipe, preset, settings)
  return presetSchema.safeParse(preset).success ? settings : { ...all }
}

/** Of the run that made the model, as long as it is there. */
function providerOf(jobs: JobService, jobId: string | null): TrainOptions['provider'] {
  if (jobId === null) return 'auto'
  const job = jobs.list('train').find(({ id }) => id === jobId)
  return job ? trainOptionsSchema.parse(jobs.row(jobId).request).provider : 'auto'
}

/** `column` where the data set's split column names what is trained and what is tested on. */
export function defaultSplit(dataset: Pick<Dataset, 'splitValues'>): SplitKind {
  const parts = dataset.splitValues.map(parsePart)
  return parts.includes('train') && parts.includes('test') && !parts.includes(null) ? 'column' : 'scaffold'
}
