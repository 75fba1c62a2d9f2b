/** system.*: the application itself. */
import os from 'node:os'
import type { AppContext } from '../app-context.ts'
import { examine } from '../system/doctor.ts'
import type { Procedures } from './procedures.ts'

export function systemApi(procedures: Procedures, context: AppContext) {
  const { deps, settings, events, downloads } = context
  return {
    info: procedures.system.info.handler(() => ({
      version: deps.version,
      host: deps.host,
      platform: `${process.platform} ${process.arch}`,
      cpus: os.availableParallelism(),
      memoryTotalBytes: os.totalmem(),
      workspace: deps.workspace,
      runtime:
        process.versions.electron === undefined ? `Node ${process.version}` : `Electron ${process.versions.electron}`,
    })),
    providers: procedures.system.providers.handler(() => context.providers.read()),
    testProviders: procedures.system.testProviders.handler(() => context.providers.test()),
    doctor: procedures.system.doctor.handler(() => examine(context, context.providers)),
    settings: procedures.system.settings.handler(() => settings.read()),
    updateSettings: procedures.system.updateSettings.handler(({ input }) => settings.update(input)),
    events: procedures.system.events.handler(({ signal }) => events.subscribe(signal)),
    prepareDownload: procedures.system.prepareDownload.handler(({ input }) =>
      downloads.prepare(input.what, input.id, input),
    ),
  }
}
