/** Jobs as rows. Every change of state goes through `move`, which writes the state and its transition in one transaction. */

import { queueOptionsSchema } from '../../shared/contract/job-parts.ts'
import type { Attempt, Job, JobProgress, JobReason, JobState, TrainResult } from '../../shared/contract/jobs.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { StoreWriter } from '../store/handles.ts'
import { newId } from '../store/new-id.ts'
import { createAttempts } from './attempt-store.ts'
import type { JobRow } from './executor.ts'
import { asJson, fromRow, SELECT_JOBS, type StoredJob, storedPriority } from './job-rows.ts'
import type { NewJob, Transition } from './job-service.ts'
import { checkMove, isSettled } from './transitions.ts'

export interface Move {
  to: JobState
  actor: Transition['actor']
  cause: string
  reason?: JobReason | null
  error?: ErrorBody | null
  result?: TrainResult
  modelId?: string
  /** Of a move to `queued`: the runner's own next attempt, which keeps its turn and is not begun before this time. */
  retryAt?: number
}

export interface JobStore {
  insert(job: NewJob): JobRow
  /** ERR_3002 where there is none. */
  get(id: string): JobRow
  find(id: string): JobRow | null
  /** Newest first; without those in the trash, or those alone. */
  list(kind?: Job['kind'], trashed?: boolean): JobRow[]
  inStates(states: readonly JobState[]): JobRow[]
  /** Waiting jobs in the order in which they start: by priority, then by rank. */
  queued(): JobRow[]
  /** ERR_4001 for a move the table does not have; then nothing is written. */
  move(id: string, move: Move): JobRow
  transitions(id: string): Transition[]
  attempts(id: string): Attempt[]
  /** How many it was given. */
  retriesOf(id: string): number
  setProgress(id: string, progress: JobProgress | null): void
  setPid(id: string, pid: number | null): void
  setHasCheckpoint(id: string, has: boolean): void
  setStalledSince(id: string, since: number | null): void
  remove(id: string): void
}

