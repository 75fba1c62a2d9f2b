/** The whole application, for any host: made from what the host gives, in order, and closed in reverse. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from '../node/log.ts'
import type { Job } from '../shared/contract/jobs.ts'
import { type AppRouter, createAppRouter } from './api/app-router.ts'
import type { AppContext, AppDeps, CoreContext } from './app-context.ts'
import { createChemistry } from './chemistry/chemistry-service.ts'
import { createDatasets } from './datasets/dataset-service.ts'
import { tidyDatasets } from './datasets/delete-dataset.ts'
import { createImportExecutor } from './datasets/import-executor.ts'
import { createImports } from './datasets/import-service.ts'
import { provideLedger } from './datasets/ledger-csv.ts'
import { provideRejected } from './datasets/rejected-csv.ts'
import { createExplore } from './explore/explore-service.ts'
import { createStructureFiles } from './explore/structure-files.ts'
import { createCheckpoints } from './jobs/checkpoint-service.ts'
import { createJobs } from './jobs/create-jobs.ts'
import { createFeatureCache } from './jobs/feature-cache.ts'
import { createMonitoring } from './jobs/monitoring.ts'
import { createTrainExecutor } from './jobs/train-executor.ts'
import { createTraining } from './jobs/training-service.ts'
import { createModels } from './models/create-models.ts'
import { createForeignModels } from './models/foreign-models.ts'
import { createPredictions } from './predictions/create-predictions.ts'
import { createPreflight } from './preflight/preflight-service.ts'
import { createPresets } from './presets/create-presets.ts'
import { createSplits } from './splits/split-service.ts'
import { openStore } from './store/open-store.ts'
import { startStoreThread } from './store/store-reader.ts'
import { createEventBus, type EventStream } from './system/event-bus.ts'
import { readFreeResources } from './system/free-resources.ts'
import { createGpuMonitor } from './system/gpu-monitor.ts'
import { createLogs } from './system/logs-service.ts'
import { createProviders } from './system/provider-service.ts'
import { startResourceMonitor } from './system/resource-monitor.ts'
import { createSettings } from './system/settings-service.ts'
import { createUpkeep } from './system/upkeep.ts'
import { createDownloads, type DownloadService } from './uploads/download-service.ts'
import { awaitedUploads, openUploads, type UploadService } from './uploads/upload-service.ts'

export interface App {
  router: AppRouter
  uploads: Pick<UploadService, 'register' | 'receive'>
  downloads: Pick<DownloadService, 'open'>
  events: { subscribe(signal?: AbortSignal): EventStream }
  /** Jobs with work in progress, for "closing while a job runs". */
  activeJobs(): Job[]
  /** While held, nothing that waits is started. */
  holdQueue(held: boolean): void
  /** Cancels everything that waits or runs and waits until the processes are gone. */
  cancelAll(): Promise<void>
  /** Stops the children (trainers save a checkpoint first) and closes the store. Idempotent. */
  close(): Promise<void>
}

/** Only for the process that owns the workspace. ERR_1003 where its store is damaged or newer; then nothing stays open. */
export async function createApp(deps: AppDeps): Promise<App> {
  await mkdir(deps.workspace, { recursive: true })
  // Closed in reverse where a later step fails: an open thread or file would keep the process from ending.
  await using opened = new AsyncDisposableStack()
  const { log, close: closeLog } = await openLog(path.join(deps.workspace, 'logs'))
  opened.defer(async () => {
    log.info('closed')
    await closeLog()
  })
  const store = await openStore(deps.workspace)
  opened.defer(() => store.close())
  const scans = startStoreThread(store.file, log)
  opened.defer(() => scans.close())
  const events = createEventBus()
  const chemistry = createChemistry({ fork: deps.fork, log })
  opened.defer(() => chemistry.close())
  const core: CoreContext = {
    deps,
    log,
    store,
    scans,
    events,
    settings: createSettings(store, events),
    providers: createProviders(store, deps),
    uploads: await openUploads(path.join(deps.workspace, 'uploads')),
    downloads: createDownloads(),
    chemistry,
    datasets: createDatasets({ store, scans, events }),
  }
  provideLedger(core)
  provideRejected(core)
  const gpu = createGpuMonitor()
  const free = () => readFreeResources(deps.workspace, gpu)
  const jobs = createJobs(core, { free, gpu, ...deps.jobs })
  const features = createFeatureCache({ workspace: deps.workspace, version: deps.version, chemistry })
  const models = createModels(core)
  const foreignModels = createForeignModels({ context: core, features, models })
  const files = createStructureFiles({ features, chemistry })
  const splits = createSplits(core, files)
  const presets = createPresets(store)
  const training = createTraining({ context: core, jobs, models, presets, splits })
  const preflight = createPreflight({ context: core, features, splits, presets, free })
  const monitoring = createMonitoring({ context: core, jobs })
  jobs.addExecutor(
    createTrainExecutor({
      context: core,
      jobs,
      models,
      features,
      files,
      knownPeakBytes: preflight.knownPeakBytes,
      onAnomaly: monitoring.anomalyFound,
    }),
  )
  const predictions = createPredictions({ context: core, jobs, models })
  jobs.addExecutor(createImportExecutor(core))
  const imports = createImports({ context: core, jobs, exampleFile: exampleFile() })
  const checkpoints = createCheckpoints({ context: core, jobs })
  const upkeep = createUpkeep({
    workspace: deps.workspace,
    store,
    jobs,
    log,
    rules: () => core.settings.read().upkeep,
  })
  const context: AppContext = {
    ...core,
    jobs,
    imports,
    models,
    foreignModels,
    presets,
    preflight,
    training,
    splits,
    explore: createExplore(core, files),
    monitoring,
    checkpoints,
    predictions,
    upkeep,
    logs: createLogs(core),
  }
  await models.sweep()
  await core.uploads.sweep(awaitedUploads(store))
  await tidyDatasets(store)
  // A command leaves when its own work is done: it must not begin what an earlier session left waiting, and cut it off.
  await jobs.start({ onlyNew: deps.host === 'cli' })
  const stopUpkeep = upkeep.start()
  const stopMonitor = startResourceMonitor({ events, workspace: deps.workspace, gpu })
  log.info({ host: deps.host, version: deps.version }, 'started')
  const parts = opened.move()

  let closing: Promise<void> | null = null
  async function close(): Promise<void> {
    stopMonitor()
    stopUpkeep()
    await jobs.close()
    await predictions.close()
    events.close()
    await parts.disposeAsync()
  }

  return {
    router: createAppRouter(context),
    uploads: core.uploads,
    downloads: core.downloads,
    events,
    activeJobs: () => jobs.active(),
    holdQueue: held => jobs.holdQueue(held),
    cancelAll: () => jobs.cancelAll(),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** The simulated assay: `resources/example` of the source tree or of the packaged application. */
function exampleFile(): string | null {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const roots = [path.resolve(here, '../..'), path.resolve(here, '../../..')]
  const files = roots.map(root => path.join(root, 'resources', 'example', 'simulated-assay.csv'))
  return files.find(file => existsSync(file)) ?? null
}
