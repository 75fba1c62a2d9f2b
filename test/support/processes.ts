/** What lives on this machine. */
import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the processes that a process has started and that live now. Read from /proc; empty where there is none. */
export function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.map(Number).filter(candidate => parentOf(candidate) === pid)
}

export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return parentOf(pid) !== null
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** `null` for a process that has ended, collected by its parent or not. */
function parentOf(pid: number): number | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
  // "pid (name) state parent …", and the name may hold spaces and parentheses.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? null : Number(parent)
}
