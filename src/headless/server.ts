/** The headless host: the page, the contract over a WebSocket, uploads and downloads, on 127.0.0.1. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { createContractServer, MAX_MESSAGE_BYTES } from '../core/transport/contract-socket.ts'
import type { HostedApp } from '../core/transport/hosted-app.ts'
import { answerDownload, answerError } from '../core/transport/http-answers.ts'
import type { PageFiles } from '../core/transport/page-files.ts'
import { AppError } from '../shared/errors.ts'
import { PAGE_HEADERS } from '../shared/page-policy.ts'
import { answerPageFile } from './answer-page-file.ts'
import { answerMessage, answerOpened } from './messages.ts'
import { receiveUpload, type UploadLimits } from './receive-upload.ts'
import { refuseRequest } from './request-guard.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface HeadlessServerOptions {
  app: HostedApp
  files: PageFiles
  limits: UploadLimits
  /** An unexpected failure of one request; the client is told ERR_1001. */
  onError: (error: unknown) => void
}

export interface HeadlessServer {
  port: number
  /** A new link that opens the page once. */
  createLink(): string
  close(): Promise<void>
}

/** Listens on 127.0.0.1; `port` 0 takes a free one. ERR_4002 where the port is taken. */
export async function startHeadlessServer(options: HeadlessServerOptions, port: number): Promise<HeadlessServer> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 0 })
  const actualPort = await listen(server, port)
  const sessions = createSessions(actualPort)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  const serve = createContractServer(options.app.router)

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value)
    answer(request, response, { ...options, sessions }).catch((error: unknown) => {
      if (!(error instanceof AppError) && !response.destroyed) options.onError(error)
      abandon(request, response, error)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const refused = refuseUpgrade(request, sessions)
    if (refused !== null) refuseSocket(socket, refused)
    else sockets.handleUpgrade(request, socket, head, serve)
  })
  return {
    port: actualPort,
    createLink: () => `http://127.0.0.1:${actualPort}/open?token=${sessions.createToken()}`,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: HeadlessServerOptions & { sessions: Sessions },
): Promise<void> {
  const refused = refuseRequest(request)
  if (refused !== null) return answerMessage(response, refused.status, `Refused: ${refused.reason}.`)

  const { method } = request
  const [path] = (request.url ?? '/').split('?', 1) as [string]
  const isOpen = context.sessions.isOpen(request.headers.cookie)
  if (method === 'GET' && path === '/open') return openLink(request, response, { isOpen, sessions: context.sessions })
  if (!isOpen) {
    return answerMessage(
      response,
      401,
      'This page needs the link that "bindery serve" prints. Run it again for a new one.',
    )
  }
  if (method === 'PUT' && path === '/uploads') return receiveUpload(request, response, context)
  if (method !== 'GET' && method !== 'HEAD') return answerMessage(response, 405, `${method} is not answered here.`)
  if (method === 'GET' && path.startsWith('/downloads/')) {
    return answerDownload(response, context.app, path.slice('/downloads/'.length))
  }
  if (await answerPageFile(context.files, request, response)) return
  answerMessage(response, 404, 'There is no such page.')
}

/** Trades the token of the link for a session. A link that is opened again in the same browser just opens the page. */
function openLink(
  request: IncomingMessage,
  response: ServerResponse,
  { isOpen, sessions }: { isOpen: boolean; sessions: Sessions },
): void {
  if (!isOpen) {
    const token = new URL(request.url ?? '', 'http://localhost').searchParams.get('token') ?? ''
    const session = sessions.redeem(token)
    if (session === null) {
      answerMessage(response, 403, 'This link was used already or is too old. Run "bindery serve" again for a new one.')
      return
    }
    response.setHeader('set-cookie', sessions.cookie(session))
  }
  answerOpened(request, response)
}

function refuseUpgrade(request: IncomingMessage, sessions: Sessions): number | null {
  if (request.url !== '/contract') return 404
  const refused = refuseRequest(request, true)
  if (refused !== null) return refused.status
  return sessions.isOpen(request.headers.cookie) ? null : 401
}

function refuseSocket(socket: Duplex, status: number): void {
  // A client that resets the connection it was just refused is no event of ours.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Answers a failure; where the client is still sending a body, it is told to stop and the rest is not read. */
function abandon(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!request.complete && !response.headersSent) {
    response.setHeader('connection', 'close')
    response.once('finish', () => request.destroy())
  }
  answerError(response, error)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') reject(error)
      else reject(new AppError('ERR_4002', `port ${port} is in use: choose another with --port`, { path: 'port' }))
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
