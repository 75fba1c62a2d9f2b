import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { PageFiles } from '../core/transport/page-files.ts'

/** `false` where the path is no file of the page. */
export async function answerPageFile(
  files: PageFiles,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const found = files.get((request.url ?? '').split('?', 1)[0]!)
  if (found === undefined) return false
  // Names under assets/ carry a hash of their content; everything else is asked for again each time.
  const immutable = request.url?.startsWith('/assets/') === true
  const headers = {
    'content-type': found.contentType,
    'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    etag: found.etag,
  }
  if (request.headers['if-none-match'] === found.etag) {
    response.writeHead(304, headers).end()
    return true
  }
  response.writeHead(200, { ...headers, 'content-length': found.sizeBytes })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(found.file), response)
  return true
}
