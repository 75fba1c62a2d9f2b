/** Gives waiting jobs a place in their lane, runs them, and writes down how each ended. */

import type { Log } from '../../node/log.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { StoreWriter } from '../store/handles.ts'
import { createAlarm } from './alarm.ts'
import type { JobExecutor, JobKind, JobOutcome, JobRow, Lane, StopReason } from './executor.ts'
import { createControl, type RunningControl } from './job-control.ts'
import { endingMoves, isBug, outcomeOfError } from './job-ending.ts'
import type { JobLog } from './job-log.ts'
import type { JobStore, Move } from './job-store.ts'
import { isRetryable, type RetryPolicy, retryDelayMs } from './retry.ts'
import type { StartChecks } from './start-checks.ts'
import type { UsageSampler } from './usage-sampler.ts'

/** A CPU training run takes the `gpu` place too: two trainings on one machine's cores only slow each other down. */
export const PLACES: Readonly<Record<Lane, number>> = { gpu: 1, cpu: 2, io: 2 }

export interface JobRunner {
  add(executor: JobExecutor): void
  executorOf(kind: JobKind): JobExecutor
  /** From now on waiting jobs are started; `false`: no more of them. */
  setOpen(open: boolean): void
  startWaiting(): void
  /** These are not started by this process, unless they are released. */
  hold(ids: readonly string[]): void
  release(id: string): void
  isRunning(id: string): boolean
  /** Asks a running job, or all of them; `false` where it is not running. */
  stop(id: string, reason: StopReason): boolean
  stopAll(reason: StopReason): void
  /** Asks a running job to save what it has; `false` where it does not run, or cannot. */
  save(id: string): boolean
  /** The runs in progress; each resolves when its end is written, and never rejects. */
  runs(): Promise<void>[]
  /** What the executor does about a job that did not end in its hands. Never rejects. */
  tidy(job: JobRow): Promise<void>
}

export interface RunnerDeps {
  store: StoreWriter
  rows: JobStore
  runLog: JobLog
  log: Log
  checks: StartChecks
  retry: RetryPolicy
  usage: UsageSampler
  changed(id: string): void
}

interface Run {
  lane: Lane
  control: RunningControl
  done: Promise<void>
}