export function createJobStore(store: StoreWriter, now: () => number = Date.now): JobStore {
  const attempts = createAttempts(store)

  function find(id: string): JobRow | null {
    const row = store.one<StoredJob>(`${SELECT_JOBS} WHERE id = ?`, [id])
    return row === undefined ? null : fromRow(row)
  }

  function get(id: string): JobRow {
    const job = find(id)
    if (job === null) throw new AppError('ERR_3002', `no job ${id}`, { details: { job: id } })
    return job
  }

  function record(id: string, from: JobState | null, move: Pick<Move, 'to' | 'actor' | 'cause'>): void {
    store.run(
      `INSERT INTO job_transitions (job_id, sequence, from_state, to_state, at, actor, cause)
       SELECT $id, COALESCE(MAX(sequence), 0) + 1, $from, $to, $at, $actor, $cause FROM job_transitions WHERE job_id = $id`,
      { id, from, to: move.to, at: now(), actor: move.actor, cause: move.cause },
    )
  }

  function nextNumber(kind: Job['kind']): number {
    return store.one<{ last: number }>(
      `INSERT INTO job_numbers (kind, last) VALUES (?, 1)
       ON CONFLICT (kind) DO UPDATE SET last = last + 1 RETURNING last`,
      [kind],
    )!.last
  }

  function insert(job: NewJob): JobRow {
    const id = newId('job')
    const { priority, retries, wallTimeMs, silenceMs, startAnyway } = queueOptionsSchema.parse(job.queue ?? {})
    // What `prepare` writes may point at the job and be pointed at by it; checked at the commit.
    store.run('PRAGMA defer_foreign_keys = ON')
    job.prepare?.(id)
    store.run(
      `INSERT INTO jobs (id, number, kind, name, state, dataset_id, model_id, request, created_at,
         priority, queue_rank, retries, retries_left, wall_time_ms, silence_ms, start_anyway)
       VALUES ($id, $number, $kind, $name, 'queued', $datasetId, $modelId, $request, $at,
         $priority, ${LAST_RANK}, $retries, $retries, $wallTimeMs, $silenceMs, $startAnyway)`,
      {
        id,
        number: nextNumber(job.kind),
        kind: job.kind,
        name: job.name,
        datasetId: job.datasetId,
        modelId: job.modelId ?? null,
        request: JSON.stringify(job.request),
        at: now(),
        priority: storedPriority(priority),
        retries,
        wallTimeMs,
        silenceMs,
        startAnyway: startAnyway ? 1 : 0,
      },
    )
    record(id, null, { to: 'queued', actor: 'user', cause: jobCause('submitted') })
    return get(id)
  }

  function move(id: string, change: Move): JobRow {
    const job = get(id)
    const { to, retryAt = null } = change
    checkMove(job.state, to, id)
    const at = now()
    store.run(
      `UPDATE jobs SET state = $to, reason = $reason, error = $error,
         result = COALESCE($result, result), model_id = COALESCE($modelId, model_id),
         started_at = CASE WHEN $to = 'preparing' THEN COALESCE(started_at, $at) ELSE started_at END,
         ended_at = CASE WHEN $ended THEN $at ELSE NULL END,
         pid = CASE WHEN $ended THEN NULL ELSE pid END,
         progress = CASE WHEN $to IN ('queued', 'completed') THEN NULL ELSE progress END,
         waits_for = '[]', stalled_since = NULL, retry_at = $retryAt
       WHERE id = $id`,
      {
        id,
        to,
        at,
        reason: change.reason ?? null,
        error: asJson(change.error),
        result: asJson(change.result),
        modelId: change.modelId ?? null,
        ended: isSettled(to) && to !== 'paused' ? 1 : 0,
        retryAt,
      },
    )
    if (to === 'queued') queueAgain(id, retryAt !== null)
    if (to === 'preparing') attempts.begin(id, at)
    if (isSettled(to)) attempts.end(id, { state: to, at, reason: change.reason ?? null, error: change.error ?? null })
    record(id, job.state, change)
    return get(id)
  }

  /** A retry keeps its turn and costs one; what the user queues again goes to the end, with all its retries. */
  function queueAgain(id: string, isRetry: boolean): void {
    store.run(
      isRetry
        ? 'UPDATE jobs SET retries_left = retries_left - 1 WHERE id = ?'
        : `UPDATE jobs SET retries_left = retries, queue_rank = ${LAST_RANK} WHERE id = ?`,
      [id],
    )
  }

  return {
    find,
    get,
    insert: job => store.write(() => insert(job)),
    list: (kind, trashed = false) =>
      store
        .all<StoredJob>(
          `${SELECT_JOBS} WHERE kind = COALESCE($kind, kind) AND (trashed_at IS NOT NULL) = $trashed
           ORDER BY created_at DESC, number DESC`,
          { kind: kind ?? null, trashed: trashed ? 1 : 0 },
        )
        .map(fromRow),
    inStates: states =>
      store
        .all<StoredJob>(
          `${SELECT_JOBS} WHERE state IN (${states.map(() => '?').join(', ')}) ORDER BY created_at`,
          states,
        )
        .map(fromRow),
    queued: () =>
      store
        .all<StoredJob>(`${SELECT_JOBS} WHERE state = 'queued' ORDER BY priority DESC, queue_rank, created_at, number`)
        .map(fromRow),
    move: (id, change) => store.write(() => move(id, change)),
    transitions: id =>
      store.all<Transition>(
        `SELECT from_state AS "from", to_state AS "to", at, actor, cause FROM job_transitions
         WHERE job_id = ? ORDER BY sequence`,
        [id],
      ),
    attempts: id => attempts.list(id),
    retriesOf: id => store.one<{ retries: number }>('SELECT retries FROM jobs WHERE id = ?', [id])?.retries ?? 0,
    setProgress: (id, progress) => void store.run('UPDATE jobs SET progress = ? WHERE id = ?', [asJson(progress), id]),
    setPid: (id, pid) => void store.run('UPDATE jobs SET pid = ? WHERE id = ?', [pid, id]),
    setHasCheckpoint: (id, has) => void store.run('UPDATE jobs SET has_checkpoint = ? WHERE id = ?', [has ? 1 : 0, id]),
    setStalledSince: (id, since) => void store.run('UPDATE jobs SET stalled_since = ? WHERE id = ?', [since, id]),
    remove: id => void store.run('DELETE FROM jobs WHERE id = ?', [id]),
  }
}

const LAST_RANK = "(SELECT COALESCE(MAX(queue_rank), 0) + 1 FROM jobs WHERE state = 'queued')"
