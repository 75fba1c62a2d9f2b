/**
 * Files that were handed over and are not yet imported. One that lies on this machine is registered where it is and never
 * touched; one that is streamed in becomes a copy in the workspace that goes when it is released. A small record beside the
 * copies lets a queued import find its file after a restart.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { writeFileAtomic } from '../../node/atomic-write.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreReader } from '../store/handles.ts'
import { newId } from '../store/new-id.ts'

const uploadSchema = z.strictObject({
  id: z.string(),
  path: z.string(),
  fileName: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** The file is our copy and goes with the upload. */
  owned: z.boolean(),
})
export type Upload = z.infer<typeof uploadSchema> & {
  /** Where the tables of an archive go; removed with the upload. */
  unpackFolder: string
}

export interface UploadService {
  /** An existing file by path; it stays where it is. ERR_3004 where it cannot be found, ERR_2005 where it is no file. */
  register(filePath: string, fileName: string): Promise<string>
  /** Bytes into the workspace; ERR_2004 and nothing left behind beyond `limitBytes`. */
  receive(bytes: AsyncIterable<Uint8Array>, fileName: string, limitBytes: number): Promise<string>
  /** ERR_3005 where there is none. */
  get(id: string): Promise<Upload>
  /** Forgets it and removes our copy. Unknown ids are fine. */
  release(id: string): Promise<void>
  /** What was unpacked of an archive; it is unpacked again where it is wanted again. */
  removeUnpacked(id: string): Promise<void>
  /** Removes everything that no id in `keep` needs: leftovers of an earlier process. */
  sweep(keep: ReadonlySet<string>): Promise<void>
}

export async function openUploads(folder: string): Promise<UploadService> {
  await mkdir(folder, { recursive: true })
  const recordFile = (id: string): string => path.join(folder, `${id}.json`)
  const copyFile = (id: string): string => path.join(folder, `${id}.data`)
  const unpackFolder = (id: string): string => path.join(folder, `${id}.unpacked`)

  async function record(upload: z.infer<typeof uploadSchema>): Promise<string> {
    await writeFileAtomic(recordFile(upload.id), JSON.stringify(upload))
    return upload.id
  }

  async function removeUnpacked(id: string): Promise<void> {
    for (const left of [unpackFolder(id), `${unpackFolder(id)}.part`]) await rm(left, { force: true, recursive: true })
  }

  return {
    register: async (filePath, fileName) => {
      const absolute = path.resolve(filePath)
      const sizeBytes = await sizeOfFile(absolute, fileName)
      return record({ id: newId('up'), path: absolute, fileName: safeName(fileName), sizeBytes, owned: false })
    },
    receive: async (bytes, fileName, limitBytes) => {
      const id = newId('up')
      const part = `${copyFile(id)}.part`
      try {
        const sizeBytes = await writeLimited(bytes, part, limitBytes)
        await rename(part, copyFile(id))
        return await record({ id, path: copyFile(id), fileName: safeName(fileName), sizeBytes, owned: true })
      } catch (error) {
        await rm(part, { force: true })
        await rm(copyFile(id), { force: true })
        throw error
      }
    },
    get: async id => {
      try {
        const upload = uploadSchema.parse(JSON.parse(await readFile(recordFile(id), 'utf8')))
        return { ...upload, unpackFolder: unpackFolder(id) }
      } catch (error) {
        if (!isMissing(error)) throw error
        throw new AppError('ERR_3005', `there is no upload ${id}; it may have been imported already`)
      }
    },
    release: async id => {
      await rm(recordFile(id), { force: true })
      await rm(copyFile(id), { force: true })
      await removeUnpacked(id)
    },
    removeUnpacked,
    sweep: async keep => {
      for (const name of await readdir(folder)) {
        if (!keep.has(name.split('.')[0]!)) await rm(path.join(folder, name), { force: true, recursive: true })
      }
    },
  }
}

/** The uploads that jobs in the store still need; an import that was cut short can be begun anew. */
export function awaitedUploads(store: StoreReader): Set<string> {
  const rows = store.all<{ upload: string | null }>(
    `SELECT json_extract(request, '$.uploadId') AS upload FROM jobs
     WHERE state NOT IN ('completed', 'failed', 'cancelled', 'interrupted')
       -- These are begun anew, or gone on with, from the same file.
       OR (kind = 'import' AND state = 'interrupted')
       OR (kind = 'predict' AND state IN ('failed', 'interrupted') AND has_checkpoint = 1)`,
  )
  return new Set(rows.map(row => row.upload).filter(upload => upload !== null))
}

async function sizeOfFile(file: string, fileName: string): Promise<number> {
  try {
    const found = await stat(file)
    if (!found.isFile()) throw new AppError('ERR_2005', `${fileName} is not a file`)
    return found.size
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new AppError('ERR_3004', `there is no file ${fileName}`, { details: { path: file } })
  }
}

async function writeLimited(bytes: AsyncIterable<Uint8Array>, file: string, limitBytes: number): Promise<number> {
  let written = 0
  const meter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      written += chunk.byteLength
      if (written <= limitBytes) done(null, chunk)
      else done(new AppError('ERR_2004', `the file is larger than ${limitBytes} bytes`, { details: { limitBytes } }))
    },
  })
  await pipeline(bytes, meter, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  return written
}

/** The last part of a name as any system writes paths, without control characters. */
function safeName(fileName: string): string {
  const last = fileName.split(/[\\/]/).at(-1) ?? ''
  return (
    last
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 255) || 'upload'
  )
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT'
}
