/**
 * The files of the page. They are listed once, when a host starts, and a request is looked up in that list: a path that was
 * not found on disk then, whatever its dots, escapes and separators say, cannot name a file.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { contentTypeOf } from '../../shared/page-policy.ts'

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
  for (const path of await walk(folder, '')) {
    const contentType = contentTypeOf(extname(path).toLowerCase())
    if (contentType === undefined) continue
    const file = join(folder, path)
    const content = await readFile(file)
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
    files.set(path, { file, contentType, etag, sizeBytes: content.length })
  }
  const index = files.get('/index.html')
  if (index === undefined) throw new AppError('ERR_1002', `there is no page in ${folder}: run "npm run build" first`)
  files.set('/', index)
  return files
}

/** Paths below the folder, each with a slash in front. By hand: inside an archive of Electron `recursive` is not to be relied on. */
async function walk(folder: string, prefix: string): Promise<string[]> {
  const paths: string[] = []
  for (const entry of await entriesOf(join(folder, prefix))) {
    const path = `${prefix}/${entry.name}`
    if (entry.isDirectory()) paths.push(...(await walk(folder, path)))
    else if (entry.isFile()) paths.push(path)
  }
  return paths
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
