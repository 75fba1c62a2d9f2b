/** Rows of `jobs` and what the application makes of them. */
import type { Priority } from '../../shared/contract/job-parts.ts'
import type { Job, JobReason, JobState } from '../../shared/contract/jobs.ts'
import type { JobRow } from './executor.ts'

export interface StoredJob {
  id: string
  number: number
  kind: Job['kind']
  name: string
  state: JobState
  reason: JobReason | null
  dataset_id: string | null
  model_id: string | null
  request: string
  result: string | null
  progress: string | null
  error: string | null
  has_checkpoint: 0 | 1
  pid: number | null
  created_at: number
  started_at: number | null
  ended_at: number | null
  priority: -1 | 0 | 1
  queue_rank: number
  retries: number
  retries_left: number
  retry_at: number | null
  wall_time_ms: number | null
  silence_ms: number | null
  waits_for: string
  start_anyway: 0 | 1
  stalled_since: number | null
  peaks: string | null
  tags: string
  notes: string
  pinned: 0 | 1
  archived_at: number | null
  trashed_at: number | null
  attempts: number
}

export const SELECT_JOBS = `SELECT jobs.*, (SELECT COUNT(*) FROM job_attempts WHERE job_id = jobs.id) AS attempts FROM jobs`

const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high']

export function priorityOf(stored: StoredJob['priority']): Priority {
  return PRIORITIES[stored + 1]!
}

export function storedPriority(priority: Priority): StoredJob['priority'] {
  return (PRIORITIES.indexOf(priority) - 1) as StoredJob['priority']
}

export function asJson(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}

export function fromRow(row: StoredJob): JobRow {
  const request: unknown = JSON.parse(row.request)
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    name: row.name,
    state: row.state,
    reason: row.reason,
    datasetId: row.dataset_id,
    modelId: row.model_id,
    train: row.kind === 'train' ? (request as Job['train']) : null,
    result: fromJson(row.result),
    progress: fromJson(row.progress),
    error: fromJson(row.error),
    hasCheckpoint: row.has_checkpoint === 1,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    priority: priorityOf(row.priority),
    waitsFor: JSON.parse(row.waits_for) as Job['waitsFor'],
    attempts: row.attempts,
    retriesLeft: row.retries_left,
    retryAt: row.retry_at,
    limits: { wallTimeMs: row.wall_time_ms, silenceMs: row.silence_ms },
    stalledSince: row.stalled_since,
    peaks: fromJson(row.peaks),
    tags: JSON.parse(row.tags) as string[],
    notes: row.notes,
    pinned: row.pinned === 1,
    archivedAt: row.archived_at,
    trashedAt: row.trashed_at,
    request,
    pid: row.pid,
    startAnyway: row.start_anyway === 1,
  }
}

/** The job as the contract has it, without what only the host knows. */
export function toJob(row: JobRow): Job {
  const { request: _request, pid: _pid, startAnyway: _startAnyway, ...job } = row
  return job
}
