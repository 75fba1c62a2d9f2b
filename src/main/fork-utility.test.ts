import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChildChannel } from '../node/child-channel.ts'
import { fakeElectron, resetElectron } from './electron.fixture.ts'

vi.mock('electron', async () => (await import('./electron.fixture.ts')).fakeElectron)
const { forkUtility } = await import('./fork-utility.ts')

/** A utility process and its inside: what the host posts comes out of the parent port and the other way round. */
class FakeUtility extends EventEmitter {
  pid: number | undefined
  stdout = new EventEmitter()
  stderr = new EventEmitter()
  parentPort = Object.assign(new EventEmitter(), {
    postMessage: (data: unknown) => void this.emit('message', structuredClone(data)),
  })
  postMessage = (data: unknown) => void this.parentPort.emit('message', { data: structuredClone(data) })
}

let utility: FakeUtility
beforeEach(() => {
  resetElectron()
  utility = new FakeUtility()
  fakeElectron.utilityProcess.fork.mockReturnValue(utility)
  Object.defineProperty(process, 'parentPort', { value: utility.parentPort, configurable: true })
})
afterEach(() => {
  Reflect.deleteProperty(process, 'parentPort')
  vi.unstubAllEnvs()
})

describe('a utility process', () => {
  it('starts from its entry with a clean environment', () => {
    vi.stubEnv('NODE_OPTIONS', '--inspect')
    vi.stubEnv('MY_TOKEN', 'secret')
    forkUtility('trainer')
    const [file, args, options] = fakeElectron.utilityProcess.fork.mock.calls[0]!
    expect(file).toMatch(/[/\\]trainer[/\\]index\.ts$/)
    expect(args).toEqual([])
    expect(options).toMatchObject({ serviceName: 'Bindery trainer', stdio: 'pipe', execArgv: [] })
    expect(options.env.PATH).toBe(process.env.PATH)
    expect(options.env).not.toHaveProperty('NODE_OPTIONS')
    expect(options.env).not.toHaveProperty('MY_TOKEN')
  })

  it('talks in both directions, bytes included, and is told once that the line is closed', () => {
    const host = forkUtility('chem-worker')
    const child = createChildChannel<unknown, unknown>()
    const atHost: unknown[] = []
    const atChild: unknown[] = []
    const closed = vi.fn()
    host.onMessage(message => atHost.push(message))
    child.onMessage(message => atChild.push(message))
    child.onDisconnect(closed)
    host.send({ type: 'start', bytes: new Uint8Array([1, 2]) })
    child.send({ type: 'ready' })
    expect(atChild).toEqual([{ type: 'start', bytes: new Uint8Array([1, 2]) }])
    expect(atHost).toEqual([{ type: 'ready' }])

    host.disconnect()
    host.disconnect()
    utility.parentPort.emit('close')
    expect(closed).toHaveBeenCalledTimes(1)
    expect(atChild).toHaveLength(1)
  })

  it('keeps characters whole that a chunk splits', () => {
    const seen: string[] = []
    forkUtility('trainer').onOutput((stream, text) => seen.push(`${stream}:${text}`))
    const bytes = Buffer.from('5 µM')
    utility.stdout.emit('data', bytes.subarray(0, 3))
    utility.stdout.emit('data', bytes.subarray(3))
    utility.stderr.emit('data', Buffer.from('no'))
    expect(seen.join('')).toBe('stdout:5 stdout:µMstderr:no')
  })

  it('tells its end once; then nothing is sent, said or killed any more', () => {
    const host = forkUtility('trainer')
    const exits: unknown[] = []
    host.onExit(exit => exits.push(exit))
    utility.pid = process.pid
    utility.emit('exit', 3)
    utility.emit('exit', 3)
    expect(exits).toEqual([{ code: 3, signal: null }])
    const received = vi.fn()
    utility.parentPort.on('message', received)
    host.send('late')
    host.disconnect()
    host.kill('SIGKILL')
    expect(received).not.toHaveBeenCalled()
  })

  it.runIf(process.platform !== 'win32')('is killed as soon as it is there where it was too early', async () => {
    const victim = spawn('sleep', ['60'])
    const host = forkUtility('trainer')
    host.kill('SIGTERM')
    utility.pid = victim.pid
    utility.emit('spawn')
    expect((await once(victim, 'exit'))[1]).toBe('SIGTERM')
  })

  it.runIf(process.platform !== 'win32')('is killed by pid, and one that is gone already is no error', async () => {
    const victim = spawn('sleep', ['60'])
    const host = forkUtility('trainer')
    host.kill('SIGKILL')
    utility.pid = victim.pid
    expect(host.pid).toBe(victim.pid)
    host.kill('SIGTERM')
    expect((await once(victim, 'exit'))[1]).toBe('SIGTERM')
    host.kill('SIGKILL')
  })
})
