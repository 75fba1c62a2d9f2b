/** The one window. */
import { BrowserWindow, type Session, screen } from 'electron'
import { PAGE_URL } from './page-address.ts'
import { DEFAULT_SIZE, fitBounds, loadWindowState, MIN_SIZE, saveWindowState } from './window-state.ts'

export interface WindowOptions {
  session: Session
  preload: string
  stateFile: string
}

/** Shown once the page has drawn itself, where it was last. The caller loads the page, when it is ready to answer it. */
export async function createWindow({ session, preload, stateFile }: WindowOptions): Promise<BrowserWindow> {
  const saved = await loadWindowState(stateFile)
  const workAreas = screen.getAllDisplays().map(display => display.workArea)
  const bounds = saved === null ? null : fitBounds(saved.bounds, workAreas)
  const window = new BrowserWindow({
    ...(bounds ?? DEFAULT_SIZE),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Bindery',
    webPreferences: {
      session,
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Chromium would fetch its dictionaries from the network.
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => {
    if (saved?.maximised === true) window.maximize()
    window.show()
  })
  reloadAfterCrash(window)
  return window
}

export async function loadPage(window: BrowserWindow): Promise<void> {
  await window.loadURL(PAGE_URL)
}

const CRASH_PAUSE_MS = 10_000

/** The page keeps nothing that a reload would lose; one that crashes again at once is left alone. */
function reloadAfterCrash(window: BrowserWindow): void {
  let reloadedAt = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || performance.now() - reloadedAt < CRASH_PAUSE_MS) return
    reloadedAt = performance.now()
    window.webContents.reload()
  })
}

export async function rememberWindow(window: BrowserWindow, file: string): Promise<void> {
  await saveWindowState(file, { bounds: window.getNormalBounds(), maximised: window.isMaximized() })
}
