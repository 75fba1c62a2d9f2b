/** The order of what waits, and whether something the machine lacks keeps it waiting. */
import type { Priority, Shortage } from '../../shared/contract/job-parts.ts'
import { AppError } from '../../shared/errors.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { JobRow } from './executor.ts'
import { storedPriority } from './job-rows.ts'
import type { JobStore } from './job-store.ts'
import { isEnded } from './transitions.ts'

export interface QueueStore {
  /**
   * Puts a waiting job of these, which are all that wait in its lane in their order, before another one or at the end. Ranks are
   * written anew; a priority that would undo the move follows the neighbour's.
   */
  move(id: string, before: string | null, lane: readonly JobRow[]): void
  setPriority(id: string, priority: Priority): void
  setWaitsFor(id: string, shortages: readonly Shortage[]): void
  setStartAnyway(id: string): void
  /** Its next attempt is due now. */
  retryNow(id: string): void
}

const ORDER: readonly Priority[] = ['low', 'normal', 'high']

export function createQueueStore(store: StoreWriter, jobs: JobStore): QueueStore {
  return {
    move: (id, before, lane) =>
      store.write(() => {
        const moved = lane.find(job => job.id === id)
        if (moved === undefined) throw new AppError('ERR_4001', `job ${id} does not wait: only what waits can be moved`)
        if (before === id) return
        const rest = lane.filter(job => job.id !== id)
        const at = before === null ? rest.length : rest.findIndex(job => job.id === before)
        if (at === -1) {
          throw new AppError('ERR_2001', `job ${before} does not wait in the lane of job ${id}`, { path: 'before' })
        }
        const order = [...rest.slice(0, at), moved, ...rest.slice(at)]
        // The ranks that the lane has, dealt out anew: those of other lanes are not touched.
        const ranks = rankStore(store, order).sort((a, b) => a - b)
        for (const [i, job] of order.entries()) {
          store.run('UPDATE jobs SET queue_rank = ? WHERE id = ?', [ranks[i]!, job.id])
        }
        const priority = fitting(moved.priority, rest[at - 1]?.priority, rest[at]?.priority)
        store.run('UPDATE jobs SET priority = ? WHERE id = ?', [storedPriority(priority), id])
      }),
    setPriority: (id, priority) => {
      const { state } = jobs.get(id)
      if (isEnded(state)) throw new AppError('ERR_4001', `job ${id} is ${state}: there is nothing left to order`)
      store.run('UPDATE jobs SET priority = ? WHERE id = ?', [storedPriority(priority), id])
    },
    setWaitsFor: (id, shortages) =>
      void store.run("UPDATE jobs SET waits_for = ? WHERE id = ? AND state = 'queued'", [
        JSON.stringify(shortages),
        id,
      ]),
    setStartAnyway: id => void store.run("UPDATE jobs SET start_anyway = 1, waits_for = '[]' WHERE id = ?", [id]),
    retryNow: id => void store.run('UPDATE jobs SET retry_at = NULL WHERE id = ?', [id]),
  }
}

function rankStore(store: StoreWriter, jobs: readonly JobRow[]): number[] {
  return jobs.map(
    job => store.one<{ rank: number }>('SELECT queue_rank AS rank FROM jobs WHERE id = ?', [job.id])!.rank,
  )
}

/** Its own where the neighbours allow it: not above the one before it, not below the one after it. */
function fitting(own: Priority, previous: Priority | undefined, next: Priority | undefined): Priority {
  const highest = previous === undefined ? ORDER.length - 1 : ORDER.indexOf(previous)
  const lowest = next === undefined ? 0 : ORDER.indexOf(next)
  return ORDER[Math.max(lowest, Math.min(highest, ORDER.indexOf(own)))]!
}
