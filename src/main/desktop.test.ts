import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFixtureApp, type FixtureApp } from '../core/transport/app.fixture.ts'
import { type LocalServer, startLocalServer } from '../core/workspace/local-server.ts'
import { type Ownership, takeOwnership } from '../core/workspace/ownership.ts'
import { createSocketPath } from '../core/workspace/socket-path.ts'
import type { Job } from '../shared/contract/jobs.ts'
import { FakeTray, FakeWindow, fakeElectron, resetElectron } from './electron.fixture.ts'

vi.mock('electron', async () => (await import('./electron.fixture.ts')).fakeElectron)
const { startDesktop } = await import('./desktop.ts')
const createApp = await import('../core/create-app.ts')

let folder: string
let workspace: string
let active: Pick<Job, 'id' | 'name' | 'kind' | 'state'>[]

beforeEach(() => {
  resetElectron()
  active = []
  folder = mkdtempSync(join(tmpdir(), 'bindery-desktop-'))
  workspace = join(folder, 'workspace')
  mkdirSync(join(folder, 'out/renderer'), { recursive: true })
  writeFileSync(join(folder, 'out/renderer/index.html'), 'the page')
  const real = createApp.createApp
  vi.spyOn(createApp, 'createApp').mockImplementation(async deps => {
    const app = await real(deps)
    return { ...app, activeJobs: () => active as Job[], cancelAll: async () => void active.splice(0) }
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const start = () => startDesktop({ workspace, version: '1', bundle: join(folder, 'out'), icon: 'icon.png' })

/** The workspace can be taken again: the application has closed it. */
async function expectReleased(): Promise<void> {
  await expect.poll(() => fakeElectron.app.quit.mock.calls.length).toBe(1)
  const ownership = takeOwnership(workspace)
  expect(ownership).not.toBeNull()
  ownership!.release()
}

describe('the Electron host', () => {
  it('opens the page and leaves at once where nothing runs, remembering its window', async () => {
    await start()
    const [window] = FakeWindow.opened
    expect(window!.loaded).toBe('app://bindery/')
    expect(takeOwnership(workspace)).toBeNull()
    expect(window!.clickClose()).toBe(false)
    await expectReleased()
    expect(window!.destroyed).toBe(true)
    expect(fakeElectron.dialog.showMessageBox).not.toHaveBeenCalled()
    expect(JSON.parse(readFileSync(join(workspace, 'window.json'), 'utf8'))).toMatchObject({ maximised: false })
  })

  it('answers the page while it loads', async () => {
    const port = { start: vi.fn(), close: vi.fn(), on: vi.fn(), addEventListener: vi.fn(), postMessage: vi.fn() }
    FakeWindow.whileLoading = window =>
      fakeElectron.ipcMain.emit(
        'bindery:channel',
        { sender: window.webContents, senderFrame: window.webContents.mainFrame, ports: [port] },
        null,
      )
    await start()
    expect(port.close).not.toHaveBeenCalled()
    expect(port.start).toHaveBeenCalledTimes(1)
    FakeWindow.opened[0]!.clickClose()
    await expectReleased()
  })

  it('leaves even where the place of its window cannot be written', async () => {
    await start()
    mkdirSync(join(workspace, 'window.json'))
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    FakeWindow.opened[0]!.clickClose()
    await expectReleased()
    expect(said).toHaveBeenCalledTimes(1)
  })

  it('stays in the tray while a job runs, comes back from it, and leaves when the user cancels', async () => {
    await start()
    const window = FakeWindow.opened[0]!
    active.push({ id: 'job_000000000001', name: 'import #1', kind: 'import', state: 'running' })
    const answer = (response: number) => fakeElectron.dialog.showMessageBox.mockResolvedValueOnce({ response })
    answer(0)
    expect(window.clickClose()).toBe(false)
    expect(window.clickClose()).toBe(false)
    await expect.poll(() => FakeTray.made.length).toBe(1)
    expect(fakeElectron.dialog.showMessageBox).toHaveBeenCalledTimes(1)
    expect(window.visible).toBe(false)
    expect(takeOwnership(workspace)).toBeNull()

    FakeTray.made[0]!.menu.find(item => item.label === 'Open Bindery')!.click()
    expect(window.visible).toBe(true)
    expect(FakeTray.made[0]!.destroyed).toBe(true)

    answer(1)
    const quitting = { preventDefault: vi.fn() }
    fakeElectron.app.emit('before-quit', quitting)
    expect(quitting.preventDefault).toHaveBeenCalled()
    await expectReleased()
    expect(active).toEqual([])
    const quittingAgain = { preventDefault: vi.fn() }
    fakeElectron.app.emit('before-quit', quittingAgain)
    expect(quittingAgain.preventDefault).not.toHaveBeenCalled()
  })

  it('stays where the jobs could not be stopped, and says so', async () => {
    await start()
    active.push({ id: 'job_000000000001', name: 'dmpnn #1', kind: 'train', state: 'running' })
    fakeElectron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 })
    FakeWindow.opened[0]!.clickClose()
    await expect.poll(() => fakeElectron.dialog.showErrorBox.mock.calls.length).toBe(1)
    expect(fakeElectron.app.quit).not.toHaveBeenCalled()
    active.length = 0
    FakeWindow.opened[0]!.clickClose()
    await expectReleased()
  })

  it('shows the window that is open when it is started a second time', async () => {
    await start()
    const window = FakeWindow.opened[0]!
    window.hide()
    fakeElectron.app.emit('second-instance')
    expect(window.visible).toBe(true)
    window.clickClose()
    await expectReleased()
  })

  it('says why where it cannot start', async () => {
    rmSync(join(folder, 'out/renderer'), { recursive: true })
    await start()
    expect(fakeElectron.dialog.showErrorBox).toHaveBeenCalledWith(
      'Bindery cannot start',
      expect.stringMatching(/there is no page in .*\n\nERR_1002/),
    )
    expect(fakeElectron.app.exit).toHaveBeenCalledWith(1)
    takeOwnership(workspace)!.release()
  })
})

describe('a workspace that another process owns', () => {
  let app: FixtureApp
  let ownership: Ownership
  let server: LocalServer
  let link: string | null

  beforeEach(async () => {
    app = await createFixtureApp()
    ownership = takeOwnership(workspace)!
    const socketPath = createSocketPath(workspace)
    server = await startLocalServer({ app, socketPath, secret: 's', createLink: () => link })
    await ownership.announce({ host: 'headless', version: '1', socket: socketPath, secret: 's' })
  })
  afterEach(async () => {
    await server.close()
    ownership.release()
    await app.close()
  })

  it('is named, and its page is opened where the user wants', async () => {
    link = 'http://127.0.0.1:4711/open?token=abc_-'
    fakeElectron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 })
    await start()
    const [options] = fakeElectron.dialog.showMessageBox.mock.calls[0]!
    expect(options.message).toContain('Bindery in a browser')
    expect(options.detail).toContain(`process ${process.pid}`)
    expect(fakeElectron.shell.openExternal).toHaveBeenCalledWith(link)
    expect(fakeElectron.app.exit).toHaveBeenCalledWith(0)
    expect(FakeWindow.opened).toEqual([])
  })

  it.each([null, 'https://evil.example/open?token=x', 'http://127.0.0.1:1/other'])(
    'offers nothing to open for the link %s',
    async given => {
      link = given
      fakeElectron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 })
      await start()
      expect(fakeElectron.dialog.showMessageBox.mock.calls[0]![0].buttons).toEqual(['Close'])
      expect(fakeElectron.shell.openExternal).not.toHaveBeenCalled()
    },
  )
})
