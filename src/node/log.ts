/**
 * The application's log: one JSON object a line in `<folder>/bindery.<n>.log`, a new file at 10 MB, five kept. Written by this
 * process itself, without a transport thread, so that it works unchanged in the bundle.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import buildRollingFile from 'pino-roll'

export type Log = pino.Logger

export interface LogFile {
  log: Log
  /** Writes what is buffered and closes the file. */
  close(): Promise<void>
}

export async function openLog(folder: string, limits = { fileMegabytes: 10, files: 5 }): Promise<LogFile> {
  mkdirSync(folder, { recursive: true })
  const file = await buildRollingFile({
    file: path.join(folder, 'bindery'),
    extension: '.log',
    size: `${limits.fileMegabytes}m`,
    // `count` does not include the file that is being written.
    limit: { count: limits.files - 1, removeOtherLogFiles: true },
    mkdir: true,
  })
  const log = pino(
    {
      level: 'info',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['token', 'key', 'password', '*.token', '*.key', '*.password'], censor: '(hidden)' },
    },
    file,
  )
  return {
    log,
    close: () =>
      new Promise((resolve, reject) => {
        file.once('close', resolve)
        file.once('error', reject)
        file.end()
      }),
  }
}

/** A log that goes nowhere, for tests of single parts. */
export function silentLog(): Log {
  return pino({ level: 'silent' })
}
