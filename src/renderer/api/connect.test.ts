import { describe, expect, it } from 'vitest'
import { ConnectionLostError, type ConnectionState, createConnection, type Line } from './connect.ts'

interface FakeLine {
  line: Line
  close(): void
}

function fakeLine(answer: (path: readonly string[]) => Promise<unknown>): FakeLine {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { line: { link: { call: answer }, closed: promise }, close: resolve }
}

const soon = () => new Promise(resolve => setTimeout(resolve, 0))

describe('createConnection', () => {
  it('holds calls back until the first line is open', async () => {
    const { promise, resolve } = Promise.withResolvers<Line>()
    const connection = createConnection(() => promise)
    connection.start()
    const call = connection.client.datasets.list()
    resolve(fakeLine(async path => path).line)
    expect(await call).toEqual(['datasets', 'list'])
  })

  it('reports the loss, fails calls at once, comes back by itself and waits longer each time', async () => {
    const lines = [fakeLine(async () => 'first'), null, null, fakeLine(async () => 'second')]
    const open = lines.filter(line => line !== null)
    const waits: number[] = []
    const states: ConnectionState[] = []
    const held: (() => void)[] = []
    const connection = createConnection(
      async () => {
        const next = lines.shift()
        if (next) return next.line
        throw new Error('refused')
      },
      ms => {
        waits.push(ms)
        return new Promise(resolve => held.push(resolve))
      },
    )
    connection.onState(state => states.push(state))
    connection.start()
    expect(await connection.client.system.info()).toBe('first')

    open[0]?.close()
    await soon()
    await expect(connection.client.system.info()).rejects.toBeInstanceOf(ConnectionLostError)
    for (let attempt = 0; attempt < 3; attempt++) {
      held.shift()?.()
      await soon()
    }
    expect(await connection.client.system.info()).toBe('second')
    expect(waits).toEqual([250, 500, 1000])
    expect(states).toEqual(['open', 'lost', 'lost', 'lost', 'open'])
  })

  it('turns a call cut off in the middle into a lost connection, and leaves other failures as they are', async () => {
    const hanging = Promise.withResolvers<unknown>()
    const { line, close } = fakeLine(path => (path[1] === 'info' ? hanging.promise : Promise.reject(new Error('no'))))
    const connection = createConnection(
      async () => line,
      () => new Promise(() => {}),
    )
    connection.start()
    await expect(connection.client.system.settings()).rejects.toThrow('no')
    const cutOff = connection.client.system.info()
    const outcome = expect(cutOff).rejects.toBeInstanceOf(ConnectionLostError)
    close()
    await soon()
    hanging.reject(new Error('peer closed'))
    await outcome
  })
})
