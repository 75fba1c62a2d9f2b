/**
 * The files of the page. They are listed once, when the host starts, and a request is looked up in that list: a path that
 * was not found on disk then, whatever its dots, escapes and separators say, cannot name a file.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../shared/errors.ts'
import { contentTypeOf } from '../shared/page-policy.ts'

export interface PageFile {
  file: string
  contentType: string
  etag: string
  sizeBytes: number
}
export type PageFiles = ReadonlyMap<string, PageFile>

/** By URL path; `/` is index.html. ERR_1002 where the page was not built. */
export async function listPageFiles(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>()
  for (const entry of await readFolder(folder)) {
    const contentType = contentTypeOf(extname(entry.name).toLowerCase())
    if (!entry.isFile() || contentType === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const content = await readFile(file)
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
    files.set(`/${relative(folder, file).split(sep).join('/')}`, { file, contentType, etag, sizeBytes: content.length })
  }
  const index = files.get('/index.html')
  if (index === undefined) throw notBuilt(folder)
  files.set('/', index)
  return files
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notBuilt(folder)
    throw error
  }
}

const notBuilt = (folder: string) =>
  new AppError('ERR_1002', `there is no page in ${folder}: run "npm run build" first`)

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
