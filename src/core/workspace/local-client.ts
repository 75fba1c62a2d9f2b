/** Reaches the owner of a workspace from another process, over its local socket. */
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { errorBodySchema } from '../../shared/contract/common.ts'
import type { BinderyClient } from '../../shared/contract/index.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import type { Connection } from './connection.ts'
import type { OwnerInfo } from './ownership.ts'

export interface OwnerConnection extends Connection {
  /** A new one-time link to the owner's page; `null` where it has no page. */
  createLink(): Promise<string | null>
  /** Resolves when the connection is gone, by `close` or because the owner is. */
  readonly closed: Promise<void>
  close(): void
}

/** Rejects where the owner does not answer: it may just have ended. */
export async function connectToOwner(owner: Pick<OwnerInfo, 'socket' | 'secret'>): Promise<OwnerConnection> {
  const headers = { authorization: `Bearer ${owner.secret}` }
  const webSocket = new WebSocket('ws://localhost/contract', {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: 5_000,
    createConnection: () => connect(owner.socket),
  })
  const closed = new Promise<void>(resolve => webSocket.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    webSocket.once('open', resolve)
    webSocket.once('error', reject)
  })
  webSocket.on('error', () => webSocket.terminate())
  const link = new RPCLink({ websocket: webSocket as unknown as globalThis.WebSocket })

  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await send(owner.socket, { path, headers, body: JSON.stringify(body) })
    return JSON.parse(await text(answer))
  }
  return {
    client: createORPCClient<BinderyClient>(link),
    registerFile: async (path, fileName) =>
      z.object({ id: z.string() }).parse(await post('/files', { path, fileName })).id,
    openDownload: ticket => send(owner.socket, { path: `/downloads/${ticket}`, headers }),
    createLink: async () => z.object({ url: z.string().nullable() }).parse(await post('/links', {})).url,
    closed,
    close: () => webSocket.close(),
  }
}

/** Sends a request (`POST` where it has a body) and rejects with the `AppError` of an answer that carries one. */
async function send(
  socketPath: string,
  { path, headers, body }: { path: string; headers: Record<string, string>; body?: string },
): Promise<IncomingMessage> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({ socketPath, path, headers, method: body === undefined ? 'GET' : 'POST', agent: false })
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
    outgoing.end(body)
  })
  if (answer.statusCode === 200) return answer
  const parsed = z.object({ error: errorBodySchema }).safeParse(JSON.parse((await text(answer)) || 'null'))
  if (!parsed.success) throw new Error(`the owner of the workspace answered ${answer.statusCode} to ${path}`)
  throw AppError.fromBody(parsed.data.error as ErrorBody)
}
