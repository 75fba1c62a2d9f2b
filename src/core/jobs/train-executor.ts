/** Runs a training job: features, run folder, trainer, and what the trainer has made into the registry. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { featurePresetOf } from '../../recipes/feature-presets.ts'
import type { Anomaly } from '../../shared/contract/anomalies.ts'
import {
  type JobProgress,
  type TrainOptions,
  trainOptionsSchema,
  trainResultSchema,
} from '../../shared/contract/jobs.ts'
import { trainedCard } from '../../shared/contract/models.ts'
import { AppError } from '../../shared/errors.ts'
import type { RunSpec } from '../../shared/trainer-protocol.ts'
import type { CoreContext } from '../app-context.ts'
import type { StructureFiles } from '../explore/structure-files.ts'
import type { ModelService } from '../models/create-models.ts'
import type { Jobs } from './create-jobs.ts'
import type { JobControl, JobExecutor, JobRow } from './executor.ts'
import type { FeatureCache } from './feature-cache.ts'
import type { NewJob } from './job-service.ts'
import { readRunFiles } from './metrics-tail.ts'
import { type EvaluatedModel, evaluatedCard, refitJob } from './refit.ts'
import { watchAnomalies } from './run-anomalies.ts'
import { followRun } from './run-follower.ts'
import { startedProvider, writeRunSpec } from './run-spec-file.ts'
import { startTrainerRun, type TrainerOutcome, type TrainerRunOptions } from './trainer-run.ts'
import { trainingNeeds } from './training-needs.ts'
import { loadTrainingRows } from './training-rows.ts'

export interface TrainDeps {
  context: Pick<CoreContext, 'deps' | 'store' | 'datasets' | 'settings' | 'providers'>
  jobs: Pick<Jobs, 'runLog' | 'signals' | 'rows' | 'submit'>
  models: ModelService
  features: FeatureCache
  /** Something looks wrong in the curves of a run; what was found is written down already. */
  onAnomaly?: (jobId: string, anomaly: Anomaly) => void
  files: StructureFiles
  /** Measured on this machine; `null` where a run of this kind was not, and what it takes is estimated. */
  knownPeakBytes?: (options: TrainOptions) => Promise<number | null>
  /** Shorter ones for tests. */
  trainer?: Pick<TrainerRunOptions, 'timeouts' | 'watchdog'>
}

export function createTrainExecutor(deps: TrainDeps): JobExecutor {
  const { context, jobs, models } = deps
  const folderOf = (job: JobRow): string => path.join(context.deps.workspace, 'runs', job.id)
  const tailOf = (job: JobRow) => ({
    store: context.store,
    log: jobs.runLog,
    jobId: job.id,
    runFolder: folderOf(job),
    anomalies: watchAnomalies({
      store: context.store,
      jobId: job.id,
      onFound: anomaly => deps.onAnomaly?.(job.id, anomaly),
    }),
  })

  async function train(job: JobRow, control: JobControl): Promise<TrainerOutcome> {
    const run = startTrainerRun({
      child: context.deps.fork('trainer'),
      runFolder: folderOf(job),
      onSpawned: pid => control.setPid(pid),
      onStarted: () => control.enter('running'),
      onProgress: progress => control.progress(progress),
      onCheckpoint: () => control.setHasCheckpoint(true),
      onStalled: since => control.setStalledSince(since),
      log: (level, message) => control.log(level, message),
      silenceMs: job.limits.silenceMs,
      ...deps.trainer,
    })
    let bug: unknown = null
    const follower = followRun({
      ...tailOf(job),
      signals: jobs.signals,
      onError: error => {
        bug = error
        run.stop('cancel')
      },
    })
    control.onStop(reason => run.stop(reason))
    control.onSave(() => run.saveNow())
    const outcome = await run.outcome
    await follower.finish()
    if (bug !== null) throw bug
    return outcome
  }

  return {
    kind: 'train',
    lane: 'gpu',
    needs: async job => {
      const options = trainOptionsSchema.parse(job.request)
      const rough = trainingNeeds(options, structuresOf(context, job))
      return { ...rough, memoryBytes: (await deps.knownPeakBytes?.(options)) ?? rough.memoryBytes }
    },
    run: async (job, control) => {
      const options = trainOptionsSchema.parse(job.request)
      await mkdir(folderOf(job), { recursive: true })
      await writeRunSpec(folderOf(job), await prepareRun(deps, { job, options, control, folder: folderOf(job) }))
      if (control.signal.aborted) return { state: 'stopped' }
      const outcome = await train(job, control)
      control.setHasCheckpoint(await hasCheckpoint(folderOf(job)))
      if (outcome.state !== 'completed') return outcome
      control.progress(stage('saving'))
      const name = options.name ?? `${context.datasets.get(options.datasetId).name} · ${options.recipe}`
      const {
        id: modelId,
        card,
        commit,
      } = await models.adopt({
        runFolder: folderOf(job),
        jobId: job.id,
        name: name.slice(0, MAX_NAME),
      })
      const model = { id: modelId, name: name.slice(0, MAX_NAME), card, provider: options.provider }
      const refit = options.refit ? prepareRefit(context, model, control) : null
      return {
        state: 'completed',
        result: trainResultSchema.parse(outcome.result),
        modelId,
        commit: () => {
          commit()
          if (refit) jobs.submit(refit)
        },
      }
    },
    cleanUp: async job => {
      if (!existsSync(folderOf(job))) return
      await readRunFiles(tailOf(job))
      jobs.rows.setHasCheckpoint(job.id, await hasCheckpoint(folderOf(job)))
    },
    discard: job => rm(folderOf(job), { recursive: true, force: true }),
  }
}

