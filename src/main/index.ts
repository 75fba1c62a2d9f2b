/** Entry of the Electron host. Everything that must happen before Electron is ready happens here. */
import { join } from 'node:path'
import { app } from 'electron'
import packageJson from '../../package.json' with { type: 'json' }
import { chooseWorkspace } from '../core/workspace/default-workspace.ts'
import { startDesktop } from './desktop.ts'
import { registerPageScheme } from './page-protocol.ts'

const bundle = join(import.meta.dirname, '..')
const given = app.commandLine.getSwitchValue('workspace') || valueAfter('--workspace')
const workspace = chooseWorkspace({ given, environment: process.env, platform: process.platform })

app.setName('Bindery')
// Chromium's own files, and with them the lock of the single instance, belong to the workspace.
app.setPath('userData', join(workspace, 'electron'))
app.enableSandbox()
for (const off of ['disable-background-networking', 'disable-component-update', 'disable-sync', 'no-pings']) {
  app.commandLine.appendSwitch(off)
}
registerPageScheme()

if (app.requestSingleInstanceLock()) {
  // Not awaited here: Electron is ready only once this module has been evaluated, so the two would wait for each other.
  void app.whenReady().then(() =>
    startDesktop({
      workspace,
      version: packageJson.version,
      bundle,
      icon: join(bundle, '../resources/icons/icon.png'),
    }),
  )
} else {
  app.quit()
}

/** Chromium reads `--name=value` only; ours may also be two arguments. */
function valueAfter(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at === -1 ? undefined : process.argv[at + 1]
}
