/** What a page that watches a run receives: first what there is, then what comes, until the job has ended. */
import type { LogLine } from '../../shared/contract/jobs.ts'
import type { MetricBatch } from '../../shared/contract/metrics.ts'
import type { StoreReader } from '../store/handles.ts'
import type { StoreScans } from '../store/store-reader.ts'
import type { JobLog } from './job-log.ts'
import type { JobSignals } from './job-signals.ts'
import type { JobStore } from './job-store.ts'
import { newPoints } from './metrics-curves.ts'
import { cursorOf } from './metrics-store.ts'
import { isEnded } from './transitions.ts'

export interface StreamSources {
  store: StoreReader
  scans: Pick<StoreScans, 'query'>
  jobs: Pick<JobStore, 'get' | 'find'>
  log: JobLog
  signals: JobSignals
}

export interface MetricsWanted {
  jobId: string
  /** Cursor of what the watcher has; 0 for nothing. */
  after: number
  ranges: number
}

/** Up to this many new points go out as they are; a longer backlog is reduced to its outline. */
const BATCH_POINTS = 4_000
const BATCH_LINES = 1_000

/**
 * Curves after the cursor. ERR_3002 where there is no such job; ends when the job has ended, was removed or the
 * signal aborts. A watcher that falls far behind gets the outline of what it missed.
 */
export async function* streamMetrics(
  sources: StreamSources,
  { jobId, after, ranges }: MetricsWanted,
  signal?: AbortSignal,
): AsyncGenerator<MetricBatch, void, void> {
  let cursor = after
  yield* follow(sources, jobId, signal, async function* () {
    const next = await nextBatch(sources, { jobId, after: cursor, ranges })
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

async function nextBatch({ store, scans }: StreamSources, wanted: MetricsWanted): Promise<MetricBatch | null> {
  const { jobId, after, ranges } = wanted
  const news = cursorOf(store, jobId) - after
  if (news <= 0) return null
  if (after === 0) return scans.query('curves', { jobId, ranges })
  return news <= BATCH_POINTS ? newPoints(store, jobId, after) : scans.query('curvesSince', wanted)
}
