/** Reads the files of the application's log (`node/log.ts`) backwards, newest line first, a block at a time. */

import { type FileHandle, readdir } from 'node:fs/promises'
import path from 'node:path'
import { openIfThere } from '../../node/open-if-there.ts'
import type { LoggedLine } from '../../shared/contract/logs.ts'

const BLOCK_BYTES = 128 * 1024
const FILE = /^bindery\.(\d+)\.log$/
/** Of one line that is shown; a stack fits. */
const MAX_DETAILS = 20_000

/**
 * Every line, newest first. A line that is none of the log's, or that was cut short by a crash, is told as it is. Lines that are
 * written meanwhile are left out.
 */
export async function* readApplicationLog(folder: string): AsyncGenerator<LoggedLine> {
  for (const name of await filesNewestFirst(folder)) {
    const handle = await openIfThere(path.join(folder, name))
    if (handle === null) continue
    try {
      for await (const line of linesBackwards(handle)) yield parseLogLine(line)
    } finally {
      await handle.close()
    }
  }
}

async function filesNewestFirst(folder: string): Promise<string[]> {
  const numberOf = (name: string): number => Number(FILE.exec(name)?.[1])
  const names = await readdir(folder)
  return names.filter(name => FILE.test(name)).sort((a, b) => numberOf(b) - numberOf(a))
}

const LINE_END = 0x0a

/** Blocks are joined as bytes: one may begin within a character. */
async function* linesBackwards(handle: FileHandle): AsyncGenerator<string> {
  let end = (await handle.stat()).size
  let rest = Buffer.alloc(0)
  while (end > 0) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const block = Buffer.alloc(end - start)
    const { bytesRead } = await handle.read(block, 0, block.length, start)
    const bytes = Buffer.concat([block.subarray(0, bytesRead), rest])
    end = start
    // What lies before the first line end belongs to the block before, unless there is none.
    const first = start === 0 ? 0 : bytes.indexOf(LINE_END) + 1
    if (first === 0 && start > 0) {
      rest = bytes
      continue
    }
    rest = bytes.subarray(0, first)
    const lines = bytes.subarray(first).toString('utf8').split('\n')
    for (const line of lines.reverse()) if (line !== '') yield line
  }
}

/** Numbers of pino. */
const LEVELS: readonly (readonly [number, LoggedLine['level']])[] = [
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
]

export function parseLogLine(line: string): LoggedLine {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(line) as Record<string, unknown>
  } catch {
    return { at: 0, level: 'error', source: 'application', jobId: null, jobName: null, message: line, details: null }
  }
  const { level, time, pid, msg, job, ...more } = fields
  const { err } = more as { err?: { message?: unknown; stack?: unknown } }
  const message = typeof msg === 'string' ? msg : ''
  const details = Object.keys(more).length === 0 ? null : JSON.stringify(more, null, 1)
  return {
    at: Date.parse(String(time)) || 0,
    level: LEVELS.find(([least]) => Number(level) >= least)?.[1] ?? 'debug',
    source: 'application',
    jobId: typeof job === 'string' ? job : null,
    jobName: null,
    message: typeof err?.message === 'string' ? `${message}: ${err.message}` : message,
    details: details === null ? null : shown(details, err?.stack),
  }
}

/** A stack as people read it: JSON writes its line ends as two characters. */
function shown(details: string, stack: unknown): string {
  return (typeof stack === 'string' ? `${stack}\n${details}` : details).slice(0, MAX_DETAILS)
}
