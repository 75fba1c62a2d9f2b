/**
 * Where the owner of a workspace listens for other processes of the same user. A path of a Unix socket may have 107 bytes
 * (103 on macOS), fewer than workspaces have, so the socket lies under a short name in a folder of its own that only the
 * user can enter; the folder, not the socket's mode, is what keeps others out between `bind` and `chmod`.
 */
import { createHash, randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'

const MAX_PATH_BYTES = process.platform === 'darwin' ? 103 : 107

/**
 * Only for the owner: a socket that an owner left behind when it crashed is removed. On Windows a named pipe, which only
 * the same user may write to; its name is new each time, so that nobody can be waiting under it.
 */
export function createSocketPath(workspace: string, runtimeFolder = defaultRuntimeFolder()): string {
  const hash = createHash('sha256').update(realpathSync(workspace)).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\bindery-${hash}-${randomBytes(8).toString('hex')}`
  const folders = [runtimeFolder, join('/tmp', `bindery-${userInfo().uid}`)]
  const short = folders.filter(candidate => Buffer.byteLength(join(candidate, `${hash}.sock`)) <= MAX_PATH_BYTES)
  const folder = short.find(makeFolder)
  if (folder === undefined) throw new Error(`no folder will do for a Unix socket, tried ${folders.join(', ')}`)
  checkPrivateFolder(folder)
  const path = join(folder, `${hash}.sock`)
  rmSync(path, { force: true })
  return path
}

function defaultRuntimeFolder(): string {
  const runtime = process.env.XDG_RUNTIME_DIR
  return runtime === undefined || runtime === ''
    ? join(tmpdir(), `bindery-${userInfo().uid}`)
    : join(runtime, 'bindery')
}

/** `false` where it cannot be: XDG_RUNTIME_DIR may be left from another login (`su`) or name what is not there. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Something that is no folder has the name: it is looked at, and refused by name.
    if (code === 'EEXIST') return true
    if (UNUSABLE.has(code ?? '')) return false
    throw error
  }
}

const UNUSABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'])

/** Someone else may have made the folder first in a shared /tmp: a link, or open to others, is refused and not mended. */
function checkPrivateFolder(folder: string): void {
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) !== 0) {
    throw new AppError(
      'ERR_2001',
      `${folder}: expected a folder that only you can enter (mode 700), found ${found.isDirectory() ? `mode ${(found.mode & 0o777).toString(8)} of user ${found.uid}` : 'something else'}`,
      { path: 'workspace' },
    )
  }
}
