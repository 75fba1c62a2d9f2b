/** The Electron host from start to end. */
import { join } from 'node:path'
import { app, type BrowserWindow, dialog, session, shell, type Tray } from 'electron'
import { listPageFiles } from '../core/transport/page-files.ts'
import { type OwnedWorkspace, openWorkspace } from '../core/workspace/open-workspace.ts'
import { AppError, toErrorBody } from '../shared/errors.ts'
import { noticeAnomalies } from './anomaly-notices.ts'
import { openBridge } from './bridge.ts'
import { forkUtility } from './fork-utility.ts'
import { keepAwakeWhileBusy } from './keep-awake.ts'
import { askToLeave, type Leaving } from './leaving.ts'
import { setMenu } from './menu.ts'
import { showOwner } from './owned-elsewhere.ts'
import { servePage } from './page-protocol.ts'
import { createTray } from './tray.ts'
import { lockContents, lockSession } from './web-security.ts'
import { createWindow, loadPage, rememberWindow } from './window.ts'

export interface DesktopOptions {
  workspace: string
  version: string
  /** The folder of the bundle: `out`. */
  bundle: string
  icon: string
}

/** After `app` is ready. */
export async function startDesktop(options: DesktopOptions): Promise<void> {
  const { workspace: folder, version } = options
  app.on('web-contents-created', (_event, contents) => lockContents(contents))
  lockSession(session.defaultSession)
  try {
    const files = await listPageFiles(join(options.bundle, 'renderer'))
    const workspace = await openWorkspace({
      workspace: folder,
      host: 'electron',
      version,
      fork: forkUtility,
      openFolder,
    })
    if (workspace.kind === 'forwarded') {
      await showOwner(workspace, folder)
      await workspace.close()
      app.exit(0)
      return
    }
    servePage(session.defaultSession.protocol, files)
    await run(workspace, options).catch(async (error: unknown) => {
      await workspace.close()
      throw error
    })
  } catch (error) {
    const { code, message } = toErrorBody(error)
    dialog.showErrorBox('Bindery cannot start', `${message}\n\n${code}`)
    app.exit(1)
  }
}

async function run(workspace: OwnedWorkspace, { workspace: folder, bundle, icon }: DesktopOptions): Promise<void> {
  const { app: core } = workspace
  let window: BrowserWindow | null = null
  let tray: Tray | null = null
  const stateFile = join(folder, 'window.json')
  let state: 'running' | 'asking' | 'leaving' = 'running'

  const show = (): void => {
    tray?.destroy()
    tray = null
    window?.show()
    window?.focus()
  }

  /** Every way out comes through here: the window's button, the menu, the tray, the system. */
  async function leave(): Promise<void> {
    if (state !== 'running') return
    state = 'asking'
    const answer = await askToLeave(core, window?.isVisible() === true ? window : null).catch(stayAfter)
    state = answer === 'leave' ? 'leaving' : 'running'
    if (answer === 'tray') {
      window?.hide()
      tray ??= createTray({ icon, show, quit: () => void leave() })
    }
    if (answer !== 'leave') return
    // A full disk must not keep the user in.
    if (window !== null) await rememberWindow(window, stateFile).catch((error: unknown) => console.error(error))
    tray?.destroy()
    window?.destroy()
    await workspace.close().finally(() => app.quit())
  }

  app.on('second-instance', show)
  app.on('activate', show)
  app.on('window-all-closed', () => undefined)
  app.on('before-quit', event => {
    if (state === 'leaving') return
    event.preventDefault()
    void leave()
  })

  openBridge({ app: core, window: () => window, onError: error => console.error(error) })
  setMenu({ window: () => window, workspace: folder })
  void keepAwakeWhileBusy(core)
  void noticeAnomalies(core, show)
  window = await createWindow({
    session: session.defaultSession,
    preload: join(bundle, 'preload/index.cjs'),
    stateFile,
  })
  window.on('close', event => {
    if (state === 'leaving') return
    event.preventDefault()
    void leave()
  })
  // Only now: the page asks for its line while it loads, and is answered only in the window that we know.
  await loadPage(window)
}

/** A job that could not be stopped is no reason to lose it. */
function stayAfter(error: unknown): Leaving {
  dialog.showErrorBox('Bindery could not stop the jobs', toErrorBody(error).message)
  return 'stay'
}

/** Electron answers with the reason where it could not. */
async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder)
  if (problem !== '') throw new AppError('ERR_3004', `${folder} cannot be shown: ${problem}`)
}
