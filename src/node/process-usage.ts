/**
 * What another process has used of the machine so far. Linux reads /proc (0.1 ms); macOS and Windows have no file to read and ask
 * `ps` and `tasklist`.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { isGone, parseProcStatus, parseTasklist } from './resident-size.ts'

const run = promisify(execFile)

export interface ProcessUsage {
  /** Of all its threads, since it began. */
  cpuMs: number
  residentBytes: number
}

/** How often it is worth asking. */
export const PROCESS_USAGE_INTERVAL_MS = process.platform === 'linux' ? 1_000 : 5_000

/** `null` when there is no such process. */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | null> {
  try {
    if (process.platform === 'linux') {
      const [stat, status] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile(`/proc/${pid}/status`, 'utf8'),
      ])
      return bothOf(parseProcStat(stat), parseProcStatus(status))
    }
    if (process.platform === 'win32') {
      const { stdout } = await run('tasklist', ['/V', '/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
      return parseTasklistUsage(stdout)
    }
    return parsePsUsage((await run('ps', ['-o', 'rss=,time=', '-p', String(pid)])).stdout)
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** Linux counts in hundredths of a second here, whatever its own clock (USER_HZ). */
const TICK_MS = 10

/** Milliseconds of user and system time: fields 14 and 15 of proc(5); the name in parentheses before them may hold anything. */
export function parseProcStat(text: string): number | null {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  return Number.isFinite(user) && Number.isFinite(system) ? (user + system) * TICK_MS : null
}

/** `  54321   1:02.33`: kB, then `[[days-]hours:]minutes:seconds`. */
export function parsePsUsage(text: string): ProcessUsage | null {
  const [kilobytes, time] = text.trim().split(/\s+/)
  if (kilobytes === undefined || time === undefined || !/^\d+$/.test(kilobytes)) return null
  return bothOf(parseClock(time), Number(kilobytes) * 1024)
}

/** `"node.exe","1234","Console","1","54,321 K","Running","HOST\user","0:01:02","N/A"`. */
export function parseTasklistUsage(text: string): ProcessUsage | null {
  const fields = /^(.* K"),.*,"(\d+:\d\d:\d\d)",/m.exec(text)
  return fields === null ? null : bothOf(parseClock(fields[2]!), parseTasklist(fields[1]!))
}

/** `[[days-]hours:]minutes:seconds` */
function parseClock(text: string): number | null {
  const parts = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text)
  if (parts === null) return null
  const [days, hours, minutes, seconds] = parts.slice(1).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
}

function bothOf(cpuMs: number | null, residentBytes: number | null): ProcessUsage | null {
  return cpuMs === null || residentBytes === null ? null : { cpuMs, residentBytes }
}
