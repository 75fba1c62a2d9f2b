/** Which processes a soak has started, directly or through others: all carry its mark in their environment. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export const MARK = 'BINDERY_CHILD_SOAK'

export interface Marked {
  pid: number
  command: string
}

/** Those that live now; a process that has ended and was not collected has no environment any more. */
export function markedProcesses(mark: string): Marked[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const environment = read(`/proc/${name}/environ`)
      if (!environment.split('\0').includes(`${MARK}=${mark}`)) return []
      return [{ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }]
    })
}

/** Files of a folder that a process holds open. */
export function openFilesOf(pid: number, folder: string): string[] {
  const files = readdirSync(`/proc/${pid}/fd`).flatMap(name => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)]
    } catch (error) {
      // Closed since the folder was listed.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  })
  return files.filter(file => file.startsWith(folder))
}

/** Empty for a process that has ended or belongs to somebody else. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
