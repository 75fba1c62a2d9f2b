import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createChildChannel } from './child-channel.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-channel-'))
afterAll(() => rmSync(folder, { recursive: true }))

const modulePath = fileURLToPath(new URL('./child-channel.ts', import.meta.url))

function forkScript(name: string, code: string) {
  const file = path.join(folder, `${name}.ts`)
  writeFileSync(file, `import { createChildChannel, DISCONNECT } from ${JSON.stringify(modulePath)}\n${code}`)
  const child = fork(file, { serialization: 'advanced', execArgv: [] })
  return { child, exited: new Promise<number | null>(resolve => child.once('exit', resolve)) }
}

describe('createChildChannel', () => {
  it('carries bytes both ways under Node and tells the end of the host', async () => {
    const { child, exited } = forkScript(
      'echo',
      `const channel = createChildChannel()
       channel.onMessage(bytes => channel.send(bytes.map(byte => byte + 1)))
       channel.onDisconnect(() => { channel.send('into the void'); process.exit(42) })`,
    )
    child.send(Uint8Array.of(1, 2, 250))
    const answer = await new Promise(resolve => child.once('message', resolve))
    expect(answer).toEqual(Uint8Array.of(2, 3, 251))
    child.disconnect()
    expect(await exited).toBe(42)
  })

  it('lets a process end in its own time that speaks while the line is being closed', async () => {
    const { child, exited } = forkScript(
      'late',
      `const channel = createChildChannel()
       channel.onMessage(() => {
         // Busy: the end of the line is not heard before the next words are said.
         const until = performance.now() + 300
         while (performance.now() < until);
         for (let i = 0; i < 20; i++) channel.send('is anybody there?')
       })
       channel.onDisconnect(() => setTimeout(() => process.exit(42), 100))
       channel.send('ready')`,
    )
    await new Promise(resolve => child.once('message', resolve))
    child.send('go')
    await new Promise(resolve => setTimeout(resolve, 100))
    child.disconnect()
    expect(await exited).toBe(42)
  })

  it.each([
    ['the host asks it to end', 'port.emit("message", { data: DISCONNECT })'],
    ['the port closes', 'port.emit("close")'],
    ['both happen', 'port.emit("message", { data: DISCONNECT }); port.emit("close")'],
  ])('uses Electron’s port where there is one and is told once that %s', async (_, end) => {
    const { child, exited } = forkScript(
      'electron',
      `import { EventEmitter } from 'node:events'
       const port = Object.assign(new EventEmitter(), { postMessage: message => process.send(['posted', message]) })
       process.parentPort = port
       const channel = createChildChannel()
       let ends = 0
       channel.onMessage(message => channel.send(message + 1))
       channel.onDisconnect(() => { ends++ })
       port.emit('message', { data: 7 })
       process.once('message', () => { ${end}; process.exit(40 + ends) })`,
    )
    expect(await new Promise(resolve => child.once('message', resolve))).toEqual(['posted', 8])
    child.send('end')
    expect(await exited).toBe(41)
  })

  it('says that the program does nothing on its own', () => {
    const { send } = process
    try {
      delete process.send
      expect(() => createChildChannel()).toThrow('started by Bindery')
    } finally {
      if (send) process.send = send
    }
  })
})
