/** What a page that watches a run receives: first what there is, then what comes, until the job has ended. */
import type { LogLine, MetricPoint } from '../../shared/contract/jobs.ts'
import type { StoreReader } from '../store/handles.ts'
import type { JobLog } from './job-log.ts'
import type { JobSignals } from './job-signals.ts'
import type { JobStore } from './job-store.ts'
import { readReduced } from './metrics-backlog.ts'
import { isEnded } from './transitions.ts'

export interface StreamSources {
  store: StoreReader
  jobs: JobStore
  log: JobLog
  signals: JobSignals
}

export interface MetricBatch {
  cursor: number
  points: MetricPoint[]
}

/** Up to this many new points go out as they are; a longer backlog is reduced to its outline. */
const BATCH_POINTS = 4_000
const BATCH_LINES = 1_000

/**
 * Batches of points after the cursor. ERR_3002 where there is no such job; ends when the job has ended, was removed or the
 * signal aborts. A watcher that falls far behind gets the outline of what it missed.
 */
export async function* streamMetrics(
  sources: StreamSources,
  jobId: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<MetricBatch, void, void> {
  let cursor = after
  yield* follow(sources, jobId, signal, async function* () {
    const next = await nextBatch(sources.store, jobId, cursor)
    if (next === null) return
    cursor = next.cursor
    yield next
  })
}

/** Log lines with a sequence number above `after`, in order. Ends as `streamMetrics` does. */
export async function* streamLog(
  sources: StreamSources,
  jobId: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<LogLine[], void, void> {
  let sequence = after
  yield* follow(sources, jobId, signal, async function* () {
    for (;;) {
      const lines = sources.log.after(jobId, sequence, BATCH_LINES)
      if (lines.length === 0) return
      sequence = lines.at(-1)!.sequence
      yield lines
    }
  })
}

/** Reads after every notice, and once more after the job was seen to have ended: its last rows precede its last state. */
async function* follow<T>(
  { jobs, signals }: StreamSources,
  jobId: string,
  signal: AbortSignal | undefined,
  read: () => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  jobs.get(jobId)
  const watch = signals.watch(jobId, signal)
  try {
    do {
      const job = jobs.find(jobId)
      if (job === null) return
      yield* read()
      if (isEnded(job.state)) return
    } while (await watch.next())
  } finally {
    watch.stop()
  }
}

async function nextBatch(store: StoreReader, jobId: string, after: number): Promise<MetricBatch | null> {
  const rows = store.all<MetricPoint & { id: number }>(
    `SELECT id, step, name, value FROM metrics INDEXED BY metrics_by_job
     WHERE job_id = ? AND id > ? ORDER BY id LIMIT ?`,
    [jobId, after, BATCH_POINTS + 1],
  )
  if (rows.length === 0) return null
  if (rows.length <= BATCH_POINTS) {
    return { cursor: rows.at(-1)!.id, points: rows.map(({ step, name, value }) => ({ step, name, value })) }
  }
  const upTo = store.one<{ id: number }>(
    'SELECT MAX(id) AS id FROM metrics INDEXED BY metrics_by_job WHERE job_id = ?',
    [jobId],
  )!.id
  return { cursor: upTo, points: await readReduced(store, { jobId, after, upTo }) }
}
