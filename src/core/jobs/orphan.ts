/** A child whose host died: it notices the closed channel, saves and ends. Until then its files are not ours to read. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface OrphanTimeouts {
  /** How long it may take to save and end by itself. */
  graceMs: number
  pollMs: number
}
const TIMEOUTS: OrphanTimeouts = { graceMs: 10_000, pollMs: 100 }
/** After SIGKILL only the kernel is waited for; one that hangs in a driver is left to it. */
const KILLED_MS = 5_000

/** Resolves when the process is gone, killing it after its grace. A pid that now belongs to another program is gone. */
export async function awaitOrphan(pid: number, timeouts: OrphanTimeouts = TIMEOUTS): Promise<'gone' | 'killed'> {
  if (await goneWithin(pid, timeouts.graceMs, timeouts.pollMs)) return 'gone'
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It ended between the last look and the signal, or its pid is now another user's, who has no children of ours.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH' || code === 'EPERM') return 'gone'
    throw error
  }
  await goneWithin(pid, KILLED_MS, timeouts.pollMs)
  return 'killed'
}

async function goneWithin(pid: number, limitMs: number, pollMs: number): Promise<boolean> {
  const until = performance.now() + limitMs
  while (await isOurs(pid)) {
    if (performance.now() > until) return false
    await sleep(pollMs)
  }
  return true
}

/**
 * It lives and is a child of Bindery. The kernel gives a pid out again sooner or later, and another program that Node runs must
 * not be killed for it: Node's children name their entry on the command line, Electron's say that they are utilities.
 */
async function isOurs(pid: number): Promise<boolean> {
  if (pid === process.pid) return false
  const command = await commandOf(pid)
  if (command === null) return false
  return process.versions.electron === undefined ? CHILD_ENTRY.test(command) : command.includes('--type=utility')
}

const CHILD_ENTRY = /(trainer|chem-worker|predictor)([\\/]index\.ts|\.js)/

/** `null` for a process that has ended, collected by its parent or not. */
async function commandOf(pid: number): Promise<string | null> {
  try {
    // Empty for one that nobody has collected.
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8')
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`
      return (await run('powershell', ['-NoProfile', '-NonInteractive', '-Command', query])).stdout
    }
    const { stdout } = await run('ps', ['-o', 'stat=,command=', '-p', String(pid)])
    return stdout.trimStart().startsWith('Z') ? null : stdout
  } catch (error) {
    // It ended while we asked.
    const { code } = error as { code?: unknown }
    if (code === 'ENOENT' || code === 'ESRCH' || code === 1) return null
    throw error
  }
}