export function createRunner({ store, rows, runLog, log, checks, retry, usage, changed }: RunnerDeps): JobRunner {
  const executors = new Map<JobKind, JobExecutor>()
  const running = new Map<string, Run>()
  const held = new Set<string>()
  /** Jobs whose turn has come and whose needs are being looked at; each holds its place meanwhile. */
  const checking = new Map<string, { lane: Lane; done: Promise<void> }>()
  const alarm = createAlarm(startWaiting)
  let isOpen = false

  function executorOf(kind: JobKind): JobExecutor {
    const executor = executors.get(kind)
    if (executor === undefined) throw new Error(`no executor for jobs of kind ${kind}`)
    return executor
  }

  /**
   * In order within a lane; a full lane holds up its own jobs only. One that waits for its next attempt, or for what the machine
   * lacks, says so in its row and lets the others pass.
   */
  function startWaiting(): void {
    if (!isOpen) return
    const now = Date.now()
    const dueAt: number[] = []
    for (const job of rows.queued()) {
      if (held.has(job.id) || checking.has(job.id)) continue
      const due = Math.max(job.retryAt ?? 0, checks.nextLookAt(job) ?? 0)
      if (due > now) dueAt.push(due)
      else if (takenIn(executorOf(job.kind).lane) < PLACES[executorOf(job.kind).lane]) begin(job)
    }
    alarm.set(dueAt)
  }

  function takenIn(lane: Lane): number {
    return [...running.values(), ...checking.values()].filter(taken => taken.lane === lane).length
  }

  function begin(job: JobRow): void {
    const executor = executorOf(job.kind)
    if (executor.needs === undefined) {
      start(job)
      return
    }
    const done = checks.mayStart(job, executor).then(may => {
      checking.delete(job.id)
      // Meanwhile it may have been cancelled, or the queue closed.
      if (may && isOpen && rows.find(job.id)?.state === 'queued') start(rows.get(job.id))
      else startWaiting()
    })
    checking.set(job.id, { lane: executor.lane, done })
  }

  function start(job: JobRow): void {
    const executor = executorOf(job.kind)
    const cause = jobCause('place', { lane: executor.lane })
    const row = rows.move(job.id, { to: 'preparing', actor: 'host', cause })
    const willRetry = (error: unknown): boolean => retryOf(row.id, outcomeOfError(error, null)) !== null
    const control = createControl({ jobId: job.id, jobs: rows, log: runLog, usage, changed, willRetry })
    const done = run(row, executor, control).finally(() => {
      running.delete(job.id)
      changed(job.id)
      startWaiting()
    })
    running.set(job.id, { lane: executor.lane, control, done })
    changed(job.id)
  }

  async function run(job: JobRow, executor: JobExecutor, control: RunningControl): Promise<void> {
    let outcome: JobOutcome
    const { wallTimeMs } = job.limits
    const limit = wallTimeMs === null ? undefined : setTimeout(() => control.stop('timeout'), wallTimeMs)
    try {
      outcome = await executor.run(job, control)
    } catch (error) {
      if (isBug(error)) log.error({ err: error, job: job.id }, 'a job ended by a bug')
      outcome = outcomeOfError(error, control.stopReason)
    } finally {
      clearTimeout(limit)
    }
    try {
      control.finish()
      // What was completed in the moment of its cancellation is not wanted any more.
      if (outcome.state === 'completed' && rows.get(job.id).state === 'cancelling') {
        await tidy(rows.get(job.id))
        outcome = { state: 'stopped' }
      }
      writeEnd(job.id, outcome, control.stopReason)
    } catch (error) {
      log.error({ err: error, job: job.id }, 'the end of a job could not be written')
      writeFailure(job.id, error)
      return
    }
    await outcome
      .after?.()
      .catch((error: unknown) => log.error({ err: error, job: job.id }, 'an ended job could not be put in order'))
  }

  /** In one transaction, so that a failure that is tried again is never seen as an end. */
  function writeEnd(id: string, outcome: JobOutcome, stopReason: StopReason | null): void {
    store.write(() => {
      outcome.commit?.()
      for (const move of endingMoves(rows.get(id).state, outcome, stopReason)) rows.move(id, move)
      const again = stopReason === null && rows.get(id).state === 'failed' ? retryOf(id, outcome) : null
      if (again === null) return
      rows.move(id, again)
      if (outcome.state === 'failed') runLog.append(id, 'warn', `${outcome.error.message}; ${again.cause}`)
    })
  }

  /** The move to a next attempt, or `null` where the failure is the end. */
  function retryOf(id: string, outcome: JobOutcome): Move | null {
    if (outcome.state !== 'failed' || !isRetryable(outcome.error.code)) return null
    const { attempts, retriesLeft } = rows.get(id)
    if (retriesLeft === 0) return null
    const delayMs = retryDelayMs(Math.max(1, rows.retriesOf(id) - retriesLeft + 1), retry)
    const cause = jobCause('retry', { attempt: attempts + 1, seconds: (delayMs / 1000).toFixed(1) })
    return { to: 'queued', actor: 'host', cause, retryAt: Date.now() + delayMs }
  }

  /** Where the store takes not even this, the next start finds the job unfinished and ends it. */
  function writeFailure(id: string, error: unknown): void {
    try {
      writeEnd(id, outcomeOfError(error, null), null)
    } catch (second) {
      log.fatal({ err: second, job: id }, 'the store takes no more; the job is ended on the next start')
    }
  }

  async function tidy(job: JobRow): Promise<void> {
    try {
      await executorOf(job.kind).cleanUp?.(job)
    } catch (error) {
      log.error({ err: error, job: job.id }, 'a job could not be put in order')
      runLog.append(job.id, 'error', `could not be put in order: ${error instanceof Error ? error.message : error}`)
    }
  }

  return {
    executorOf,
    startWaiting,
    hold: ids => {
      for (const id of ids) held.add(id)
    },
    release: id => void held.delete(id),
    tidy,
    add: executor => {
      if (executors.has(executor.kind)) throw new Error(`two executors for jobs of kind ${executor.kind}`)
      executors.set(executor.kind, executor)
    },
    setOpen: open => {
      isOpen = open
      if (!open) alarm.set([])
    },
    isRunning: id => running.has(id),
    stop: (id, reason) => {
      const found = running.get(id)
      found?.control.stop(reason)
      return found !== undefined
    },
    save: id => running.get(id)?.control.save() ?? false,
    stopAll: reason => {
      for (const { control } of running.values()) control.stop(reason)
    },
    runs: () => [...running.values(), ...checking.values()].map(({ done }) => done),
  }
}
