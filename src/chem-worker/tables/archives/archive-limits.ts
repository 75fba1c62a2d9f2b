/** What an archive may be. Whatever goes beyond is refused as a whole, with a rule by which pages and tests know the reason. */
import { statfs } from 'node:fs/promises'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'

export interface ArchiveLimits {
  entries: number
  /** Unpacked to packed, once an entry is larger than `ratioFreeBytes`. */
  ratio: number
  ratioFreeBytes: number
  entryBytes: number
  totalBytes: number
  /** Parts of a path. */
  depth: number
  /** Left free on the disk. */
  spareDiskBytes: number
}

const GIB = 1024 ** 3

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 200_000,
  ratio: 100,
  ratioFreeBytes: 100 * 1024,
  entryBytes: GIB,
  totalBytes: 50 * GIB,
  depth: 16,
  spareDiskBytes: 5 * GIB,
}

export type ArchiveRule =
  | 'archive.absolutePath'
  | 'archive.parentPath'
  | 'archive.drivePath'
  | 'archive.nulInName'
  | 'archive.backslash'
  | 'archive.reservedName'
  | 'archive.emptyName'
  | 'archive.tooDeep'
  | 'archive.duplicateName'
  | 'archive.caseCollision'
  | 'archive.link'
  | 'archive.device'
  | 'archive.encrypted'
  | 'archive.overlap'
  | 'archive.headersDisagree'
  | 'archive.nested'
  | 'archive.method'
  | 'archive.sizeLies'
  | 'archive.damaged'
  | 'archive.tooManyEntries'
  | 'archive.ratio'
  | 'archive.entryTooLarge'
  | 'archive.tooLarge'
  | 'archive.disk'
  | 'archive.noTable'

const LIMIT_RULES: ReadonlySet<ArchiveRule> = new Set([
  'archive.tooManyEntries',
  'archive.ratio',
  'archive.entryTooLarge',
  'archive.tooLarge',
  'archive.tooDeep',
])

/** ERR_5002 for the disk, ERR_5003 for a limit, ERR_2005 for what no honest archive contains; `details.rule` says which. */
export function archiveError(rule: ArchiveRule, message: string, entry: string | null = null): AppError {
  const code: ErrorCode = rule === 'archive.disk' ? 'ERR_5002' : LIMIT_RULES.has(rule) ? 'ERR_5003' : 'ERR_2005'
  const where = entry === null ? '' : `entry ${JSON.stringify(entry.slice(0, 200))}: `
  return new AppError(code, `the archive is refused: ${where}${message}`, { details: { rule, entry } })
}

/** What may be unpacked in total: the limit, or what the disk has beyond what must stay free. */
export async function unpackBudget(folder: string, limits: ArchiveLimits): Promise<{ bytes: number; isDisk: boolean }> {
  const { bavail, bsize } = await statfs(folder)
  const free = Math.max(0, bavail * bsize - limits.spareDiskBytes)
  return free < limits.totalBytes ? { bytes: free, isDisk: true } : { bytes: limits.totalBytes, isDisk: false }
}
