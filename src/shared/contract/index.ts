/** The one way from a user interface to the application. Both hosts and the command line serve and call exactly this. */
import type { ContractRouterClient } from '@orpc/contract'
import { checkpointsContract } from './checkpoints.ts'
import { chemistryContract } from './chemistry.ts'
import { datasetsContract } from './datasets.ts'
import { exploreContract } from './explore.ts'
import { jobsContract } from './jobs.ts'
import { logsContract } from './logs.ts'
import { modelsContract } from './models.ts'
import { predictionsContract } from './predictions.ts'
import { preflightContract } from './preflight.ts'
import { presetsContract } from './presets.ts'
import { queueContract } from './queue.ts'
import { registryContract } from './registry.ts'
import { resourcesContract } from './resources.ts'
import { systemContract } from './system.ts'
import { upkeepContract } from './upkeep.ts'
import { versionsContract } from './versions.ts'

export const contract = {
  checkpoints: checkpointsContract,
  chemistry: chemistryContract,
  datasets: datasetsContract,
  explore: exploreContract,
  jobs: jobsContract,
  logs: logsContract,
  models: modelsContract,
  predictions: predictionsContract,
  preflight: preflightContract,
  presets: presetsContract,
  registry: registryContract,
  versions: versionsContract,
  queue: queueContract,
  resources: resourcesContract,
  system: systemContract,
  upkeep: upkeepContract,
}
export type Contract = typeof contract
export type BinderyClient = ContractRouterClient<Contract>
