/** What may be asked of a job, and in which state. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Log } from '../../node/log.ts'
import type { Priority } from '../../shared/contract/job-parts.ts'
import { AppError } from '../../shared/errors.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { JobRow } from './executor.ts'
import type { JobRunner } from './job-runner.ts'
import type { JobStore, Move } from './job-store.ts'
import { deleteSomeMetrics } from './metrics-store.ts'
import type { QueueStore } from './queue-store.ts'
import { isEnded } from './transitions.ts'

export interface JobRequests {
  cancel(id: string): JobRow
  pause(id: string, by?: Pick<Move, 'actor' | 'cause'>): JobRow
  resume(id: string): JobRow
  retry(id: string): JobRow
  remove(id: string): Promise<void>
  moveInQueue(id: string, before: string | null): JobRow
  setPriority(id: string, priority: Priority): JobRow
  startAnyway(id: string): JobRow
}

export interface RequestDeps {
  store: StoreWriter
  rows: JobStore
  queue: QueueStore
  runner: JobRunner
  log: Log
  changed(id: string): void
  /** Ends a job that has no run of ours. */
  endWithoutRun(id: string, how: () => Promise<void>): Promise<void>
}

const SLICE_ROWS = 5_000

export function createJobRequests(deps: RequestDeps): JobRequests {
  const { store, rows, queue, runner, log, changed } = deps
  const removing = new Set<string>()

  function checkStays(id: string): void {
    if (removing.has(id)) throw new AppError('ERR_4001', `job ${id} is being removed`)
  }

  /** With what its executor does for it to be done again, in one transaction. */
  function queueAgain(id: string, cause: string, prepare = (): void => undefined): JobRow {
    checkStays(id)
    if (rows.get(id).trashedAt !== null) {
      throw new AppError('ERR_4001', `job ${id} is in the trash: restore it before it goes on`)
    }
    const move: Move = { to: 'queued', actor: 'user', cause }
    return started(
      store.write(() => {
        prepare()
        return rows.move(id, move)
      }),
    )
  }

  /** After a change of what waits: not within the caller's own transaction, where there is one. */
  function started(row: JobRow): JobRow {
    runner.release(row.id)
    changed(row.id)
    setImmediate(runner.startWaiting)
    return row
  }

  async function discard(job: JobRow): Promise<void> {
    await runner.executorOf(job.kind).discard?.(job)
    // One cascade over a million points would hold the event loop for seconds.
    while (store.write(() => deleteSomeMetrics(store, job.id, SLICE_ROWS))) await nextTurn()
    rows.remove(job.id)
  }

  return {
    cancel: id => {
      const before = rows.get(id)
      if (before.state === 'cancelling') return before
      const row = rows.move(id, { to: 'cancelling', actor: 'user', cause: jobCause('cancelled') })
      changed(id)
      if (!runner.stop(id, 'cancel')) {
        void deps.endWithoutRun(id, async () => {
          await runner.tidy(row)
          try {
            rows.move(id, { to: 'cancelled', actor: 'host', cause: jobCause('notRunning'), reason: 'user' })
          } catch (error) {
            log.error({ err: error, job: id }, 'the end of a job could not be written; it is ended on the next start')
          }
        })
      }
      return row
    },
    pause: (id, by = { actor: 'user', cause: jobCause('paused') }) => {
      checkLasting(rows.get(id), 'paused')
      const row = rows.move(id, { to: 'pausing', ...by })
      changed(id)
      runner.stop(id, 'pause')
      return row
    },
    resume: id => {
      const job = rows.get(id)
      const { again } = runner.executorOf(job.kind)
      if (again === undefined) {
        checkLasting(job, 'resumed')
        checkCheckpoint(job)
      }
      return queueAgain(id, jobCause('resumed'), () => again?.(job))
    },
    retry: id => {
      const job = rows.get(id)
      if (job.state === 'queued' && job.retryAt !== null) {
        queue.retryNow(id)
        return started(rows.get(id))
      }
      checkLasting(job, 'begun again')
      if (job.state !== 'failed') {
        throw new AppError('ERR_4001', `job ${id} is ${job.state}: only one that failed is begun again`)
      }
      return queueAgain(id, jobCause('again'))
    },
    remove: async id => {
      const job = rows.get(id)
      checkStays(id)
      if (!isEnded(job.state)) {
        throw new AppError('ERR_4001', `job ${id} is ${job.state}: cancel it before it is removed`)
      }
      if (job.pinned) throw new AppError('ERR_4001', `job ${id} is pinned: unpin it before it is removed`)
      removing.add(id)
      await discard(job).finally(() => removing.delete(id))
      changed(id)
    },
    moveInQueue: (id, before) => {
      const { lane } = runner.executorOf(rows.get(id).kind)
      queue.move(
        id,
        before,
        rows.queued().filter(job => runner.executorOf(job.kind).lane === lane),
      )
      return started(rows.get(id))
    },
    setPriority: (id, priority) => {
      queue.setPriority(id, priority)
      return started(rows.get(id))
    },
    startAnyway: id => {
      const { state } = rows.get(id)
      if (state !== 'queued') throw new AppError('ERR_4001', `job ${id} is ${state}: it does not wait`)
      queue.setStartAnyway(id)
      return started(rows.get(id))
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
