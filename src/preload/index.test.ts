import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { PreloadConfigFactory } from 'electron-vite'
import { build } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import config from '../../electron.vite.config.ts'

let folder: string
let code: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bindery-preload-'))
  const factory = new PreloadConfigFactory(config.preload!, { logLevel: 'silent' }, {})
  const settings = await factory.build()
  const silent = { configFile: false, logLevel: 'silent' } as const
  await build({ ...settings, ...silent, build: { ...(settings.build as object), outDir: folder } })
  const [file] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.cjs'))
  code = readFileSync(join(folder, file!), 'utf8')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Bridge = {
  platform: string
  openChannel(): void
  registerFile(file: unknown): Promise<string>
  saveDownload(ticket: string): Promise<boolean>
}

const electron = {
  contextBridge: { exposeInMainWorld: vi.fn() },
  ipcRenderer: { invoke: vi.fn(), postMessage: vi.fn() },
  webUtils: { getPathForFile: vi.fn() },
}

/** Runs the bundle as a sandboxed preload is run: `require` knows electron and nothing else. */
function load(): { bridge: Bridge; required: string[]; posted: unknown[][] } {
  const required: string[] = []
  const posted: unknown[][] = []
  const require = (name: string) => {
    required.push(name)
    if (name !== 'electron') throw new Error(`module not found: ${name}`)
    return electron
  }
  const window = { postMessage: (...values: unknown[]) => posted.push(values) }
  runInNewContext(code, { require, window, MessageChannel, process: { platform: 'linux' }, exports: {}, module: {} })
  const [name, bridge] = electron.contextBridge.exposeInMainWorld.mock.calls[0]!
  expect(name).toBe('bindery')
  return { bridge: bridge as Bridge, required, posted }
}

beforeEach(() => vi.clearAllMocks())

describe('the built preload', () => {
  it('is CommonJS, requires electron alone and exposes four things', () => {
    const { bridge, required } = load()
    expect([...new Set(required)]).toEqual(['electron'])
    expect(code).not.toMatch(/^\s*(import|export)\s/m)
    expect(Object.keys(bridge).sort()).toEqual(['openChannel', 'platform', 'registerFile', 'saveDownload'])
    expect(electron.contextBridge.exposeInMainWorld).toHaveBeenCalledTimes(1)
  })

  it('gives one end of a line to the application and the other to the page', async () => {
    const { bridge, posted } = load()
    bridge.openChannel()
    const [channel, message, [toMain]] = electron.ipcRenderer.postMessage.mock.calls[0]! as [
      string,
      null,
      MessagePort[],
    ]
    expect([channel, message]).toEqual(['bindery:channel', null])
    const [name, origin, [toPage]] = posted[0]! as [string, string, MessagePort[]]
    expect([name, origin]).toEqual(['bindery:channel', '/'])
    const received = new Promise(resolve => {
      toPage!.onmessage = event => resolve(event.data)
    })
    toMain!.postMessage('hello')
    expect(await received).toBe('hello')
    toMain!.close()
  })

  it('takes paths from files, never from the page', async () => {
    const { bridge } = load()
    const file = { name: 'assay.csv' }
    electron.webUtils.getPathForFile.mockReturnValue('/data/assay.csv')
    electron.ipcRenderer.invoke.mockResolvedValue({ value: 'up_000000000001' })
    expect(await bridge.registerFile(file)).toBe('up_000000000001')
    expect(electron.webUtils.getPathForFile).toHaveBeenCalledWith(file)
    expect(electron.ipcRenderer.invoke).toHaveBeenCalledWith('bindery:registerFile', '/data/assay.csv', 'assay.csv')
  })

  it('passes failures on with their code', async () => {
    const { bridge } = load()
    electron.ipcRenderer.invoke.mockResolvedValue({ error: { code: 'ERR_3004', message: 'gone' } })
    await expect(bridge.saveDownload('t')).rejects.toEqual({ code: 'ERR_3004', message: 'gone' })
  })
})

it('is at most 60 lines', () => {
  expect(
    readFileSync(join(import.meta.dirname, 'index.ts'), 'utf8')
      .trimEnd()
      .split('\n').length,
  ).toBeLessThanOrEqual(60)
})
