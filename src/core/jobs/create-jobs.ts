/** The jobs of a workspace: one queue, lanes with places, and for every job an end that is written down. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobExecutor, JobKind, JobOutcome, JobRow, Lane, StopReason } from './executor.ts'
import { createControl, type RunningControl } from './job-control.ts'
import { endingMoves, isBug, outcomeOfError } from './job-ending.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import type { JobService } from './job-service.ts'
import { createJobSignals, type JobSignals } from './job-signals.ts'
import { createJobStore, type JobStore, toJob } from './job-store.ts'
import { streamLog, streamMetrics } from './job-streams.ts'
import { awaitOrphan } from './orphan.ts'
import { ACTIVE_STATES, isActive, isEnded, isSettled } from './transitions.ts'

/** A CPU training run takes the `gpu` place too: two trainings on one machine's cores only slow each other down. */
const PLACES: Readonly<Record<Lane, number>> = { gpu: 1, cpu: 2, io: 2 }
const SLICE_ROWS = 5_000

export interface Jobs extends JobService {
  /** For the executors of runs with files, which write into the same log and wake the same streams. */
  readonly runLog: JobLog
  readonly signals: JobSignals
  readonly rows: JobStore
}

interface Running {
  lane: Lane
  control: RunningControl
  done: Promise<void>
}

