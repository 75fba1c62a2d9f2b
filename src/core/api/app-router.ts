/** The contract, implemented: what both hosts, the command line and the local API serve. */
import type { AppContext } from '../app-context.ts'
import { checkpointsApi } from './checkpoints.ts'
import { chemistryApi } from './chemistry.ts'
import { datasetsApi } from './datasets.ts'
import { exploreApi } from './explore.ts'
import { jobsApi } from './jobs.ts'
import { logsApi } from './logs.ts'
import { modelsApi } from './models.ts'
import { predictionsApi } from './predictions.ts'
import { preflightApi } from './preflight.ts'
import { presetsApi } from './presets.ts'
import { createProcedures } from './procedures.ts'
import { queueApi } from './queue.ts'
import { registryApi } from './registry.ts'
import { resourcesApi } from './resources.ts'
import { systemApi } from './system.ts'
import { upkeepApi } from './upkeep.ts'
import { versionsApi } from './versions.ts'

export type AppRouter = ReturnType<typeof createAppRouter>

export function createAppRouter(context: AppContext) {
  const os = createProcedures(context.log)
  return os.router({
    checkpoints: checkpointsApi(os, context),
    chemistry: chemistryApi(os, context),
    datasets: datasetsApi(os, context),
    explore: exploreApi(os, context),
    jobs: jobsApi(os, context),
    logs: logsApi(os, context),
    models: modelsApi(os, context),
    predictions: predictionsApi(os, context),
    preflight: preflightApi(os, context),
    presets: presetsApi(os, context),
    queue: queueApi(os, context),
    registry: registryApi(os, context),
    resources: resourcesApi(os, context),
    system: systemApi(os, context),
    upkeep: upkeepApi(os, context),
    versions: versionsApi(os, context),
  })
}
