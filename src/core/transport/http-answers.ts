/** Small answers over HTTP, shared by the listener on 127.0.0.1 and the local socket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AppError, ERROR_CODES, type ErrorBody, toErrorBody } from '../../shared/errors.ts'
import type { HostedApp } from './hosted-app.ts'

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
}

/** `{error: {code, message, ...}}` with the status of the code. */
export function answerError(response: ServerResponse, error: unknown): void {
  const body: ErrorBody = toErrorBody(error)
  if (response.headersSent) response.destroy()
  else answerJson(response, ERROR_CODES[body.code].status, { error: body })
}

const MAX_JSON_BYTES = 64 * 1024

/** The JSON body of a small request; ERR_2004 above 64 KiB, ERR_2001 where it is no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_JSON_BYTES) throw new AppError('ERR_2004', `request body: expected at most ${MAX_JSON_BYTES} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new AppError('ERR_2001', `request body: expected JSON (${(error as Error).message})`, { cause: error })
  }
}

/** Streams a prepared download as an attachment. A stream that breaks cuts the answer off, so that it cannot look whole. */
export async function answerDownload(response: ServerResponse, app: HostedApp, ticket: string): Promise<void> {
  const download = await app.downloads.open(ticket)
  response.writeHead(200, {
    'content-type': download.contentType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(download.fileName)}`,
    'cache-control': 'no-store',
  })
  await pipeline(download.stream, response)
}

/** The `ext-value` of RFC 8187; `encodeURIComponent` leaves four characters that it does not allow. */
export function encodeFileName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
