import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session, WebContents } from 'electron'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { listPageFiles } from '../core/transport/page-files.ts'
import { FakeContents, FakeWindow, fakeElectron, resetElectron } from './electron.fixture.ts'

vi.mock('electron', async () => (await import('./electron.fixture.ts')).fakeElectron)
const { lockContents, lockSession } = await import('./web-security.ts')
const { registerPageScheme, servePage } = await import('./page-protocol.ts')
const { createWindow, loadPage } = await import('./window.ts')

beforeEach(resetElectron)

function prevented(contents: FakeContents, name: string, details: object): boolean {
  const preventDefault = vi.fn()
  contents.emit(name, { ...details, preventDefault })
  return preventDefault.mock.calls.length > 0
}

describe('the session', () => {
  const call = (name: string, ...values: unknown[]) =>
    (fakeElectron.session.defaultSession.handlers.get(name) as (...values: unknown[]) => unknown)(...values)

  beforeEach(() => lockSession(fakeElectron.session.defaultSession as unknown as Session))

  it('gives no permission, asked for or looked up', () => {
    const answer = vi.fn()
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb']) {
      call('ask', {}, permission, answer)
      expect(call('check', {}, permission)).toBe(false)
    }
    expect(answer.mock.calls).toEqual(Array(6).fill([false]))
    expect(call('device', {})).toBe(false)
    const screen = vi.fn()
    call('screen', {}, screen)
    expect(screen).toHaveBeenCalledWith({})
  })

  it.each([
    ['https://example.com/x.js', true],
    ['http://127.0.0.1:8080/', true],
    ['ws://localhost/', true],
    ['file:///etc/passwd', true],
    ['app://other/x', true],
    ['app://bindery/assets/index.js', false],
    ['blob:app://bindery/1-2', false],
    ['data:image/png;base64,AA', false],
  ])('request %s cancelled: %s', (url, cancel) => {
    const answer = vi.fn()
    call('request', { url }, answer)
    expect(answer).toHaveBeenCalledWith({ cancel })
  })

  it('saves only what the page made itself', () => {
    const download = (url: string) => {
      const preventDefault = vi.fn()
      fakeElectron.session.defaultSession.emit('will-download', { preventDefault }, { getURL: () => url })
      return preventDefault.mock.calls.length === 0
    }
    expect(download('blob:app://bindery/1-2')).toBe(true)
    expect(download('https://example.com/setup.exe')).toBe(false)
    expect(download('app://bindery/index.html')).toBe(false)
  })
})

describe('web contents', () => {
  let contents: FakeContents
  beforeEach(() => {
    contents = new FakeContents()
    lockContents(contents as unknown as WebContents)
  })

  it('stay on the page', () => {
    expect(prevented(contents, 'will-navigate', { url: 'app://bindery/#/models' })).toBe(false)
    for (const url of [
      'https://doi.org/x',
      'file:///x',
      'app://evil/',
      'app://user@bindery/',
      'javascript:alert(1)',
      '',
    ]) {
      expect(prevented(contents, 'will-navigate', { url })).toBe(true)
    }
    expect(prevented(contents, 'will-redirect', { url: 'app://bindery/' })).toBe(true)
    expect(prevented(contents, 'will-frame-navigate', { url: 'app://bindery/', isMainFrame: false })).toBe(true)
    expect(prevented(contents, 'will-attach-webview', {})).toBe(true)
  })

  it.each([
    ['https://doi.org/10.1021/jm', true],
    ['https://github.com/x', true],
    ['http://doi.org/10.1021/jm', false],
    ['https://doi.org:8443/', false],
    ['https://doi.org.evil.example/', false],
    ['https://user:pw@doi.org/', false],
    ['file:///usr/bin/x', false],
    ['smb://host/x', false],
    ['app://bindery/', false],
    ['nonsense', false],
  ])('open no window; %s in the browser: %s', (url, opened) => {
    expect(contents.windowOpen!({ url })).toEqual({ action: 'deny' })
    expect(fakeElectron.shell.openExternal.mock.calls).toEqual(opened ? [[url]] : [])
  })
})

describe('the window', () => {
  it('is sandboxed, isolated, without Node, and loads the page', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindery-window-'))
    const session = fakeElectron.session.defaultSession as unknown as Session
    const made = { session, preload: '/out/preload/index.cjs', stateFile: join(folder, 'window.json') }
    await loadPage(await createWindow(made))
    const [window] = FakeWindow.opened
    expect(window!.options.webPreferences).toEqual({
      session,
      preload: '/out/preload/index.cjs',
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
      spellcheck: false,
    })
    expect(window!.loaded).toBe('app://bindery/')
    expect(window!.visible).toBe(true)
    rmSync(folder, { recursive: true })
  })

  it('reloads a page that crashed, once in a while', async () => {
    const session = fakeElectron.session.defaultSession as unknown as Session
    await createWindow({ session, preload: '/p', stateFile: '/does/not/exist/window.json' })
    const { webContents } = FakeWindow.opened[0]!
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(webContents.reload).not.toHaveBeenCalled()
    for (let i = 0; i < 3; i++) webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(webContents.reload).toHaveBeenCalledTimes(1)
  })
})

describe('the page', () => {
  it('comes from a scheme with an origin, with the policy, and from nowhere else', async () => {
    registerPageScheme()
    expect(fakeElectron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledWith([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    const folder = mkdtempSync(join(tmpdir(), 'bindery-page-'))
    writeFileSync(join(folder, 'index.html'), 'the page')
    const { defaultSession } = fakeElectron.session
    servePage(defaultSession.protocol as never, await listPageFiles(folder))
    writeFileSync(join(folder, 'later.html'), 'not listed')

    const page = await defaultSession.pages!({ url: 'app://bindery/', method: 'GET' })
    expect(await page.text()).toBe('the page')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-eval')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    for (const url of [
      'app://other/',
      'app://bindery/later.html',
      'app://bindery/..%2f..%2fetc/passwd',
      'app://bindery/../x',
    ]) {
      expect((await defaultSession.pages!({ url, method: 'GET' })).status).toBe(404)
    }
    expect((await defaultSession.pages!({ url: 'app://bindery/', method: 'POST' })).status).toBe(404)
    rmSync(folder, { recursive: true })
  })
})
