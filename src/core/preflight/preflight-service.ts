/** What a training run will take, from trial steps on a sample of its rows. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { featurePresetOf } from '../../recipes/feature-presets.ts'
import { chooseBatch, predictRun, type RunSizes } from '../../recipes/preflight/predict-run.ts'
import { checkRecipeRows, checkRecipeSettings, recipeOf } from '../../recipes/registry.ts'
import type { SettingValues } from '../../recipes/settings.ts'
import { MAX_PROCESS_ROWS } from '../../recipes/tanimoto-gp/process-plan.ts'
import type { Dataset } from '../../shared/contract/datasets.ts'
import type { TrainOptions } from '../../shared/contract/jobs.ts'
import type { PreflightEvent, PreflightReport, PreflightRequest } from '../../shared/contract/preflight.ts'
import { AppError, toErrorBody } from '../../shared/errors.ts'
import type { ProbeProfile, ProbeRequest } from '../../shared/probe-profile.ts'
import type { CoreContext } from '../app-context.ts'
import { streamWork } from '../explore/stream-work.ts'
import type { FeatureCache } from '../jobs/feature-cache.ts'
import type { ReadFreeResources } from '../jobs/pre-checks.ts'
import { writeRunSpec } from '../jobs/run-spec-file.ts'
import { loadTrainingRows } from '../jobs/training-rows.ts'
import { defaultSplit } from '../jobs/training-service.ts'
import type { PresetService } from '../presets/create-presets.ts'
import type { SplitService } from '../splits/split-service.ts'
import { runProbe } from './probe-run.ts'
import { createProfileStore, type ProfileKey, type StoredProfile } from './profile-store.ts'
import { sampleSpec } from './sample-spec.ts'

export interface PreflightService {
  /** As the contract says; failures are the last event. */
  estimate(request: PreflightRequest, signal?: AbortSignal): AsyncGenerator<PreflightEvent, void, void>
  /** What such a run will hold at its peak, as far as it was measured before; `null` where it was not, or can't be told. */
  knownPeakBytes(options: TrainOptions): Promise<number | null>
}

export interface PreflightDeps {
  context: Pick<CoreContext, 'deps' | 'log' | 'store' | 'datasets' | 'settings' | 'providers'>
  features: FeatureCache
  splits: SplitService
  presets: PresetService
  free: ReadFreeResources
}

/** Longer steps make a cancel wait. */
const LONGEST_STEP_MS = 250
const LARGEST_BATCH = 4_096
/** An epoch of fewer steps is hardly descent any more. */
const STEPS_PER_EPOCH = 8
/** Of what is free: the rest is for everything else. */
const MEMORY_SHARE = 0.8
const TIMEOUT_MS = 180_000

interface Asked {
  readonly request: PreflightRequest
  readonly dataset: Dataset
  readonly settings: SettingValues
  readonly sizes: RunSizes
  readonly key: ProfileKey
  readonly provider: PreflightReport['provider']
  readonly largestBatch: number
}

interface Watcher {
  readonly signal: AbortSignal
  tell(event: PreflightEvent): void
}

