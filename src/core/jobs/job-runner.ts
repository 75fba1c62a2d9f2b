/** Gives waiting jobs a place in their lane, runs them, and writes down how each ended. */
import type { Log } from '../../node/log.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { JobExecutor, JobKind, JobOutcome, JobRow, Lane, StopReason } from './executor.ts'
import { createControl, type RunningControl } from './job-control.ts'
import { endingMoves, isBug, outcomeOfError } from './job-ending.ts'
import type { JobLog } from './job-log.ts'
import type { JobStore } from './job-store.ts'

/** A CPU training run takes the `gpu` place too: two trainings on one machine's cores only slow each other down. */
const PLACES: Readonly<Record<Lane, number>> = { gpu: 1, cpu: 2, io: 2 }

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
  changed(id: string): void
}

interface Run {
  lane: Lane
  control: RunningControl
  done: Promise<void>
}

export function createRunner({ store, rows, runLog, log, changed }: RunnerDeps): JobRunner {
  const executors = new Map<JobKind, JobExecutor>()
  const running = new Map<string, Run>()
  const held = new Set<string>()
  let isOpen = false

  function executorOf(kind: JobKind): JobExecutor {
    const executor = executors.get(kind)
    if (executor === undefined) throw new Error(`no executor for jobs of kind ${kind}`)
    return executor
  }

  /** First in, first out within a lane; a full lane holds up its own jobs only. */
  function startWaiting(): void {
    if (!isOpen) return
    for (const job of rows.queued()) {
      if (held.has(job.id)) continue
      const executor = executorOf(job.kind)
      const taken = [...running.values()].filter(({ lane }) => lane === executor.lane).length
      if (taken < PLACES[executor.lane]) start(job, executor)
    }
  }

  function start(job: JobRow, executor: JobExecutor): void {
    const row = rows.move(job.id, {
      to: 'preparing',
      actor: 'host',
      cause: `a place in lane ${executor.lane} was free`,
    })
    const control = createControl({ jobId: job.id, jobs: rows, log: runLog, changed })
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
    try {
      outcome = await executor.run(job, control)
    } catch (error) {
      if (isBug(error)) log.error({ err: error, job: job.id }, 'a job ended by a bug')
      outcome = outcomeOfError(error, control.stopReason)
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

  function writeEnd(id: string, outcome: JobOutcome, stopReason: StopReason | null): void {
    store.write(() => {
      outcome.commit?.()
      for (const move of endingMoves(rows.get(id).state, outcome, stopReason)) rows.move(id, move)
    })
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
    runs: () => [...running.values()].map(({ done }) => done),
  }
}
