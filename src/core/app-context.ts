/** What a host gives to `createApp`, and what the parts of the application share. The core knows no host beyond `AppDeps`. */
import type { Log } from '../node/log.ts'
import type { ChemistryService } from './chemistry/chemistry-service.ts'
import type { DatasetService } from './datasets/dataset-service.ts'
import type { ImportService } from './datasets/import-service.ts'
import type { ExploreService } from './explore/explore-service.ts'
import type { CheckpointService } from './jobs/checkpoint-service.ts'
import type { JobsOptions } from './jobs/create-jobs.ts'
import type { JobService } from './jobs/job-service.ts'
import type { MonitoringService } from './jobs/monitoring.ts'
import type { TrainingService } from './jobs/training-service.ts'
import type { ModelService } from './models/create-models.ts'
import type { ForeignModels } from './models/foreign-models.ts'
import type { PredictionService } from './predictions/create-predictions.ts'
import type { PreflightService } from './preflight/preflight-service.ts'
import type { PresetService } from './presets/create-presets.ts'
import type { ForkChild } from './processes/child.ts'
import type { SplitService } from './splits/split-service.ts'
import type { Store } from './store/open-store.ts'
import type { StoreScans } from './store/store-reader.ts'
import type { EventBus } from './system/event-bus.ts'
import type { LogsService } from './system/logs-service.ts'
import type { ProviderService } from './system/provider-service.ts'
import type { SettingsService } from './system/settings-service.ts'
import type { UpkeepService } from './system/upkeep.ts'
import type { DownloadService } from './uploads/download-service.ts'
import type { UploadService } from './uploads/upload-service.ts'

export interface AppDeps {
  /** The data folder; created if absent. */
  workspace: string
  host: 'electron' | 'headless' | 'cli'
  version: string
  fork: ForkChild
  /** Shows a folder in the system's file manager; hosts without a desktop have none. Rejects where it cannot. */
  openFolder?: (folder: string) => Promise<void>
  /** Other back-offs and checks than the usual ones; for measurements and tests. */
  jobs?: JobsOptions
}

/** The parts every other part may use. They are made first, in this order, and closed last. */
export interface CoreContext {
  readonly deps: AppDeps
  readonly log: Log
  readonly store: Store
  /** Reads outside the event loop, for whatever may take longer than a few milliseconds. */
  readonly scans: StoreScans
  readonly events: EventBus
  readonly settings: SettingsService
  readonly providers: ProviderService
  readonly uploads: UploadService
  readonly downloads: DownloadService
  readonly chemistry: ChemistryService
  readonly datasets: DatasetService
}

/** Everything the API's handlers call. */
export interface AppContext extends CoreContext {
  readonly jobs: JobService
  readonly imports: ImportService
  readonly models: ModelService
  readonly foreignModels: ForeignModels
  readonly presets: PresetService
  readonly preflight: PreflightService
  readonly training: TrainingService
  readonly upkeep: UpkeepService
  readonly logs: LogsService
  readonly monitoring: MonitoringService
  readonly checkpoints: CheckpointService
  readonly splits: SplitService
  readonly explore: ExploreService
  readonly predictions: PredictionService
}