export function createPreflight({ context, features, splits, presets, free }: PreflightDeps): PreflightService {
  const { deps, log, store, datasets, providers } = context
  const profiles = createProfileStore(store)
  /** One at a time: two would slow each other down, and tell it as the machine's. */
  let last: Promise<unknown> = Promise.resolve()

  async function ask(request: PreflightRequest): Promise<Asked> {
    const dataset = datasets.getReady(request.datasetId)
    const all = presets.resolve(request.recipe, request.preset, request.settings)
    const settings = checkRecipeSettings(request.recipe, 'production', all)
    const split = request.split ?? defaultSplit(dataset)
    const made = await splits.make({
      datasetId: dataset.id,
      // As for a run that is queued: clusters take a minute, and the sizes are those of a random split.
      split: split === 'cluster' ? 'random' : split,
      seed: request.seed,
      fold: request.fold,
    })
    checkRecipeRows(request.recipe, made.exactDevelopment)
    const hasProcess = recipeOf(request.recipe).createParts(settings).process !== null
    const sizes = {
      rows: made.rows,
      train: made.split.train.length,
      validation: made.split.validation.length,
      test: made.split.test.length,
      process: hasProcess && made.exactDevelopment <= MAX_PROCESS_ROWS ? made.exactDevelopment : 0,
    }
    const provider = request.provider === 'auto' ? providers.choose() : request.provider
    const key = {
      machine: providers.machine,
      provider,
      threads: context.settings.read().trainingThreads,
      recipe: request.recipe,
      settings,
      data: dataset.sha256 ?? dataset.id,
      processRows: sizes.process,
    }
    const largestBatch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(sizes.train / STEPS_PER_EPOCH)))
    return { request, dataset, settings, sizes, key, provider, largestBatch }
  }

  async function measure(asked: Asked, watcher: Watcher): Promise<StoredProfile> {
    const { request, dataset, settings, sizes, key } = asked
    const rows = await loadTrainingRows(store, dataset.id)
    const spec = sampleSpec({ request, dataset, settings, rows, provider: key.provider, threads: key.threads })
    const featureFile = await features.ensure(spec.rows.smiles, featurePresetOf(request.recipe), {
      signal: watcher.signal,
      onProgress: (done, total) => watcher.tell({ type: 'progress', stage: 'featurising', done, total }),
    })
    const cache = path.join(deps.workspace, 'cache', 'preflight')
    await mkdir(cache, { recursive: true })
    const runFolder = await mkdtemp(path.join(cache, 'probe-'))
    try {
      await writeRunSpec(runFolder, { ...spec, featureFile, application: { version: deps.version } })
      const { memoryBytes } = await free()
      const profile = await runProbe({
        child: deps.fork('trainer'),
        runFolder,
        request: {
          processRows: sizes.process,
          fitBatch: request.fitBatch,
          largestBatch: asked.largestBatch,
          memoryBytes: budgetOf(memoryBytes),
        } satisfies ProbeRequest,
        signal: watcher.signal,
        timeoutMs: TIMEOUT_MS,
        onProgress: (done, total) => watcher.tell({ type: 'progress', stage: 'probing', done, total }),
      })
      return profiles.put(key, { measuredAt: Date.now(), isFitted: request.fitBatch, profile })
    } finally {
      await rm(runFolder, { recursive: true, force: true })
    }
  }

  async function inTurn(asked: Asked, watcher: Watcher): Promise<StoredProfile> {
    const before = last
    const mine = (async () => {
      await before.catch(() => undefined)
      watcher.signal.throwIfAborted()
      return measure(asked, watcher)
    })()
    last = mine
    return mine
  }

  async function work(request: PreflightRequest, watcher: Watcher): Promise<PreflightEvent> {
    const asked = await ask(request)
    const { memoryBytes } = await free()
    const told = (stored: StoredProfile) => reportOf(asked, stored, memoryBytes)
    const known = request.again ? null : profiles.get(asked.key)
    const report = known && (!request.fitBatch || known.isFitted) ? told(known) : null
    if (report) return { type: 'told', report }
    if (request.storedOnly) return { type: 'unknown' }
    const measured = told(await inTurn(asked, watcher))
    if (!measured) throw new AppError('ERR_5004', noBatch(asked))
    return { type: 'told', report: measured }
  }

  function estimate(request: PreflightRequest, signal?: AbortSignal) {
    return streamWork<PreflightEvent>({
      ...(signal === undefined ? {} : { signal }),
      work: watcher => work(request, watcher),
      failed: error => {
        const body = toErrorBody(error)
        if (body.code === 'ERR_1001') log.error({ err: error }, 'what a run takes could not be told')
        return { type: 'failed', error: body }
      },
    })
  }

  return {
    estimate,
    knownPeakBytes: async options => {
      for await (const event of estimate({ ...options, fitBatch: false, storedOnly: true, again: false })) {
        if (event.type === 'told') return event.report.memory.peakBytes
      }
      return null
    },
  }
}

function budgetOf(freeBytes: number | null): number {
  return MEMORY_SHARE * (freeBytes ?? os.totalmem())
}

function noBatch({ settings, provider }: Asked): string {
  return `A step of ${settings.batchSize} compounds does not fit into the memory of ${provider}; choose a smaller batch or a narrower network`
}

/** `null` where the batch size that is asked for was not measured. */
function reportOf(asked: Asked, stored: StoredProfile, freeBytes: number | null): PreflightReport | null {
  const { request, settings, sizes, key, largestBatch } = asked
  const { network } = stored.profile
  const budget = budgetOf(freeBytes)
  const limits = { longestStepMs: LONGEST_STEP_MS, memoryBytes: budget, largestBatch }
  const fitted = request.fitBatch && network ? chooseBatch(network, limits) : null
  const plan = planOf(request, settings, fitted?.batchSize)
  const predicted = predictRun(stored.profile, { plan, sizes })
  if (plan && !predicted.network) return null
  return {
    measuredAt: stored.measuredAt,
    provider: asked.provider,
    threads: key.threads,
    network:
      plan && predicted.network
        ? withoutPeak({ members: plan.members, epochs: plan.epochs, ...predicted.network })
        : null,
    process: predicted.process && { rows: sizes.process, totalMs: predicted.process.totalMs },
    totalMs: predicted.totalMs,
    memory: {
      peakBytes: predicted.peakBytes,
      freeBytes,
      totalBytes: os.totalmem(),
      fits: freeBytes === null || predicted.peakBytes <= freeBytes,
    },
    fittedBatch: fitted && {
      ...fitted,
      preset: Number(settings.batchSize),
      measured: (stored.profile as ProbeProfile).network!.batches,
    },
  }
}

function planOf(request: PreflightRequest, settings: SettingValues, batchSize: number | undefined) {
  const own = batchSize === undefined ? settings : { ...settings, batchSize }
  return recipeOf(request.recipe).createParts(own).network?.plan ?? null
}

function withoutPeak<T extends { peakBytes: number }>({ peakBytes: _, ...rest }: T): Omit<T, 'peakBytes'> {
  return rest
}