function structuresOf({ datasets }: Pick<CoreContext, 'datasets'>, job: JobRow): number {
  return job.datasetId === null ? 0 : (datasets.get(job.datasetId).summary?.structures ?? 0)
}

const MAX_NAME = 255

/** `null` where it cannot be: the run and its model stand all the same. */
function prepareRefit(context: TrainDeps['context'], model: EvaluatedModel, control: JobControl): NewJob | null {
  try {
    return refitJob(context, model)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    control.log('warn', `not trained again on all rows: ${error.message}`)
    return null
  }
}

const CHECKPOINT_NAME = /^checkpoint-\d+\.bin$/

/** Whether a run can go on: the best weights alone are kept for use, not for going on. */
async function hasCheckpoint(folder: string): Promise<boolean> {
  return (await readdir(folder)).some(name => CHECKPOINT_NAME.test(name))
}

function stage(name: JobProgress['stage'], done = 0, total: number | null = null): JobProgress {
  return { stage: name, done, total, etaMs: null, epoch: null, epochs: null }
}

/** Everything the trainer needs to know; the same each time a run is begun or resumed. */
async function prepareRun(
  { context, features, files, models }: TrainDeps,
  { job, options, control, folder }: { job: JobRow; options: TrainOptions; control: JobControl; folder: string },
): Promise<RunSpec> {
  const { split } = options
  if (split === undefined) throw new Error(`job ${job.id} was queued without a split`)
  const dataset = context.datasets.getReady(options.datasetId)
  if (dataset.sha256 === null) throw new Error(`data set ${dataset.id} is ready without a hash`)
  control.progress(stage('reading'))
  const call = {
    signal: control.signal,
    onPid: (pid: number) => control.setPid(pid),
    onCancelHeard: () => control.log('info', 'the chemistry worker acknowledged cancel'),
  }
  const rows = await loadTrainingRows(context.store, dataset.id, { dates: split === 'time' })
  if (split === 'cluster') {
    const cluster = await files.clusters(rows.smiles, {
      ...call,
      onProgress: (name, done, total) =>
        control.progress(stage(name === 'clusters' ? 'clustering' : 'featurising', done, total)),
    })
    rows.cluster = [...cluster]
  }
  const featurePreset = featurePresetOf(options.recipe)
  const featureFile = await features.ensure(rows.smiles, featurePreset, {
    ...call,
    onProgress: (done, total) => control.progress(stage('featurising', done, total)),
  })
  return {
    format: 'bindery-run-1',
    jobId: job.id,
    recipe: options.recipe,
    preset: options.preset,
    settings: options.settings,
    seed: options.seed,
    provider:
      options.provider === 'auto' ? ((await startedProvider(folder)) ?? context.providers.choose()) : options.provider,
    threads: context.settings.read().trainingThreads,
    split,
    ...(options.fold === undefined ? {} : { fold: options.fold }),
    rows,
    ...(options.scramble ? { scramble: true } : {}),
    ...(options.refitOf === undefined ? {} : { refit: await evaluatedBy(models, options.refitOf) }),
    featureFile,
    featurePreset,
    dataset: {
      id: dataset.id,
      name: dataset.name,
      sha256: dataset.sha256,
      simulated: dataset.kind === 'simulated',
      endpoint: dataset.endpoint,
      target: dataset.target,
    },
    application: { version: context.deps.version },
  }
}

async function evaluatedBy(models: ModelService, modelId: string): Promise<NonNullable<RunSpec['refit']>> {
  const { card } = await models.get(modelId)
  return { modelId, evaluated: evaluatedCard(trainedCard(card)) }
}
