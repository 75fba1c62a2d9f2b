/** Follows the files of a running run: woken by the file system where it can, by a clock where it cannot. */
import { type FSWatcher, watch } from 'node:fs'
import type { JobSignals } from './job-signals.ts'
import { RUN_FILES, readRunFiles, type TailOptions, type TailReport } from './metrics-tail.ts'

export interface RunFollower {
  /** Reads what there is, stops following; the run's process is gone by then. Rejects with what following met, if anything. */
  finish(): Promise<TailReport>
}

export interface FollowOptions extends TailOptions {
  signals: JobSignals
  pollMs?: number
  /** A reading that fails is a bug or a full disk: the run must hear of it at once, not at its end. */
  onError(error: unknown): void
}

/** Changes are gathered for this long, so that a run that writes 1,000 lines a second costs 20 transactions, not 1,000. */
const GATHER_MS = 50

export function followRun(options: FollowOptions): RunFollower {
  const total: TailReport = { bytesRead: 0, rows: 0 }
  let reading: Promise<void> | null = null
  let stale = false
  let gather: NodeJS.Timeout | undefined
  let stopped = false

  async function readOnce(): Promise<void> {
    const report = await readRunFiles(options)
    total.bytesRead += report.bytesRead
    total.rows += report.rows
    if (report.rows > 0) options.signals.notify(options.jobId)
  }

  /** One reading at a time; a wish that comes during one is met by another after it. */
  async function readUntilFresh(): Promise<void> {
    do {
      stale = false
      await readOnce()
    } while (stale)
  }

  function read(): void {
    stale = true
    reading ??= readUntilFresh()
      .catch(options.onError)
      .finally(() => {
        reading = null
      })
  }

  function readSoon(): void {
    if (stopped) return
    gather ??= setTimeout(() => {
      gather = undefined
      read()
    }, GATHER_MS)
  }

  const poll = setInterval(readSoon, options.pollMs ?? 250)
  const watcher = watchFolder(options.runFolder, readSoon)
  readSoon()

  return {
    finish: async () => {
      stopped = true
      clearInterval(poll)
      clearTimeout(gather)
      watcher?.close()
      await reading
      await readUntilFresh()
      return total
    },
  }
}

/** Network and container file systems may have no notices to give; the clock then does alone. */
function watchFolder(folder: string, wake: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || RUN_FILES.some(file => file === name)) wake()
    })
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
