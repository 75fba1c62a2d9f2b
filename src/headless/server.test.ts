import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createFixtureApp, type FixtureApp } from '../core/transport/app.fixture.ts'
import { listPageFiles } from '../core/transport/page-files.ts'
import type { BinderyClient } from '../shared/contract/index.ts'
import type { UploadLimits } from './receive-upload.ts'
import { type HeadlessServer, startHeadlessServer } from './server.ts'

let app: FixtureApp
let folder: string
let server: HeadlessServer
let host: string
let freeBytes = 1e12
let limits: UploadLimits
const errors: unknown[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bindery-page-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html>the page')
  await writeFile(join(folder, 'renderer/assets/index-abc.js'), 'let x')
  await writeFile(join(folder, 'secret.txt'), 'not for the page')
  app = await createFixtureApp()
  freeBytes = 1e12
  limits = { maxBytes: 1_000_000, keepFreeBytes: 1_000, idleMs: 300, freeBytes: async () => freeBytes }
  const files = await listPageFiles(join(folder, 'renderer'))
  server = await startHeadlessServer({ app, files, limits, onError: error => errors.push(error) }, 0)
  host = `127.0.0.1:${server.port}`
})
afterEach(async () => {
  await server.close()
  await app.close()
  await rm(folder, { recursive: true })
  expect(errors.splice(0)).toEqual([])
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

function ask(path: string, options: RequestOptions & { body?: string | Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, path, agent: false, ...options }, async answer => {
      resolve({ status: answer.statusCode!, headers: answer.headers, body: await text(answer) })
    })
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

/** A request exactly as written: Node's client would put the path and the headers in order first. */
function askRaw(lines: readonly string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return text(socket)
}

async function logIn(): Promise<string> {
  const answer = await ask(server.createLink().slice(`http://${host}`.length))
  expect(answer.status).toBe(303)
  return answer.headers['set-cookie']![0]!.split(';')[0]!
}

function openSocket(headers: Record<string, string>, path = '/contract'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://${host}${path}`, { headers })
  return new Promise(resolve => {
    socket.once('open', () => resolve(socket))
    socket.on('error', () => undefined)
    socket.once('unexpected-response', (_request, response) => {
      socket.terminate()
      resolve(response.statusCode!)
    })
  })
}

describe('the link', () => {
  it('is traded once for a cookie and leads to an address without the token', async () => {
    const link = server.createLink()
    const path = link.slice(`http://${host}`.length)
    const first = await ask(path)
    expect(first.headers.location).toBe('/')
    const cookie = first.headers['set-cookie']![0]!
    expect(cookie).toMatch(new RegExp(`^bindery-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
    expect((await ask('/', { headers: { cookie: cookie.split(';')[0] } })).body).toContain('the page')

    const second = await ask(path)
    expect(second.status).toBe(403)
    expect(second.headers['set-cookie']).toBeUndefined()
    expect(second.body).toContain('used already')
  })

  it('opened again by the browser that has used it just opens the page', async () => {
    const path = server.createLink().slice(`http://${host}`.length)
    const cookie = (await ask(path)).headers['set-cookie']![0]!.split(';')[0]!
    const again = await ask(path, { headers: { cookie } })
    expect(again.status).toBe(303)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  it('is not used up by a HEAD request or a guess', async () => {
    const path = server.createLink().slice(`http://${host}`.length)
    expect((await ask(path, { method: 'HEAD' })).status).toBe(401)
    expect((await ask('/open?token=AAAA')).status).toBe(403)
    expect((await ask('/open')).status).toBe(403)
    expect((await ask(path)).status).toBe(303)
  })

  it('clicked on a page of another site leads on from a page of our own', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    const answer = await ask(server.createLink().slice(`http://${host}`.length), { headers })
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']).toHaveLength(1)
    expect(answer.body).toContain('http-equiv="refresh" content="0; url=/"')
  })
})

describe('requests that are refused', () => {
  it.each(['/', '/index.html', '/assets/index-abc.js', '/downloads/x', '/nothing'])(
    '%s without a session',
    async path => {
      const answer = await ask(path)
      expect(answer.status).toBe(401)
      expect(answer.body).not.toContain('the page')
    },
  )

  it('a cookie that is not ours, or of another port', async () => {
    const cookie = await logIn()
    const value = cookie.split('=')[1]!
    expect((await ask('/', { headers: { cookie: `bindery-${server.port}=guess` } })).status).toBe(401)
    expect((await ask('/', { headers: { cookie: `bindery-1=${value}` } })).status).toBe(401)
    expect((await ask('/', { headers: { cookie: `bindery-${server.port}=guess; ${cookie}` } })).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example:8080',
    'localhost:8080@evil.example',
    '0.0.0.0',
    '192.168.1.4',
    '[::2]:80',
  ])('Host %j', async name => {
    const cookie = await logIn()
    const answer = await ask('/', { headers: { host: name, cookie } })
    expect(answer.status).toBe(403)
    expect(answer.body).not.toContain('the page')
  })

  it('no Host, an empty one, two', async () => {
    const cookie = `Cookie: ${await logIn()}`
    expect(await askRaw(['GET / HTTP/1.0', cookie])).toMatch(/^HTTP\/1\.1 400 /)
    expect(await askRaw(['GET / HTTP/1.1', 'Host: ', cookie, 'Connection: close'])).toMatch(/^HTTP\/1\.1 403 /)
    const two = ['GET / HTTP/1.1', 'Host: evil.example', `Host: ${host}`, cookie, 'Connection: close']
    expect(await askRaw(two)).toMatch(/^HTTP\/1\.1 40[03] /)
  })

  it.each(['localhost:9999', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST'])(
    'but not Host %s, as through a tunnel',
    async name => {
      const cookie = await logIn()
      expect((await ask('/', { headers: { host: name, cookie } })).status).toBe(200)
    },
  )

  it.each([
    'http://evil.example',
    'null',
    'https://127.0.0.1',
    'http://localhost:1',
    'http://127.0.0.1',
    'app://bindery',
  ])('Origin %s', async origin => {
    const cookie = await logIn()
    expect((await ask('/', { headers: { origin, cookie } })).status).toBe(403)
    expect((await ask('/uploads?name=a', { method: 'PUT', headers: { origin, cookie }, body: 'x' })).status).toBe(403)
    expect(await openSocket({ origin, cookie })).toBe(403)
    expect(await app.uploaded()).toEqual([])
  })

  it.each(['cross-site', 'same-site'])('a fetch or a frame of a %s page, but not a click on a link', async site => {
    const cookie = await logIn()
    const from = (mode: string, dest: string) =>
      ask('/', { headers: { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } })
    expect((await from('no-cors', 'script')).status).toBe(403)
    expect((await from('navigate', 'iframe')).status).toBe(403)
    expect((await from('navigate', 'document')).status).toBe(200)
  })

  it('methods that nothing answers', async () => {
    const headers = { cookie: await logIn(), origin: `http://${host}` }
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await ask('/', { method, headers })).status).toBe(405)
    }
  })
})

describe('the page', () => {
  it('comes with the policy on every answer, refusals included', async () => {
    const cookie = await logIn()
    for (const answer of [
      await ask('/', { headers: { cookie } }),
      await ask('/'),
      await ask('/', { headers: { host: 'x' } }),
    ]) {
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe-eval')
      expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.toContain('unsafe')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['referrer-policy']).toBe('no-referrer')
      expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin')
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('is asked for again each time, its hashed assets are not', async () => {
    const cookie = await logIn()
    const page = await ask('/', { headers: { cookie } })
    expect(page.headers['cache-control']).toBe('private, no-cache')
    expect((await ask('/', { headers: { cookie, 'if-none-match': page.headers.etag } })).status).toBe(304)
    const asset = await ask('/assets/index-abc.js', { headers: { cookie } })
    expect(asset.headers['cache-control']).toContain('immutable')
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/./../secret.txt',
    '/secret.txt%00.html',
    '/assets',
    'http://127.0.0.1/../secret.txt',
  ])('has no file under %s', async path => {
    const cookie = await logIn()
    const answer = await askRaw([`GET ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, 'Connection: close'])
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).not.toContain('not for the page')
  })
})

describe('the contract', () => {
  it('answers calls, errors and streams over a WebSocket, and stops a stream when the browser goes', async () => {
    const socket = (await openSocket({ cookie: await logIn(), origin: `http://${host}` })) as WebSocket
    const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })
    const client = createORPCClient<BinderyClient>(link)
    expect((await client.system.info()).version).toBe('1.2.3')
    await expect(client.models.get({ id: 'mdl_000000000001' })).rejects.toMatchObject({
      code: 'APP',
      data: { code: 'ERR_3003', message: 'there is no model mdl_000000000001' },
    })
    const events = await client.system.events()
    const seen: string[] = []
    for await (const event of events) {
      if (event.type === 'model.removed') seen.push(event.id)
      if (seen.length === 3) break
    }
    expect(seen).toEqual(['mdl_000000000000', 'mdl_000000000001', 'mdl_000000000002'])

    await (await client.system.events()).next()
    expect(app.openStreams).toBeGreaterThan(0)
    socket.terminate()
    await expect.poll(() => app.openStreams).toBe(0)
  })

  it('is refused without a cookie, without an Origin, to another name, and elsewhere', async () => {
    const cookie = await logIn()
    const origin = `http://${host}`
    expect(await openSocket({ origin })).toBe(401)
    expect(await openSocket({ cookie })).toBe(403)
    expect(await openSocket({ cookie, origin: 'http://evil.example', host: 'evil.example' })).toBe(403)
    expect(await openSocket({ cookie, origin, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await openSocket({ cookie, origin }, '/other')).toBe(404)
  })
})

describe('uploads', () => {
  const put = async (body: string | Buffer, headers: Record<string, string> = {}, name = 'a.csv') =>
    ask(`/uploads?name=${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { cookie: await logIn(), origin: `http://${host}`, ...headers },
      body,
    })

  it('stream into the workspace and answer with an id', async () => {
    const answer = await put(Buffer.alloc(900_000, 'x'), {}, '../Ki Übersicht.csv')
    expect(answer.status).toBe(200)
    const { id } = JSON.parse(answer.body)
    expect(id).toMatch(/^up_[0-9a-z]{12}$/)
    expect((await app.uploaded()).sort()).toEqual([`${id}.data`, `${id}.json`])
  })

  it('need a session and a name', async () => {
    const origin = `http://${host}`
    expect((await ask('/uploads?name=a', { method: 'PUT', headers: { origin }, body: 'x' })).status).toBe(401)
    const nameless = await put('x', {}, '')
    expect(nameless.status).toBe(400)
    expect(JSON.parse(nameless.body).error.code).toBe('ERR_2001')
    expect(await app.uploaded()).toEqual([])
  })

  it('are refused before the body where the length says that they are too large', async () => {
    const cookie = await logIn()
    const head = [`PUT /uploads?name=a HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, `Origin: http://${host}`]
    const answer = await askRaw([...head, 'Content-Length: 1000001'])
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"ERR_2004"')
    expect(await app.uploaded()).toEqual([])
  })

  it('are cut off where they turn out too large', async () => {
    const answer = await put(Buffer.alloc(1_000_001), { 'transfer-encoding': 'chunked' })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body).error).toMatchObject({ code: 'ERR_2004', details: { limitBytes: 1_000_000 } })
    expect(await app.uploaded()).toEqual([])
  })

  it('never fill the disk', async () => {
    freeBytes = 51_000
    expect(JSON.parse((await put(Buffer.alloc(50_001))).body).error.code).toBe('ERR_5002')
    const chunked = await put(Buffer.alloc(50_001), { 'transfer-encoding': 'chunked' })
    expect(chunked.status).toBe(507)
    expect(JSON.parse(chunked.body).error.code).toBe('ERR_5002')
    expect((await put(Buffer.alloc(50_000))).status).toBe(200)
    expect((await app.uploaded()).length).toBe(2)
  })

  it('leave nothing when the browser goes away or stalls in the middle', async () => {
    const cookie = await logIn()
    const head = [`PUT /uploads?name=a HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, `Origin: http://${host}`]
    for (const ends of ['by closing', 'by stalling']) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(`${[...head, 'Content-Length: 500000'].join('\r\n')}\r\n\r\n${'x'.repeat(100_000)}`)
      await expect.poll(() => app.uploaded()).toHaveLength(1)
      if (ends === 'by closing') socket.destroy()
      await expect.poll(() => app.uploaded(), { timeout: 5_000 }).toEqual([])
      socket.destroy()
    }
  })

  it('wait in the client while the disk is slower than the network', async () => {
    const bytes = 64 * 1024 * 1024
    limits.maxBytes = bytes
    limits.idleMs = 5_000
    const gate = Promise.withResolvers<void>()
    const { receive } = app.uploads
    app.uploads.receive = async (body, name, limit) => {
      await gate.promise
      return receive(body, name, limit)
    }
    const cookie = await logIn()
    const head = [`PUT /uploads?name=a HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, `Origin: http://${host}`]
    const socket = connect(server.port, '127.0.0.1')
    const answered = text(socket)
    socket.write(`${[...head, `Content-Length: ${bytes}`, 'Connection: close'].join('\r\n')}\r\n\r\n`)
    for (let sent = 0; sent < bytes; sent += 1024 * 1024) socket.write(Buffer.alloc(1024 * 1024))
    await delay(300)
    // The buffers of the system hold a few MiB of the 64; the rest has not left.
    expect(socket.writableLength).toBeGreaterThan(bytes / 2)
    gate.resolve()
    expect(await answered).toMatch(/^HTTP\/1\.1 200 /)
    expect(socket.writableLength).toBe(0)
  })
})

describe('downloads', () => {
  it('stream once for a ticket, as an attachment', async () => {
    const cookie = await logIn()
    const ticket = await app.ticketFor("Ki 'Übersicht'.csv", ['a,b\n', '1,2\n'])
    const answer = await ask(`/downloads/${ticket}`, { headers: { cookie } })
    expect(answer.body).toBe('a,b\n1,2\n')
    expect(answer.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Ki%20%27%C3%9Cbersicht%27.csv")
    const again = await ask(`/downloads/${ticket}`, { headers: { cookie } })
    expect(again.status).toBe(404)
    expect(JSON.parse(again.body).error.code).toBe('ERR_3004')
  })
})
