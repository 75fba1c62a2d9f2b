/** What a running executor holds: its stop signal, and its ways to tell how far it is. */

import type { JobProgress } from '../../shared/contract/jobs.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { JobControl, StopReason } from './executor.ts'
import type { JobLog } from './job-log.ts'
import type { JobStore } from './job-store.ts'
import type { UsageSampler } from './usage-sampler.ts'

export interface RunningControl extends JobControl {
  /** The first request to stop, or `null`. */
  readonly stopReason: StopReason | null
  stop(reason: StopReason): void
  /** `false` where the work has nothing to save. */
  save(): boolean
  /** Writes the progress that waits; the executor is done. */
  finish(): void
}

export interface ControlOptions {
  jobId: string
  jobs: JobStore
  log: JobLog
  usage: UsageSampler
  changed(jobId: string): void
  willRetry(error: unknown): boolean
}

const PROGRESS_INTERVAL_MS = 250

export function createControl({ jobId, jobs, log, usage, changed, willRetry }: ControlOptions): RunningControl {
  const controller = new AbortController()
  const stopListeners: ((reason: StopReason) => void)[] = []
  let saveListener: (() => void) | null = null
  let stopReason: StopReason | null = null
  let waiting: JobProgress | null = null
  let timer: NodeJS.Timeout | undefined

  function writeProgress(): void {
    timer = undefined
    if (waiting === null) return
    jobs.setProgress(jobId, waiting)
    waiting = null
    changed(jobId)
    timer = setTimeout(writeProgress, PROGRESS_INTERVAL_MS)
  }

  return {
    signal: controller.signal,
    get stopReason() {
      return stopReason
    },
    onStop: listener => {
      stopListeners.push(listener)
      if (stopReason !== null) listener(stopReason)
    },
    stop: reason => {
      stopReason ??= reason
      controller.abort(reason)
      for (const listener of stopListeners) listener(reason)
    },
    onSave: listener => {
      saveListener = listener
    },
    save: () => {
      saveListener?.()
      return saveListener !== null
    },
    setPid: pid => {
      jobs.setPid(jobId, pid)
      usage.follow(jobId, pid)
    },
    setHasCheckpoint: has => {
      jobs.setHasCheckpoint(jobId, has)
      changed(jobId)
    },
    setStalledSince: since => {
      jobs.setStalledSince(jobId, since)
      changed(jobId)
    },
    // Never after a request to stop.
    willRetry: error => stopReason === null && willRetry(error),
    progress: progress => {
      waiting = progress
      if (timer === undefined) writeProgress()
    },
    log: (level, message) => log.append(jobId, level, message),
    enter: () => {
      // Stopped in the same moment: it is on its way out already.
      if (jobs.get(jobId).state !== 'preparing') return
      jobs.move(jobId, { to: 'running', actor: 'host', cause: jobCause('began') })
      changed(jobId)
    },
    finish: () => {
      clearTimeout(timer)
      usage.end(jobId)
      if (waiting !== null) jobs.setProgress(jobId, waiting)
    },
  }
}
