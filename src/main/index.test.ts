import { beforeEach, expect, it, vi } from 'vitest'
import { fakeElectron, resetElectron } from './electron.fixture.ts'

const startDesktop = vi.hoisted(() => vi.fn(async () => undefined))
vi.mock('./desktop.ts', () => ({ startDesktop }))
const ready = vi.hoisted(() => Promise.withResolvers<void>())
vi.mock('electron', async () => {
  const { fakeElectron } = await import('./electron.fixture.ts')
  Object.assign(fakeElectron.app, {
    commandLine: { getSwitchValue: () => '/data/bindery', appendSwitch: vi.fn() },
    setName: vi.fn(),
    setPath: vi.fn(),
    enableSandbox: vi.fn(),
    requestSingleInstanceLock: () => true,
    whenReady: () => ready.promise,
  })
  return fakeElectron
})

beforeEach(resetElectron)

it('the entry is evaluated before Electron is ready, and begins when it is', async () => {
  // Electron waits for the entry module before it says that it is ready.
  await import('./index.ts')
  expect(startDesktop).not.toHaveBeenCalled()
  expect(fakeElectron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledTimes(1)
  ready.resolve()
  await expect.poll(() => startDesktop.mock.calls.length).toBe(1)
  expect(startDesktop).toHaveBeenCalledWith(expect.objectContaining({ workspace: expect.stringMatching(/bindery$/) }))
})
