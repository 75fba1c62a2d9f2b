/** Names of archive entries: what every file system we run on takes, and nothing that leaves the folder it is unpacked to. */
import { type ArchiveLimits, archiveError } from './archive-limits.ts'

export type EntryKind = 'file' | 'folder'

/** Windows' devices, with any ending, also with the superscript digits that it takes for digits. */
const DEVICE_NAME = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$/i
const MAX_PART_BYTES = 255

/** Throws for a name that is refused; answers the parts of the path. */
export function checkEntryName(name: string, kind: EntryKind, limits: Pick<ArchiveLimits, 'depth'>): string[] {
  if (name === '') throw archiveError('archive.emptyName', 'it has no name', name)
  if (name.includes('\0')) throw archiveError('archive.nulInName', 'its name contains NUL', name)
  if (/^[\\/]/.test(name)) throw archiveError('archive.absolutePath', 'its path is absolute', name)
  if (/^[a-z]:/i.test(name)) throw archiveError('archive.drivePath', 'its path names a drive', name)
  if (name.includes('\\')) throw archiveError('archive.backslash', 'its name contains a backslash', name)
  // `./a` and `a//b` are ways to write `a` and `a/b`; tar writes the first.
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw archiveError('archive.parentPath', 'its path leaves the archive by ".."', name)
  if (parts.length === 0 && kind === 'file') throw archiveError('archive.emptyName', 'it has no name', name)
  if (parts.length > limits.depth) {
    throw archiveError('archive.tooDeep', `its path has ${parts.length} parts, more than ${limits.depth}`, name)
  }
  const reserved = parts.find(isReserved)
  if (reserved !== undefined) {
    throw archiveError('archive.reservedName', `${JSON.stringify(reserved)} is no name on every system`, name)
  }
  return parts
}

function isReserved(part: string): boolean {
  if (DEVICE_NAME.test(part) || /[. ]$/.test(part) || Buffer.byteLength(part) > MAX_PART_BYTES) return true
  return /[\p{Cc}<>:"|?*]/u.test(part)
}

/** Refuses names that are one name on some file system: equal, of other case or other Unicode form, a file that is a folder too. */
export class EntryNames {
  readonly #limits: Pick<ArchiveLimits, 'depth' | 'entries'>
  /** By folded path. Folders that are only part of a path count as folders and may be named again. */
  readonly #seen = new Map<string, { name: string; kind: EntryKind; isNamed: boolean }>()
  #count = 0

  constructor(limits: Pick<ArchiveLimits, 'depth' | 'entries'>) {
    this.#limits = limits
  }

  /** Answers the path with plain slashes. */
  add(name: string, kind: EntryKind): string {
    if (++this.#count > this.#limits.entries) {
      throw archiveError('archive.tooManyEntries', `it has more than ${this.#limits.entries} entries`)
    }
    const parts = checkEntryName(name, kind, this.#limits)
    for (let end = 1; end < parts.length; end++) this.#note(parts.slice(0, end).join('/'), 'folder', false)
    const path = parts.join('/')
    if (path !== '') this.#note(path, kind, true)
    return path
  }

  #note(path: string, kind: EntryKind, isNamed: boolean): void {
    const key = path.normalize('NFKC').toLowerCase()
    const other = this.#seen.get(key)
    if (other === undefined) {
      this.#seen.set(key, { name: path, kind, isNamed })
      return
    }
    if (other.name !== path) {
      throw archiveError(
        'archive.caseCollision',
        `its name differs from ${JSON.stringify(other.name)} only in case`,
        path,
      )
    }
    if (other.kind !== kind || (isNamed && other.isNamed)) {
      throw archiveError('archive.duplicateName', 'there are two entries of this name', path)
    }
    other.isNamed ||= isNamed
  }
}
