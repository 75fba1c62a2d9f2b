/**
 * Serves the owner of a workspace to other processes of the same user: the contract over a WebSocket, files by path, and
 * downloads. Who may connect is decided by the file system (a socket that only the user can open) and, where that is
 * weaker, by a secret that stands in a file only the user can read.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isAbsolute } from 'node:path'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { createContractServer, MAX_MESSAGE_BYTES } from '../transport/contract-socket.ts'
import type { HostedApp } from '../transport/hosted-app.ts'
import { answerDownload, answerError, answerJson, readJson } from '../transport/http-answers.ts'

export interface LocalServerOptions {
  app: HostedApp
  socketPath: string
  secret: string
  /** A new one-time link to the page of this host; absent where the host has none. */
  createLink?: (() => string | null) | undefined
}

export interface LocalServer {
  /** Processes connected now. */
  readonly connections: number
  /** Resolves when nobody is connected. */
  drained(): Promise<void>
  /** Nobody new comes in; who is connected stays. */
  stopListening(): void
  close(): Promise<void>
}

const fileRequestSchema = z.strictObject({
  path: z.string().refine(isAbsolute, 'expected an absolute path'),
  fileName: z.string().min(1).max(255),
})

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const serve = createContractServer(options.app.router)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  let onEmpty: (() => void)[] = []

  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => answerError(response, error))
  })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/contract' || !isAuthorised(request, options.secret)) {
      // Node has taken its own listener off: a client that leaves before it hears this would end the process.
      socket.on('error', () => socket.destroy())
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, webSocket => {
      webSocket.on('close', () => {
        if (sockets.clients.size > 0) return
        for (const resolve of onEmpty) resolve()
        onEmpty = []
      })
      serve(webSocket)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.socketPath, resolve)
  })
  if (process.platform !== 'win32') chmodSync(options.socketPath, 0o600)

  return {
    get connections() {
      return sockets.clients.size
    },
    drained: () =>
      sockets.clients.size === 0 ? Promise.resolve() : new Promise<void>(resolve => onEmpty.push(resolve)),
    stopListening: () => void server.close(),
    close: () =>
      new Promise<void>(resolve => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, options: LocalServerOptions): Promise<void> {
  if (!isAuthorised(request, options.secret)) {
    response.writeHead(401).end()
    return
  }
  const route = `${request.method} ${request.url}`
  if (route === 'POST /files') {
    const parsed = fileRequestSchema.safeParse(await readJson(request))
    if (!parsed.success) throw new AppError('ERR_2001', z.prettifyError(parsed.error))
    answerJson(response, 200, { id: await options.app.uploads.register(parsed.data.path, parsed.data.fileName) })
  } else if (route === 'POST /links') {
    answerJson(response, 200, { url: options.createLink?.() ?? null })
  } else if (route.startsWith('GET /downloads/')) {
    await answerDownload(response, options.app, route.slice('GET /downloads/'.length))
  } else {
    throw new AppError('ERR_3004', `${route}: nothing answers here`)
  }
}

function isAuthorised(request: IncomingMessage, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${secret}`))
}
