/** What a command prints: its result on standard output, everything on the way to it on standard error. */
import type { Writable } from 'node:stream'

export interface TerminalStreams {
  stdout: Writable
  stderr: Writable & { isTTY?: boolean; columns?: number }
}

export interface Terminal {
  readonly json: boolean
  /** The one result: `value` under `--json`, else the lines for people. */
  result(value: object, lines: readonly string[]): void
  /** A line that stays. */
  note(line: string): void
  /** What goes on now: replaces itself on a screen; in a log it is a line of its own, at most one in two seconds. */
  progress(line: string): void
}

const LOG_EVERY_MS = 2_000

export function createTerminal({ stdout, stderr }: TerminalStreams, json: boolean): Terminal {
  const isScreen = stderr.isTTY === true
  let shown = ''
  let loggedAt = Number.NEGATIVE_INFINITY

  function clear(): void {
    if (isScreen && shown !== '') stderr.write('\r\u001B[2K')
    shown = ''
  }

  return {
    json,
    result: (value, lines) => {
      clear()
      stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map(line => `${line}\n`).join(''))
    },
    note: line => {
      clear()
      stderr.write(`${line}\n`)
    },
    progress: line => {
      if (line === shown) return
      if (isScreen) {
        clear()
        shown = line.slice(0, (stderr.columns ?? 80) - 1)
        stderr.write(shown)
      } else if (line !== '' && performance.now() - loggedAt >= LOG_EVERY_MS) {
        loggedAt = performance.now()
        shown = line
        stderr.write(`${line}\n`)
      }
    },
  }
}
