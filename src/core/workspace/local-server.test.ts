import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFixtureApp, type FixtureApp } from '../transport/app.fixture.ts'
import { connectToOwner, type OwnerConnection } from './local-client.ts'
import { type LocalServer, startLocalServer } from './local-server.ts'
import { createSocketPath } from './socket-path.ts'

let app: FixtureApp
let socket: string
let server: LocalServer
const open: OwnerConnection[] = []

beforeEach(async () => {
  app = await createFixtureApp()
  socket = createSocketPath(app.uploadFolder)
  server = await startLocalServer({ app, socketPath: socket, secret: 'right', createLink: () => 'http://link' })
})
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await server.close()
  await app.close()
})

async function enter(): Promise<OwnerConnection> {
  const connection = await connectToOwner({ socket, secret: 'right' })
  open.push(connection)
  return connection
}

describe('the local socket', () => {
  it('is for the user alone', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600)
  })

  it('carries calls, errors and streams', async () => {
    const { client } = await enter()
    expect((await client.system.info()).version).toBe('1.2.3')
    await expect(client.models.get({ id: 'mdl_000000000001' })).rejects.toMatchObject({
      code: 'APP',
      data: { code: 'ERR_3003' },
    })
    const seen: unknown[] = []
    for await (const event of await client.system.events()) {
      seen.push(event)
      if (seen.length === 2) break
    }
    expect(seen).toHaveLength(2)
    await expect.poll(() => app.openStreams).toBe(0)
  })

  it('registers files by path and hands out downloads and links', async () => {
    const connection = await enter()
    const file = join(app.uploadFolder, '..', 'assay.csv')
    writeFileSync(file, 'smiles,y\n')
    const id = await connection.registerFile(file, 'assay.csv')
    expect(await app.uploads.get(id)).toMatchObject({ path: file, fileName: 'assay.csv', owned: false, sizeBytes: 9 })
    const ticket = await app.ticketFor('r.csv', ['a', 'b'])
    expect(await text(await connection.openDownload(ticket))).toBe('ab')
    expect(await connection.createLink()).toBe('http://link')
  })

  it('passes failures on as what they are', async () => {
    const connection = await enter()
    await expect(connection.registerFile('/does/not/exist.csv', 'exist.csv')).rejects.toMatchObject({
      code: 'ERR_3004',
    })
    await expect(connection.registerFile('relative.csv', 'a')).rejects.toMatchObject({ code: 'ERR_2001' })
    await expect(connection.openDownload('guess')).rejects.toMatchObject({ code: 'ERR_3004' })
  })

  it('refuses a wrong secret for calls and for files', async () => {
    await expect(connectToOwner({ socket, secret: 'wrong' })).rejects.toThrow('401')
    expect(server.connections).toBe(0)
  })

  it('survives a stranger who leaves before the answer', async () => {
    for (let i = 0; i < 20; i++) {
      const stranger = createConnection(socket)
      await once(stranger, 'connect')
      stranger.write('GET /contract HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      stranger.destroy()
    }
    await delay(50)
    expect((await (await enter()).client.system.info()).version).toBe('1.2.3')
  })

  it('lets nobody in any more once it has stopped listening, and keeps who is there', async () => {
    const connection = await enter()
    server.stopListening()
    await expect(connectToOwner({ socket, secret: 'right' })).rejects.toThrow(/ENOENT|ECONNREFUSED/)
    expect((await connection.client.system.info()).version).toBe('1.2.3')
  })

  it('knows when the last process has gone', async () => {
    const [first, second] = [await enter(), await enter()]
    expect(server.connections).toBe(2)
    let drained = false
    const waiting = server.drained().then(() => {
      drained = true
    })
    first.close()
    await first.closed
    await delay(20)
    expect(drained).toBe(false)
    second.close()
    await waiting
    expect(server.connections).toBe(0)
    await server.drained()
  })

  it('tells its clients when the owner ends', async () => {
    const connection = await enter()
    const call = (await connection.client.system.events()).next().then(() => delay(60_000))
    void call
    await server.close()
    await connection.closed
    await expect(connection.client.system.info()).rejects.toThrow()
  })
})
