import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel as NodeMessageChannel, type MessagePort as NodeMessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { BrowserWindow } from 'electron'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFixtureApp, type FixtureApp } from '../core/transport/app.fixture.ts'
import type { BinderyClient } from '../shared/contract/index.ts'
import { FakeWindow, fakeElectron, resetElectron } from './electron.fixture.ts'

vi.mock('electron', async () => (await import('./electron.fixture.ts')).fakeElectron)
const { openBridge } = await import('./bridge.ts')

let app: FixtureApp
let folder: string
let window: FakeWindow
const errors: unknown[] = []
const ports: NodeMessagePort[] = []

beforeEach(async () => {
  resetElectron()
  app = await createFixtureApp()
  folder = mkdtempSync(join(tmpdir(), 'bindery-bridge-'))
  window = new FakeWindow({})
  errors.length = 0
  openBridge({ app, window: () => window as unknown as BrowserWindow, onError: error => errors.push(error) })
})
afterEach(async () => {
  for (const port of ports.splice(0)) port.close()
  await app.close()
  rmSync(folder, { recursive: true })
})

type PagePort = ConstructorParameters<typeof RPCLink>[0]['port']

/** Electron's MessagePortMain over a real port: `on` gives an event with `data`, `close` tells that the other end has gone. */
class MainPort extends EventEmitter {
  readonly port: NodeMessagePort
  constructor(port: NodeMessagePort) {
    super()
    this.port = port
    port.on('close', () => this.emit('close'))
  }
  start = () => void this.port.on('message', data => this.emit('message', { data }))
  postMessage = (data: unknown) => this.port.postMessage(data)
  close = () => this.port.close()
}

function openChannel(sender: { frame?: unknown; contents?: unknown } = {}): { page: NodeMessagePort; main: MainPort } {
  const { port1, port2 } = new NodeMessageChannel()
  const main = new MainPort(port1)
  ports.push(port1, port2)
  const { frame = window.webContents.mainFrame, contents = window.webContents } = sender
  fakeElectron.ipcMain.emit('bindery:channel', { senderFrame: frame, sender: contents, ports: [main] }, null)
  return { page: port2, main }
}

function invoke(
  channel: string,
  values: unknown[],
  sender: { frame?: unknown; contents?: unknown } = {},
): Promise<unknown> {
  const { frame = window.webContents.mainFrame, contents = window.webContents } = sender
  const event = { senderFrame: frame, sender: contents }
  return fakeElectron.ipcMain.handlers.get(channel)!(event, ...values) as Promise<unknown>
}

const strangers: [string, { frame?: unknown; contents?: unknown }][] = [
  ['another window', { contents: {} }],
  ['a frame inside the page', { frame: { url: 'app://bindery/', parent: {} } }],
  ['a page of another scheme', { frame: { url: 'https://bindery/', parent: null } }],
  ['a page of another host', { frame: { url: 'app://bindery.evil/', parent: null } }],
  ['a frame that is gone', { frame: null }],
]

describe('the line of the contract', () => {
  it('carries calls, errors and streams, and ends streams when the page goes', async () => {
    const { page } = openChannel()
    const client = createORPCClient<BinderyClient>(new RPCLink({ port: page as unknown as PagePort }))
    page.start()
    expect((await client.system.info()).version).toBe('1.2.3')
    await expect(client.models.get({ id: 'mdl_000000000001' })).rejects.toMatchObject({ data: { code: 'ERR_3003' } })
    const events = await client.system.events()
    expect((await events.next()).value).toEqual({ type: 'model.removed', id: 'mdl_000000000000' })
    expect(app.openStreams).toBe(1)
    page.close()
    await expect.poll(() => app.openStreams).toBe(0)
    expect(errors).toEqual([])
  })

  it.each(strangers)('is not given to %s', async (_name, sender) => {
    const { page, main } = openChannel(sender)
    const closed = new Promise(resolve => page.once('close', resolve))
    await closed
    expect(main.listenerCount('message')).toBe(0)
    expect(String(errors[0])).toContain('refused a channel')
  })
})

