/** The jobs of a workspace: one queue, lanes with places, and for every job an end that is written down. */

import path from 'node:path'
import { laneSchema } from '../../shared/contract/job-parts.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { CoreContext } from '../app-context.ts'
import type { GpuMonitor } from '../system/gpu-monitor.ts'
import type { JobRow } from './executor.ts'
import { createJobCare } from './job-care.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { createJobRequests } from './job-requests.ts'
import { toJob } from './job-rows.ts'
import { createRunner, PLACES } from './job-runner.ts'
import type { JobService } from './job-service.ts'
import { createJobSignals, type JobSignals } from './job-signals.ts'
import { createJobStore, type JobStore } from './job-store.ts'
import { awaitOrphan } from './orphan.ts'
import type { ReadFreeResources } from './pre-checks.ts'
import { type QueueParts, readQueue } from './queue-reading.ts'
import { createQueueStore } from './queue-store.ts'
import { RETRY_POLICY, type RetryPolicy } from './retry.ts'
import { createStartChecks } from './start-checks.ts'
import { ACTIVE_STATES, isSettled, type SettledState } from './transitions.ts'
import { createUsageSampler } from './usage-sampler.ts'

export interface Jobs extends JobService {
  /** For the executors of runs with files, which write into the same log and wake the same streams. */
  readonly runLog: JobLog
  readonly signals: JobSignals
  readonly rows: JobStore
}

export interface JobsOptions {
  /** What the machine has free; nothing is checked without it. */
  free?: ReadFreeResources
  /** Whose figures are kept with those of a job's process. */
  gpu?: GpuMonitor
  retry?: Partial<RetryPolicy>
  /** How soon a job that found too little is looked at again. */
  lookAgainMs?: number
}

const NOTHING_KNOWN: ReadFreeResources = async () => ({ memoryBytes: null, gpuMemoryBytes: null, diskBytes: null })

export function createJobs(
  context: Pick<CoreContext, 'store' | 'events' | 'log'> & { deps: Pick<CoreContext['deps'], 'workspace'> },
  options: JobsOptions = {},
): Jobs {
  const { store, events, log, deps } = context
  const rows = createJobStore(store)
  const queue = createQueueStore(store, rows)
  const care = createJobCare({ store, rows, runsFolder: path.join(deps.workspace, 'runs') })
  const signals = createJobSignals()
  const runLog = createJobLog(store, signals)
  const checks = createStartChecks({
    queue,
    runLog,
    log,
    changed,
    free: options.free ?? NOTHING_KNOWN,
    ...(options.lookAgainMs === undefined ? {} : { againMs: options.lookAgainMs }),
  })
  const retry = { ...RETRY_POLICY, ...options.retry }
  const usage = createUsageSampler({
    store,
    log,
    onRecorded: id => {
      // With its peaks.
      changed(id)
      events.publish({ type: 'usage.recorded', id, at: Date.now() })
    },
    ...(options.gpu === undefined ? {} : { gpu: options.gpu }),
  })
  const runner = createRunner({ store, rows, runLog, log, checks, retry, usage, changed })
  /** Ends of jobs that never ran: they too are waited for when the application closes. */
  const ending = new Set<Promise<void>>()
  const requests = createJobRequests({ store, rows, queue, runner, log, changed, endWithoutRun })

  /** For whoever watches, what is in the trash is gone. */
  function changed(id: string): void {
    const row = rows.find(id)
    events.publish(
      row === null || row.trashedAt !== null ? { type: 'job.removed', id } : { type: 'job.changed', job: toJob(row) },
    )
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
    const cause = jobCause('lost')
    rows.move(
      job.id,
      job.state === 'cancelling'
        ? { to: 'cancelled', actor: 'host', cause, reason: 'user' }
        : { to: 'interrupted', actor: 'host', cause, reason: 'crash' },
    )
  }

  function lanes(): QueueParts[] {
    const active = rows.inStates(ACTIVE_STATES)
    const waiting = rows.queued()
    return laneSchema.options.map(lane => {
      const isHere = (job: JobRow): boolean => runner.executorOf(job.kind).lane === lane
      return { lane, places: PLACES[lane], running: active.filter(isHere), waiting: waiting.filter(isHere) }
    })
  }

  async function emptyTrash(): Promise<{ removed: number; freedBytes: number }> {
    const emptied = { removed: 0, freedBytes: 0 }
    for (const job of rows.list(undefined, true)) {
      const { bytes } = await care.usage(job.id)
      await requests.remove(job.id)
      emptied.removed++
      emptied.freedBytes += bytes
    }
    return emptied
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

  /** The row after a change that was told to everybody. */
  function told(row: JobRow) {
    changed(row.id)
    return toJob(row)
  }

  return {
    runLog,
    signals,
    rows,
    changed,
    settled,
    remove: requests.remove,
    emptyTrash,
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
    list: (kind, trashed) => rows.list(kind, trashed).map(toJob),
    row: id => rows.get(id),
    get: id => ({ job: toJob(rows.get(id)), transitions: rows.transitions(id), attempts: rows.attempts(id) }),
    cancel: id => toJob(requests.cancel(id)),
    pause: (id, by) => toJob(requests.pause(id, by)),
    saveNow: id => rows.get(id).state === 'running' && runner.save(id),
    resume: id => toJob(requests.resume(id)),
    retry: id => toJob(requests.retry(id)),
    queue: () => readQueue(store, lanes(), Date.now()),
    moveInQueue: (id, before) => toJob(requests.moveInQueue(id, before)),
    setPriority: (id, priority) => toJob(requests.setPriority(id, priority)),
    startAnyway: id => toJob(requests.startAnyway(id)),
    update: (id, change) => told(care.update(id, change)),
    usage: id => care.usage(id),
    trash: async id => {
      told(care.trash(id))
      return care.usage(id)
    },
    restore: id => told(care.restore(id)),
    active: () => rows.inStates(ACTIVE_STATES).map(toJob),
    holdQueue: held => {
      runner.setOpen(!held)
      runner.startWaiting()
    },
    cancelAll: async () => {
      for (const job of [...rows.queued(), ...rows.inStates(ACTIVE_STATES)]) requests.cancel(job.id)
      await allDone()
    },
    close: async () => {
      runner.setOpen(false)
      runner.stopAll('close')
      await allDone()
    },
  }
}
