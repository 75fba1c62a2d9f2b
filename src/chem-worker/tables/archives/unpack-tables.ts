/** From an archive to the tables in it, in a folder that is there whole or not at all. */
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AppError } from '../../../shared/errors.ts'
import { type ArchiveKind, isTableName, kindOfBytes, kindOfName } from './archive-kinds.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits, archiveError, unpackBudget } from './archive-limits.ts'
import { readGzip, readTar } from './tar-archive.ts'
import { openZip, type ZipOptions } from './zip-archive.ts'

export interface PackedFile {
  file: string
  fileName: string
  kind: ArchiveKind
  /** Where the tables go. */
  folder: string
}

export interface UnpackedTable {
  /** Path in the archive. */
  name: string
  file: string
  sizeBytes: number
}

export interface UnpackContext {
  breathe: () => Promise<void>
  progress: (done: number, total: number | null) => void
  limits?: ArchiveLimits
}

const INDEX = 'index.json'

/**
 * The tables of an archive, unpacked into `folder` under numbers, so that no name of the archive ever becomes a path. A folder
 * that is there already is the result of an earlier call. Every entry is read to its end, whether it is a table or not.
 */
export async function unpackTables(archive: PackedFile, context: UnpackContext): Promise<UnpackedTable[]> {
  const { folder } = archive
  const known = await readIndex(folder)
  if (known !== null) return known
  const staging = `${folder}.part`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    const tables = await unpackInto(staging, archive, context)
    if (tables.length === 0) {
      throw archiveError('archive.noTable', 'it holds no table (.csv, .tsv, .txt, .sdf, .smi, .xlsx)')
    }
    await writeFile(path.join(staging, INDEX), JSON.stringify(tables))
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
  return (await readIndex(folder))!
}

async function readIndex(folder: string): Promise<UnpackedTable[] | null> {
  try {
    const tables = JSON.parse(await readFile(path.join(folder, INDEX), 'utf8')) as UnpackedTable[]
    return tables.map(table => ({ ...table, file: path.join(folder, table.file) }))
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null
    throw error
  }
}

async function unpackInto(
  staging: string,
  { file, kind, fileName }: PackedFile,
  context: UnpackContext,
): Promise<UnpackedTable[]> {
  const limits = context.limits ?? ARCHIVE_LIMITS
  const budget = await unpackBudget(staging, limits)
  const tables: UnpackedTable[] = []
  const take = async (name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    const checked = refuseNested(name, bytes, context)
    if (!isTableName(name)) {
      for await (const _ of checked);
      return
    }
    const stored = `${tables.length}${path.extname(name).toLowerCase()}`
    const sink = createWriteStream(path.join(staging, stored), { flags: 'wx', mode: 0o600 })
    await pipeline(Readable.from(checked, { objectMode: false }), sink)
    tables.push({ name, file: stored, sizeBytes: sink.bytesWritten })
  }
  const stream = { limits, budget, onFile: take }
  if (kind === 'gz') await readGzip(file, stream, fileName.replace(/\.gz$/i, ''))
  else if (kind !== 'zip') await readTar(file, { ...stream, isGzip: kind === 'tar.gz' })
  else await readZip(file, { limits, budget, breathe: context.breathe }, take)
  return withoutNotes(tables)
}

async function readZip(
  file: string,
  options: ZipOptions,
  take: (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const zip = await openZip(file, options)
  try {
    for (const member of zip.members) {
      if (!member.name.endsWith('/')) await take(member.name, await zip.open(member))
    }
  } finally {
    zip.close()
  }
}

/** `README.txt` beside `data.csv` is no second table. */
function withoutNotes(tables: UnpackedTable[]): UnpackedTable[] {
  const sure = tables.filter(({ name }) => !/\.txt$/i.test(name))
  return sure.length > 0 ? sure : tables
}

/** Archives in archives are refused by name and by content; a workbook is one by content and counts as a table. */
async function* refuseNested(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  context: UnpackContext,
): AsyncGenerator<Uint8Array> {
  const nested = (): AppError => archiveError('archive.nested', 'it is an archive itself: unpack it first', name)
  if (kindOfName(name) !== null) throw nested()
  let head = Buffer.alloc(0)
  let isKnown = false
  let done = 0
  for await (const chunk of bytes) {
    done += chunk.byteLength
    if (!isKnown) {
      head = Buffer.concat([head, chunk]).subarray(0, 512)
      isKnown = head.length === 512
      const kind = kindOfBytes(head)
      if (kind !== null && !(kind === 'zip' && /\.xlsx$/i.test(name))) throw nested()
    }
    context.progress(done, null)
    await context.breathe()
    yield chunk
  }
}
