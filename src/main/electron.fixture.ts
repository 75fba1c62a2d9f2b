/** A stand-in for the `electron` module: it records what it was told and lets a test say what happens. */
import { EventEmitter } from 'node:events'
// biome-ignore lint/style/noRestrictedImports: only tests import this file.
import { vi } from 'vitest'

type Handler = (event: unknown, ...values: unknown[]) => unknown

export class FakeContents extends EventEmitter {
  windowOpen: ((details: { url: string }) => { action: string }) | null = null
  readonly mainFrame = { url: 'app://bindery/', parent: null }
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.windowOpen = handler
  }
  reload = vi.fn()
  sendInputEvent = vi.fn()
}

export class FakeWindow extends EventEmitter {
  static opened: FakeWindow[] = []
  /** What the page does before it is loaded. */
  static whileLoading: (window: FakeWindow) => void = () => undefined
  readonly webContents = new FakeContents()
  readonly options: Record<string, unknown>
  visible = false
  destroyed = false
  maximised = false
  loaded: string | null = null

  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    FakeWindow.opened.push(this)
    fakeElectron.app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL = async (url: string) => {
    this.loaded = url
    FakeWindow.whileLoading(this)
    this.emit('ready-to-show')
  }
  show = () => {
    this.visible = true
  }
  hide = () => {
    this.visible = false
  }
  focus = vi.fn()
  destroy = () => {
    this.destroyed = true
  }
  maximize = () => {
    this.maximised = true
  }
  isVisible = () => this.visible
  isMaximized = () => this.maximised
  getNormalBounds = () => ({ x: 10, y: 20, width: 1200, height: 800 })
  /** The user clicks the close button; answers whether the window may go. */
  clickClose(): boolean {
    let prevented = false
    const preventDefault = () => {
      prevented = true
    }
    this.emit('close', { preventDefault })
    return !prevented
  }
}

class FakeSession extends EventEmitter {
  handlers = new Map<string, (...values: never[]) => unknown>()
  pages: ((request: { url: string; method: string }) => Promise<Response>) | null = null
  protocol = {
    handle: (_scheme: string, handler: (request: { url: string; method: string }) => Promise<Response>) => {
      this.pages = handler
    },
  }
  webRequest = { onBeforeRequest: (handler: (...values: never[]) => unknown) => this.handlers.set('request', handler) }
  setPermissionRequestHandler = (handler: (...values: never[]) => unknown) => this.handlers.set('ask', handler)
  setPermissionCheckHandler = (handler: (...values: never[]) => unknown) => this.handlers.set('check', handler)
  setDevicePermissionHandler = (handler: (...values: never[]) => unknown) => this.handlers.set('device', handler)
  setDisplayMediaRequestHandler = (handler: (...values: never[]) => unknown) => this.handlers.set('screen', handler)
}

class FakeTray extends EventEmitter {
  static made: FakeTray[] = []
  destroyed = false
  menu: { label: string; click: () => void }[] = []
  constructor() {
    super()
    FakeTray.made.push(this)
  }
  setToolTip = vi.fn()
  setContextMenu = (menu: { template: { label: string; click: () => void }[] }) => {
    this.menu = menu.template
  }
  destroy = () => {
    this.destroyed = true
  }
}

class FakeIpcMain extends EventEmitter {
  handlers = new Map<string, Handler>()
  handle = (channel: string, handler: Handler) => this.handlers.set(channel, handler)
}

class FakeApp extends EventEmitter {
  readonly name = 'Bindery'
  quit = vi.fn()
  exit = vi.fn()
  getPath = () => '/tmp'
  showAboutPanel = vi.fn()
}

export const fakeElectron = {
  app: new FakeApp(),
  BrowserWindow: FakeWindow,
  dialog: { showMessageBox: vi.fn(), showSaveDialog: vi.fn(), showErrorBox: vi.fn() },
  ipcMain: new FakeIpcMain(),
  Menu: {
    buildFromTemplate: (template: unknown) => ({ template }),
    setApplicationMenu: vi.fn(),
  },
  nativeImage: { createFromPath: () => ({ resize: () => ({}) }) },
  powerSaveBlocker: { start: vi.fn(() => 7), stop: vi.fn() },
  Notification: { isSupported: () => false },
  protocol: { registerSchemesAsPrivileged: vi.fn() },
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] },
  session: { defaultSession: new FakeSession() },
  shell: { openExternal: vi.fn(async () => undefined), openPath: vi.fn(async () => '') },
  Tray: FakeTray,
  utilityProcess: { fork: vi.fn() },
}

/** Everything as it was before any test. */
export function resetElectron(): void {
  vi.clearAllMocks()
  FakeWindow.opened = []
  FakeWindow.whileLoading = () => undefined
  FakeTray.made = []
  fakeElectron.app.removeAllListeners()
  fakeElectron.ipcMain.removeAllListeners()
  fakeElectron.ipcMain.handlers.clear()
  fakeElectron.session.defaultSession = new FakeSession()
}

export { FakeTray }
