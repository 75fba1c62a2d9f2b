/** The lanes as the queue view shows them. */
import type { Lane } from '../../shared/contract/job-parts.ts'
import type { LaneState } from '../../shared/contract/queue.ts'
import type { StoreReader } from '../store/handles.ts'
import type { JobRow } from './executor.ts'
import { forecastLane } from './queue-forecast.ts'
import { createDurationJudge } from './usual-duration.ts'

export interface QueueParts {
  lane: Lane
  places: number
  running: readonly JobRow[]
  waiting: readonly JobRow[]
}

export function readQueue(store: StoreReader, lanes: readonly QueueParts[], now: number): LaneState[] {
  const judge = createDurationJudge(store)
  return lanes.map(({ lane, places, running, waiting }) => {
    const left = running.map(job => leftMs(job, judge(job), now))
    const forecasts = forecastLane({
      places,
      runningLeftMs: left,
      waiting: waiting.map(job => ({
        durationMs: judge(job),
        notBeforeMs: Math.max(0, (job.retryAt ?? now) - now),
      })),
    })
    return {
      lane,
      places,
      running: running.map(({ id }, i) => ({ id, endsAt: inFuture(now, left[i]!) })),
      waiting: waiting.map(({ id }, i) => ({
        id,
        position: i + 1,
        startsAt: inFuture(now, forecasts[i]!.startsInMs),
        endsAt: inFuture(now, forecasts[i]!.endsInMs),
      })),
    }
  })
}

/** What the job says itself; else what is left of the usual time, nothing once that is over. */
function leftMs({ progress, startedAt }: JobRow, usualMs: number | null, now: number): number | null {
  if (progress?.etaMs != null) return progress.etaMs
  if (usualMs === null || startedAt === null) return null
  return Math.max(0, usualMs - (now - startedAt))
}

function inFuture(now: number, ms: number | null): number | null {
  return ms === null ? null : now + ms
}
