/** Looks at the machine when a job's turn has come; one that would not fit waits and says what for. */
import type { Log } from '../../node/log.ts'
import type { Shortage } from '../../shared/contract/job-parts.ts'
import type { JobExecutor, JobRow } from './executor.ts'
import type { JobLog } from './job-log.ts'
import { describeShortages, type ReadFreeResources, shortagesOf } from './pre-checks.ts'
import type { QueueStore } from './queue-store.ts'

export interface StartChecks {
  /** Writes what is lacking into the row. Never rejects: what cannot be read is logged and does not hold a job up. */
  mayStart(job: JobRow, executor: JobExecutor): Promise<boolean>
  /** A job that was found wanting is looked at again then; `null`: at once. */
  nextLookAt(job: JobRow): number | null
}

export interface StartChecksDeps {
  queue: QueueStore
  runLog: JobLog
  log: Log
  free: ReadFreeResources
  /** How soon memory or disk that was short may be there. */
  againMs?: number
  changed(id: string): void
}

const AGAIN_MS = 10_000

export function createStartChecks(deps: StartChecksDeps): StartChecks {
  const { queue, runLog, log, changed, againMs = AGAIN_MS } = deps
  const lookAt = new Map<string, number>()

  async function look(job: JobRow, executor: JobExecutor): Promise<Shortage[]> {
    try {
      const needs = await executor.needs?.(job)
      return needs === undefined ? [] : shortagesOf(needs, await deps.free())
    } catch (error) {
      log.warn({ err: error, job: job.id }, 'what a job needs could not be judged')
      return []
    }
  }

  return {
    mayStart: async (job, executor) => {
      const shortages = await look(job, executor)
      lookAt.delete(job.id)
      if (shortages.length === 0) return true
      const what = describeShortages(shortages)
      if (job.startAnyway) {
        runLog.append(job.id, 'warn', `${what}; it starts all the same, as asked`)
        return true
      }
      lookAt.set(job.id, Date.now() + againMs)
      if (job.waitsFor.length === 0) runLog.append(job.id, 'warn', `${what}; it waits`)
      queue.setWaitsFor(job.id, shortages)
      changed(job.id)
      return false
    },
    nextLookAt: ({ id, startAnyway, waitsFor }) =>
      startAnyway || waitsFor.length === 0 ? null : (lookAt.get(id) ?? null),
  }
}
