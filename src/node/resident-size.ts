/**
 * The resident size of another process. WebAssembly and native memory escape V8's heap flags, so a memory cap can only be kept
 * by looking from outside. Linux reads /proc (0.05 ms); macOS and Windows have no file to read and ask `ps` and `tasklist`.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How often it is worth asking: 4 Hz where it is a file, 1 Hz where it is a process. */
export const RESIDENT_SIZE_INTERVAL_MS = process.platform === 'linux' ? 250 : 1_000

/** Bytes, or `null` when there is no such process. */
export async function residentBytes(pid: number): Promise<number | null> {
  try {
    if (process.platform === 'linux') return parseProcStatus(await readFile(`/proc/${pid}/status`, 'utf8'))
    if (process.platform === 'win32') {
      return parseTasklist((await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])).stdout)
    }
    return parsePs((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout)
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** `VmRSS:    123456 kB`; a zombie has no such line. */
export function parseProcStatus(text: string): number | null {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(text)
  return match === null ? null : Number(match[1]) * 1024
}

/** kB alone on a line. */
export function parsePs(text: string): number | null {
  const kilobytes = text.trim()
  return /^\d+$/.test(kilobytes) ? Number(kilobytes) * 1024 : null
}

/** `"node.exe","1234","Console","1","54,321 K"`, the thousands separator being the locale's. */
export function parseTasklist(text: string): number | null {
  const match = /"([\d.,'\s\u00a0\u202f]+) K"\s*$/m.exec(text)
  return match === null ? null : Number(match[1]!.replaceAll(/\D/g, '')) * 1024
}

export function isGone(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  // /proc: no entry, or it vanished while being read; ps exits with 1 for an unknown pid.
  return code === 'ENOENT' || code === 'ESRCH' || code === 1
}
