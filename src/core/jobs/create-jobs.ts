/** The jobs of a workspace: one queue, lanes with places, and for every job an end that is written down. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import type { JobRow } from './executor.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { createRunner } from './job-runner.ts'
import type { JobService } from './job-service.ts'
import { createJobSignals, type JobSignals } from './job-signals.ts'
import { createJobStore, type JobStore, toJob } from './job-store.ts'
import { deleteSomeMetrics } from './metrics-store.ts'
import { awaitOrphan } from './orphan.ts'
import { ACTIVE_STATES, isEnded, isSettled, type SettledState } from './transitions.ts'

export interface Jobs extends JobService {
  /** For the executors of runs with files, which write into the same log and wake the same streams. */
  readonly runLog: JobLog
  readonly signals: JobSignals
  readonly rows: JobStore
}

const SLICE_ROWS = 5_000

export function createJobs(context: Pick<CoreContext, 'store' | 'events' | 'log'>): Jobs {
  const { store, events, log } = context
  const rows = createJobStore(store)
  const signals = createJobSignals()
  const runLog = createJobLog(store, signals)
  const runner = createRunner({ store, rows, runLog, log, changed })
  /** Ends of jobs that never ran: they too are waited for when the application closes. */
  const ending = new Set<Promise<void>>()
  const removing = new Set<string>()

  function changed(id: string): void {
    const row = rows.find(id)
    events.publish(row === null ? { type: 'job.removed', id } : { type: 'job.changed', job: toJob(row) })
    signals.notify(id)
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
    await runner.tidy(job)
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
    if (!runner.stop(id, 'cancel')) {
      void endWithoutRun(id, async () => {
        await runner.tidy(row)
        rows.move(id, { to: 'cancelled', actor: 'host', cause: 'it was not running', reason: 'user' })
      })
    }
    return row
  }

  async function remove(id: string): Promise<void> {
    const job = rows.get(id)
    checkStays(id)
    if (!isEnded(job.state)) {
      throw new AppError('ERR_4001', `job ${id} is ${job.state}: cancel it before it is removed`)
    }
    removing.add(id)
    await discard(job).finally(() => removing.delete(id))
    changed(id)
  }

  function checkStays(id: string): void {
    if (removing.has(id)) throw new AppError('ERR_4001', `job ${id} is being removed`)
  }

  async function discard(job: JobRow): Promise<void> {
    await runner.executorOf(job.kind).discard?.(job)
    // One cascade over a million points would hold the event loop for seconds.
    while (store.write(() => deleteSomeMetrics(store, job.id, SLICE_ROWS))) await nextTurn()
    rows.remove(job.id)
  }

  async function settled(id: string): Promise<SettledState> {
    const watch = signals.watch(id)
    try {
      for (;;) {
        const { state } = rows.get(id)
        if (isSettled(state) && !runner.isRunning(id)) return state
        await watch.next()
      }
    } finally {
      watch.stop()
    }
  }

  async function allDone(): Promise<void> {
    for (let left = [...runner.runs(), ...ending]; left.length > 0; left = [...runner.runs(), ...ending]) {
      await Promise.all(left)
    }
  }

  return {
    runLog,
    signals,
    rows,
    changed,
    settled,
    remove,
    addExecutor: executor => runner.add(executor),
    start: async ({ onlyNew } = { onlyNew: false }) => {
      const left = rows.inStates(ACTIVE_STATES)
      for (const job of [...left, ...rows.queued()]) runner.executorOf(job.kind)
      await Promise.all(left.map(job => endWithoutRun(job.id, () => recover(job))))
      if (onlyNew) runner.hold(rows.queued().map(job => job.id))
      runner.setOpen(true)
      runner.startWaiting()
    },
    submit: job => {
      runner.executorOf(job.kind)
      const row = rows.insert(job)
      changed(row.id)
      // Not within the caller's own transaction, where there is one.
      setImmediate(runner.startWaiting)
      return toJob(row)
    },
    list: kind => rows.list(kind).map(toJob),
    row: id => rows.get(id),
    get: id => ({ job: toJob(rows.get(id)), transitions: rows.transitions(id) }),
    cancel: id => toJob(cancel(id)),
    pause: id => {
      checkLasting(rows.get(id), 'paused')
      const row = rows.move(id, { to: 'pausing', actor: 'user', cause: 'paused' })
      changed(id)
      runner.stop(id, 'pause')
      return toJob(row)
    },
    saveNow: id => rows.get(id).state === 'running' && runner.save(id),
    resume: id => {
      const job = rows.get(id)
      const { again } = runner.executorOf(job.kind)
      checkStays(id)
      if (again === undefined) {
        checkLasting(job, 'resumed')
        checkCheckpoint(job)
      }
      const row = store.write(() => {
        again?.(job)
        return rows.move(id, { to: 'queued', actor: 'user', cause: 'resumed' })
      })
      runner.release(id)
      changed(id)
      setImmediate(runner.startWaiting)
      return toJob(row)
    },
    active: () => rows.inStates(ACTIVE_STATES).map(toJob),
    holdQueue: held => {
      runner.setOpen(!held)
      runner.startWaiting()
    },
    cancelAll: async () => {
      for (const job of [...rows.queued(), ...rows.inStates(ACTIVE_STATES)]) cancel(job.id)
      await allDone()
    },
    close: async () => {
      runner.setOpen(false)
      runner.stopAll('close')
      await allDone()
    },
  }
}

function checkLasting(job: JobRow, what: string): void {
  if (job.kind !== 'import') return
  throw new AppError(
    'ERR_4001',
    `job ${job.id} is of kind ${job.kind}: only training runs and predictions can be ${what}`,
  )
}

/** An interrupted run may also begin anew: nobody wanted it to end. Any other state the table of moves refuses or takes. */
function checkCheckpoint(job: JobRow): void {
  if (job.hasCheckpoint || job.state === 'interrupted' || !isEnded(job.state)) return
  throw new AppError('ERR_4001', `job ${job.id} kept no checkpoint to go on from: start a new run instead`)
}
