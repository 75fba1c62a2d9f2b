/** TAR archives, plain or in gzip: one stream, each entry checked when its header is reached. */
import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Extract, extract, type Header } from 'tar-stream'
import { AppError } from '../../../shared/errors.ts'
import { type ArchiveLimits, archiveError } from './archive-limits.ts'
import { UnpackMeter } from './byte-meter.ts'
import { EntryNames } from './entry-names.ts'

export interface TarOptions {
  limits: ArchiveLimits
  budget: { bytes: number; isDisk: boolean }
  isGzip: boolean
  /** Takes a file's bytes to their end. */
  onFile: (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>
}

/** Throws archive errors; what `onFile` has taken before is the caller's to remove. */
export async function readTar(file: string, options: TarOptions): Promise<void> {
  const { limits, budget } = options
  const names = new EntryNames(limits)
  const meter = new UnpackMeter(limits, budget)
  const tar = extract()
  const close = feed(file, options, tar)
  try {
    for await (const entry of tar) {
      const { header } = entry
      const kind = kindOf(header)
      const name = names.add(header.name, kind)
      meter.checkSize(header.name, header.size ?? 0, Infinity)
      meter.checkTotal(meter.total + (header.size ?? 0))
      // Entries of a gzip stream have no packed size of their own: the stream as a whole is guarded.
      const stage = meter.entry(header.name, () => Infinity)
      entry.on('error', error => stage.destroy(error))
      entry.pipe(stage)
      if (kind === 'file') await options.onFile(name, stage)
      else stage.resume()
    }
  } catch (error) {
    throw toArchiveError(error)
  } finally {
    tar.destroy()
    close()
  }
}

/** One packed file; its name is that of the archive. */
export async function readGzip(file: string, options: Omit<TarOptions, 'isGzip'>, name: string): Promise<void> {
  const gunzip = createGunzip()
  const meter = new UnpackMeter(options.limits, options.budget)
  const stage = meter.entry(name, () => gunzip.bytesWritten)
  const source = createReadStream(file)
  source.on('error', error => stage.destroy(error))
  gunzip.on('error', error => stage.destroy(error))
  try {
    await options.onFile(name, source.pipe(gunzip).pipe(stage))
  } catch (error) {
    throw toArchiveError(error)
  } finally {
    for (const stream of [source, gunzip, stage]) stream.destroy()
  }
}

/** Streams the file into `tar`; answers how to stop. */
function feed(file: string, { isGzip, limits }: TarOptions, tar: Extract): () => void {
  const source = createReadStream(file)
  const fail = (error: Error): void => tar.destroy(error)
  source.on('error', fail)
  if (!isGzip) {
    source.pipe(tar)
    return () => source.destroy()
  }
  const gunzip = createGunzip()
  const guard = ratioGuard(limits, () => gunzip.bytesWritten)
  gunzip.on('error', fail)
  guard.on('error', fail)
  source.pipe(gunzip).pipe(guard).pipe(tar)
  return () => {
    for (const stream of [source, gunzip, guard]) stream.destroy()
  }
}

/** What lies between the entries counts too: padding and headers pack well. */
function ratioGuard({ ratio, ratioFreeBytes }: ArchiveLimits, packedBytes: () => number): Transform {
  let unpacked = 0
  return new Transform({
    transform(bytes: Uint8Array, _encoding, done) {
      unpacked += bytes.byteLength
      if (unpacked <= ratioFreeBytes || unpacked <= ratio * packedBytes()) done(null, bytes)
      else done(archiveError('archive.ratio', `it unpacks to more than ${ratio} times its packed size`))
    },
  })
}

function kindOf({ type, name }: Header): 'file' | 'folder' {
  if (type === 'directory') return 'folder'
  // Old archives mark a folder by the slash alone.
  if (type === 'file' || type === 'contiguous-file') return name.endsWith('/') ? 'folder' : 'file'
  if (type === 'symlink' || type === 'link') throw archiveError('archive.link', 'it is a link', name)
  throw archiveError('archive.device', `it is no file (${type ?? 'unknown type'})`, name)
}

function toArchiveError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const { code } = error as { code?: string }
  if (code !== undefined && !code.startsWith('Z_')) return error
  return archiveError('archive.damaged', error.message)
}