describe('files in', () => {
  it('are registered by path', async () => {
    const file = join(folder, 'assay.csv')
    writeFileSync(file, 'smiles,y\n')
    const answer = (await invoke('bindery:registerFile', [file, 'assay.csv'])) as { value: string }
    expect(await app.uploads.get(answer.value)).toMatchObject({ path: file, owned: false })
  })

  it.each(strangers)('are not taken from %s', async (_name, sender) => {
    const file = join(folder, 'assay.csv')
    writeFileSync(file, 'smiles,y\n')
    const answer = await invoke('bindery:registerFile', [file, 'assay.csv'], sender)
    expect(answer).toEqual({ error: { code: 'ERR_1002', message: 'refused' } })
    expect(await app.uploaded()).toEqual([])
    expect(errors).toHaveLength(1)
  })

  it.each([
    [[], 'ERR_2001'],
    [[1, 'a'], 'ERR_2001'],
    [['/x', 'n'.repeat(256)], 'ERR_2001'],
    [['', 'dragged-from-the-web.csv'], 'ERR_2005'],
    [['relative.csv', 'a'], 'ERR_2005'],
    [['/does/not/exist', 'a'], 'ERR_3004'],
  ])('%j is refused with %s', async (values, code) => {
    expect(await invoke('bindery:registerFile', values)).toMatchObject({ error: { code } })
    expect(errors).toEqual([])
  })
})

describe('files out', () => {
  it('go where the user says, whole', async () => {
    const filePath = join(folder, 'ledger.csv')
    fakeElectron.dialog.showSaveDialog.mockResolvedValue({ canceled: false, filePath })
    const ticket = await app.ticketFor('ledger.csv', ['a,b\n', '1,2\n'])
    expect(await invoke('bindery:saveDownload', [ticket])).toEqual({ value: true })
    expect(readFileSync(filePath, 'utf8')).toBe('a,b\n1,2\n')
    expect(readdirSync(folder)).toEqual(['ledger.csv'])
    expect(fakeElectron.dialog.showSaveDialog).toHaveBeenCalledWith(window, { defaultPath: '/tmp/ledger.csv' })
  })

  it('go nowhere where the user closes the dialog', async () => {
    fakeElectron.dialog.showSaveDialog.mockResolvedValue({ canceled: true, filePath: '' })
    const ticket = await app.ticketFor('ledger.csv', ['a'])
    expect(await invoke('bindery:saveDownload', [ticket])).toEqual({ value: false })
    expect(readdirSync(folder)).toEqual([])
  })

  it('leave nothing half-written, and do not touch the file that was there', async () => {
    const filePath = join(folder, 'ledger.csv')
    writeFileSync(filePath, 'old')
    fakeElectron.dialog.showSaveDialog.mockResolvedValue({ canceled: false, filePath })
    const ticket = await app.ticketFor('ledger.csv', ['a'])
    const { stream, ...rest } = await app.downloads.open(ticket)
    app.downloads.open = async () => ({ ...rest, stream: stream.map(() => Promise.reject(new Error('disk gone'))) })
    expect(await invoke('bindery:saveDownload', ['x'])).toMatchObject({ error: { code: 'ERR_1001' } })
    expect(readFileSync(filePath, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['ledger.csv'])
    expect(String(errors[0])).toContain('disk gone')
  })

  it.each(strangers)('are not written for %s', async (_name, sender) => {
    const ticket = await app.ticketFor('ledger.csv', ['a'])
    expect(await invoke('bindery:saveDownload', [ticket], sender)).toHaveProperty('error.code', 'ERR_1002')
    expect(fakeElectron.dialog.showSaveDialog).not.toHaveBeenCalled()
    await app.downloads.open(ticket)
  })
})
