/** The one table that is meant where an archive was handed over. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import type { TableFile } from '../../../shared/table-protocol.ts'
import type { OpenContext } from '../open-table.ts'
import type { TableLayout } from '../record-reader.ts'
import { readHead } from '../text-encoding.ts'
import { type ArchiveKind, kindOfBytes } from './archive-kinds.ts'
import { ARCHIVE_LIMITS, archiveError } from './archive-limits.ts'
import { type UnpackedTable, unpackTables } from './unpack-tables.ts'
import { openZip } from './zip-archive.ts'

export type ChosenFile = Pick<TableFile, 'file' | 'fileName'> & Pick<TableLayout, 'member' | 'members'>

/**
 * The file itself, or the chosen table of an archive, or all of them in order where none is chosen, each with the names of
 * the others. ERR_2007 for a choice that is not there.
 */
export async function chooseMember(input: TableFile, context: OpenContext): Promise<ChosenFile[]> {
  const { file, fileName } = input
  const kind = await archiveKind(input, context)
  if (kind === null) {
    if (input.member != null)
      throw new AppError('ERR_2007', `${fileName} is no archive: it has no tables to choose from`)
    return [{ file, fileName }]
  }
  if (input.unpackFolder === undefined) throw new AppError('ERR_2005', 'an archive: unpack it first')
  const tables = await unpackTables({ file, fileName, kind, folder: input.unpackFolder }, context)
  const members = tables.map(({ name, sizeBytes }) => ({ name, sizeBytes }))
  const meant = input.member == null ? tables : [findMember(tables, input.member)]
  return meant.map(({ name, file }) => ({ file, fileName: name.split('/').at(-1)!, member: name, members }))
}

/** By the whole path, or by the last part of it where only one table has that. */
function findMember(tables: readonly UnpackedTable[], chosen: string): UnpackedTable {
  const ends = tables.filter(({ name }) => name.split('/').at(-1) === chosen)
  const found = tables.find(({ name }) => name === chosen) ?? (ends.length === 1 ? ends[0] : undefined)
  if (found !== undefined) return found
  throw new AppError(
    'ERR_2007',
    `the archive has no table ${JSON.stringify(chosen)}: choose one of ${listed(tables)}`,
    {
      path: 'options.member',
      details: { members: tables.map(({ name }) => name) },
    },
  )
}

const MAX_LISTED = 10

function listed(tables: readonly { name: string }[]): string {
  const names = tables.slice(0, MAX_LISTED).map(({ name }) => JSON.stringify(name))
  return names.join(', ') + (tables.length > MAX_LISTED ? ` and ${tables.length - MAX_LISTED} more` : '')
}

/** Throws ERR_2007 where an archive has several tables and none is chosen. */
export function checkMemberChosen(layout: Pick<TableLayout, 'members'>, member: string | null | undefined): void {
  const { members = [] } = layout
  if (members.length < 2 || member != null) return
  throw new AppError('ERR_2007', `the archive has ${members.length} tables: choose one of ${listed(members)}`, {
    path: 'options.member',
    details: { members: members.map(({ name }) => name) },
  })
}

async function archiveKind(input: TableFile, context: OpenContext): Promise<ArchiveKind | null> {
  const head = await readHead(input.file, 512)
  switch (kindOfBytes(head)) {
    case null:
      return null
    case 'zip':
      return (await isWorkbook(input.file, context)) ? null : 'zip'
    case 'tar':
      return 'tar'
    case 'gzip':
      return kindOfBytes(await gunzippedHead(input.file)) === 'tar' || /\.(tgz|tar\.gz)$/i.test(input.fileName)
        ? 'tar.gz'
        : 'gz'
    default:
      throw new AppError('ERR_2005', 'an archive of a kind that is not read: pack it as ZIP, TAR or TAR.GZ')
  }
}

/** An Office document of sheets says so by its parts, whatever it is called. */
async function isWorkbook(file: string, { breathe }: OpenContext): Promise<boolean> {
  const limits = ARCHIVE_LIMITS
  const zip = await openZip(file, { limits, budget: { bytes: limits.totalBytes, isDisk: false }, breathe })
  zip.close()
  return (
    zip.members.some(({ name }) => name === '[Content_Types].xml') &&
    zip.members.some(({ name }) => /^xl\/workbook\.xml$/i.test(name))
  )
}

async function gunzippedHead(file: string): Promise<Buffer> {
  let head = Buffer.alloc(0)
  const source = createReadStream(file)
  const gunzip = createGunzip()
  source.on('error', error => gunzip.destroy(error))
  try {
    for await (const chunk of source.pipe(gunzip)) {
      head = Buffer.concat([head, chunk as Buffer]).subarray(0, 512)
      if (head.length === 512) break
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code.startsWith('Z_')) throw archiveError('archive.damaged', message)
    throw error
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  return head
}