export function createJobs(context: Pick<CoreContext, 'store' | 'events' | 'log'>): Jobs {
  const { store, events, log } = context
  const rows = createJobStore(store)
  const signals = createJobSignals()
  const runLog = createJobLog(store, signals)
  const executors = new Map<JobKind, JobExecutor>()
  const running = new Map<string, Running>()
  /** Ends of jobs that never ran: they too are waited for when the application closes. */
  const ending = new Set<Promise<void>>()
  let open = false

  function changed(id: string): void {
    const row = rows.find(id)
    events.publish(row === null ? { type: 'job.removed', id } : { type: 'job.changed', job: toJob(row) })
    signals.notify(id)
  }

  function executorOf(kind: JobKind): JobExecutor {
    const executor = executors.get(kind)
    if (executor === undefined) throw new Error(`no executor for jobs of kind ${kind}`)
    return executor
  }

  /** First in, first out within a lane; a full lane holds up its own jobs only. */
  function startWaiting(): void {
    if (!open) return
    for (const job of rows.queued()) {
      const executor = executorOf(job.kind)
      const taken = [...running.values()].filter(({ lane }) => lane === executor.lane).length
      if (taken < PLACES[executor.lane]) startJob(job, executor)
    }
  }

  function startJob(job: JobRow, executor: JobExecutor): void {
    const row = rows.move(job.id, {
      to: 'preparing',
      actor: 'host',
      cause: `a place in lane ${executor.lane} was free`,
    })
    const control = createControl({ jobId: job.id, jobs: rows, log: runLog, changed })
    const done = runJob(row, executor, control).finally(() => {
      running.delete(job.id)
      changed(job.id)
      startWaiting()
    })
    running.set(job.id, { lane: executor.lane, control, done })
    changed(job.id)
  }

  /** Never rejects: whatever happens, the job ends. */
  async function runJob(job: JobRow, executor: JobExecutor, control: RunningControl): Promise<void> {
    let outcome: JobOutcome
    try {
      outcome = await executor.run(job, control)
    } catch (error) {
      if (isBug(error)) log.error({ err: error, job: job.id }, 'a job ended by a bug')
      outcome = outcomeOfError(error, control.stopReason)
    }
    control.finish()
    // What was completed in the moment of its cancellation is not wanted any more.
    if (outcome.state === 'completed' && rows.get(job.id).state === 'cancelling') {
      await tidy(job, executor)
      outcome = { state: 'stopped' }
    }
    try {
      writeEnd(job.id, outcome, control.stopReason)
    } catch (error) {
      log.error({ err: error, job: job.id }, 'the end of a job could not be written')
      writeFailure(job.id, error)
    }
  }

  /** Where the store takes not even this, the next start finds the job unfinished and ends it. */
  function writeFailure(id: string, error: unknown): void {
    try {
      writeEnd(id, withoutCommit(outcomeOfError(error, null)), null)
    } catch (second) {
      log.fatal({ err: second, job: id }, 'the store takes no more; the job is ended on the next start')
    }
  }

  function writeEnd(id: string, outcome: JobOutcome, stopReason: StopReason | null): void {
    store.write(() => {
      outcome.commit?.()
      for (const move of endingMoves(rows.get(id).state, outcome, stopReason)) rows.move(id, move)
    })
  }

  async function tidy(job: JobRow, executor: JobExecutor): Promise<void> {
    try {
      await executor.cleanUp?.(job)
    } catch (error) {
      log.error({ err: error, job: job.id }, 'a job could not be put in order')
      runLog.append(job.id, 'error', `could not be put in order: ${error instanceof Error ? error.message : error}`)
    }
  }

  /** Ends a job that has no run of ours: cancelled while it waited, or left behind by an earlier process. */
  function endWithoutRun(id: string, how: () => Promise<void>): Promise<void> {
    const end = how().finally(() => {
      ending.delete(end)
      changed(id)
    })
    ending.add(end)
    return end
  }

  async function recover(job: JobRow): Promise<void> {
    if (job.pid !== null && (await awaitOrphan(job.pid)) === 'killed') {
      runLog.append(job.id, 'warn', `process ${job.pid} of an earlier Bindery did not end by itself and was killed`)
    }
    await tidy(job, executorOf(job.kind))
    const cause = 'its process was gone when Bindery started'
    rows.move(
      job.id,
      job.state === 'cancelling'
        ? { to: 'cancelled', actor: 'host', cause, reason: 'user' }
        : { to: 'interrupted', actor: 'host', cause, reason: 'crash' },
    )
  }

  function cancel(id: string): JobRow {
    const before = rows.get(id)
    if (before.state === 'cancelling') return before
    const row = rows.move(id, { to: 'cancelling', actor: 'user', cause: 'cancelled' })
    changed(id)
    const run = running.get(id)
    if (run !== undefined) run.control.stop('cancel')
    else {
      void endWithoutRun(id, async () => {
        await tidy(row, executorOf(row.kind))
        rows.move(id, { to: 'cancelled', actor: 'host', cause: 'it was not running', reason: 'user' })
      })
    }
    return row
  }

  async function allDone(): Promise<void> {
    while (running.size > 0 || ending.size > 0) {
      await Promise.all([...[...running.values()].map(({ done }) => done), ...ending])
    }
  }

  async function settled(id: string): Promise<JobRow['state']> {
    const watch = signals.watch(id)
    try {
      for (;;) {
        const { state } = rows.get(id)
        if (isSettled(state) && !running.has(id)) return state
        await watch.next()
      }
    } finally {
      watch.stop()
    }
  }

  return {
    runLog,
    signals,
    rows,
    changed,
    settled,
    addExecutor: executor => {
      if (executors.has(executor.kind)) throw new Error(`two executors for jobs of kind ${executor.kind}`)
      executors.set(executor.kind, executor)
    },
    start: async () => {
      for (const job of rows.queued()) executorOf(job.kind)
      const left = rows.inStates(ACTIVE_STATES)
      await Promise.all(left.map(job => endWithoutRun(job.id, () => recover(job))))
      open = true
      startWaiting()
    },
    submit: job => {
      executorOf(job.kind)
      const row = rows.insert(job)
      changed(row.id)
      // Not within the caller's own transaction, where there is one.
      setImmediate(startWaiting)
      return toJob(row)
    },
    list: kind => rows.list(kind).map(toJob),
    row: id => rows.get(id),
    get: id => ({ job: toJob(rows.get(id)), transitions: rows.transitions(id) }),
    cancel: id => toJob(cancel(id)),
    pause: id => {
      checkTraining(rows.get(id), 'paused')
      const row = rows.move(id, { to: 'pausing', actor: 'user', cause: 'paused' })
      changed(id)
      running.get(id)?.control.stop('pause')
      return toJob(row)
    },
    resume: id => {
      const job = rows.get(id)
      checkTraining(job, 'resumed')
      checkCheckpoint(job)
      const row = rows.move(id, { to: 'queued', actor: 'user', cause: 'resumed' })
      changed(id)
      setImmediate(startWaiting)
      return toJob(row)
    },
    remove: async id => {
      const job = rows.get(id)
      if (!isEnded(job.state)) {
        throw new AppError('ERR_4001', `job ${id} is ${job.state}: cancel it before it is removed`)
      }
      await executorOf(job.kind).discard?.(job)
      const inSlices = `DELETE FROM metrics WHERE id IN
        (SELECT id FROM metrics INDEXED BY metrics_by_job WHERE job_id = ? LIMIT ${SLICE_ROWS})`
      while (store.run(inSlices, [id]) > 0) await nextTurn()
      rows.remove(id)
      changed(id)
    },
    active: () =>
      rows
        .list()
        .filter(job => isActive(job.state))
        .map(toJob),
    metrics: (id, after, signal) => streamMetrics({ store, jobs: rows, log: runLog, signals }, id, after, signal),
    log: (id, after, signal) => streamLog({ store, jobs: rows, log: runLog, signals }, id, after, signal),
    cancelAll: async () => {
      for (const job of [...rows.queued(), ...rows.inStates(ACTIVE_STATES)]) cancel(job.id)
      await allDone()
    },
    close: async () => {
      open = false
      for (const { control } of running.values()) control.stop('close')
      await allDone()
    },
  }
}

function withoutCommit(outcome: JobOutcome): JobOutcome {
  const { commit: _commit, ...rest } = outcome
  return rest
}

function checkTraining(job: JobRow, what: string): void {
  if (job.kind === 'train') return
  throw new AppError('ERR_4001', `job ${job.id} is of kind ${job.kind}: only training runs can be ${what}`)
}

function checkCheckpoint(job: JobRow): void {
  if (job.hasCheckpoint || job.state === 'paused' || !isEnded(job.state)) return
  throw new AppError('ERR_4001', `job ${job.id} kept no checkpoint to go on from: start a new run instead`)
}
