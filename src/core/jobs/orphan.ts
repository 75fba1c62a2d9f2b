/** A child whose host died: it notices the closed channel, saves and ends. Until then its files are not ours to read. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface OrphanTimeouts {
  /** How long it may take to save and end by itself. */
  graceMs: number
  pollMs: number
}
const TIMEOUTS: OrphanTimeouts = { graceMs: 10_000, pollMs: 50 }

/** Resolves when the process is gone, killing it after its grace. A pid that now belongs to another program is gone. */
export async function awaitOrphan(pid: number, timeouts: OrphanTimeouts = TIMEOUTS): Promise<'gone' | 'killed'> {
  if (!(await isOurs(pid))) return 'gone'
  const until = performance.now() + timeouts.graceMs
  while (performance.now() < until) {
    if (!isAlive(pid)) return 'gone'
    await sleep(timeouts.pollMs)
  }
  if (!(await isOurs(pid))) return 'gone'
  process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await sleep(timeouts.pollMs)
  return 'killed'
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** It lives and runs the program that we are: the kernel gives a pid out again sooner or later. */
async function isOurs(pid: number): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false
  const command = await commandOf(pid)
  return command?.includes(basename(process.execPath)) ?? false
}

async function commandOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8')
    if (process.platform === 'win32') {
      return (await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])).stdout
    }
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout
  } catch (error) {
    // It ended while we asked.
    const { code } = error as { code?: unknown }
    if (code === 'ENOENT' || code === 'ESRCH' || code === 1) return null
    throw error
  }
}
