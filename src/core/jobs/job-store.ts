/** Jobs as rows. Every change of state goes through `move`, which writes the state and its transition in one transaction. */
import type { Job, JobProgress, JobReason, JobState, TrainResult } from '../../shared/contract/jobs.ts'
import { AppError, type ErrorBody } from '../../shared/errors.ts'
import type { StoreWriter } from '../store/handles.ts'
import { newId } from '../store/new-id.ts'
import type { JobRow } from './executor.ts'
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
}

export interface JobStore {
  insert(job: NewJob): JobRow
  /** ERR_3002 where there is none. */
  get(id: string): JobRow
  find(id: string): JobRow | null
  list(kind?: Job['kind']): JobRow[]
  inStates(states: readonly JobState[]): JobRow[]
  /** Waiting jobs in the order in which they were queued. */
  queued(): JobRow[]
  /** ERR_4001 for a move the table does not have; then nothing is written. */
  move(id: string, move: Move): JobRow
  transitions(id: string): Transition[]
  setProgress(id: string, progress: JobProgress | null): void
  setPid(id: string, pid: number | null): void
  setHasCheckpoint(id: string, has: boolean): void
  remove(id: string): void
}

interface Row {
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
}

export function createJobStore(store: StoreWriter, now: () => number = Date.now): JobStore {
  function find(id: string): JobRow | null {
    const row = store.one<Row>('SELECT * FROM jobs WHERE id = ?', [id])
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

  return {
    find,
    get,
    insert: job =>
      store.write(() => {
        const id = newId('job')
        // What `prepare` writes may point at the job and be pointed at by it; checked at the commit.
        store.run('PRAGMA defer_foreign_keys = ON')
        job.prepare?.(id)
        store.run(
          `INSERT INTO jobs (id, number, kind, name, state, dataset_id, model_id, request, created_at)
           SELECT $id, COALESCE(MAX(number), 0) + 1, $kind, $name, 'queued', $datasetId, $modelId, $request, $at
           FROM jobs WHERE kind = $kind`,
          {
            id,
            kind: job.kind,
            name: job.name,
            datasetId: job.datasetId,
            modelId: job.modelId ?? null,
            request: JSON.stringify(job.request),
            at: now(),
          },
        )
        record(id, null, { to: 'queued', actor: 'user', cause: 'submitted' })
        return get(id)
      }),
    list: kind =>
      (kind === undefined
        ? store.all<Row>('SELECT * FROM jobs ORDER BY created_at DESC, number DESC')
        : store.all<Row>('SELECT * FROM jobs WHERE kind = ? ORDER BY created_at DESC, number DESC', [kind])
      ).map(fromRow),
    inStates: states =>
      store
        .all<Row>(`SELECT * FROM jobs WHERE state IN (${states.map(() => '?').join(', ')}) ORDER BY created_at`, states)
        .map(fromRow),
    queued: () =>
      store
        .all<Row>(
          `SELECT jobs.* FROM jobs
           JOIN (SELECT job_id, MAX(at) AS at FROM job_transitions WHERE to_state = 'queued' GROUP BY job_id) AS queued
             ON queued.job_id = jobs.id
           WHERE state = 'queued' ORDER BY queued.at, jobs.number`,
        )
        .map(fromRow),
    move: (id, move) =>
      store.write(() => {
        const job = get(id)
        checkMove(job.state, move.to, id)
        const at = now()
        store.run(
          `UPDATE jobs SET state = $to, reason = $reason, error = $error,
             result = COALESCE($result, result), model_id = COALESCE($modelId, model_id),
             started_at = CASE WHEN $to = 'preparing' THEN COALESCE(started_at, $at) ELSE started_at END,
             ended_at = CASE WHEN $settled THEN $at ELSE NULL END,
             pid = CASE WHEN $settled THEN NULL ELSE pid END,
             progress = CASE WHEN $to IN ('queued', 'completed') THEN NULL ELSE progress END
           WHERE id = $id`,
          {
            id,
            to: move.to,
            at,
            reason: move.reason ?? null,
            error: asJson(move.error),
            result: asJson(move.result),
            modelId: move.modelId ?? null,
            settled: isSettled(move.to) && move.to !== 'paused' ? 1 : 0,
          },
        )
        record(id, job.state, move)
        return get(id)
      }),
    transitions: id =>
      store.all<Transition>(
        `SELECT from_state AS "from", to_state AS "to", at, actor, cause FROM job_transitions
         WHERE job_id = ? ORDER BY sequence`,
        [id],
      ),
    setProgress: (id, progress) => void store.run('UPDATE jobs SET progress = ? WHERE id = ?', [asJson(progress), id]),
    setPid: (id, pid) => void store.run('UPDATE jobs SET pid = ? WHERE id = ?', [pid, id]),
    setHasCheckpoint: (id, has) => void store.run('UPDATE jobs SET has_checkpoint = ? WHERE id = ?', [has ? 1 : 0, id]),
    remove: id => void store.run('DELETE FROM jobs WHERE id = ?', [id]),
  }
}

/** The job as the contract has it, without what only the host knows. */
export function toJob(row: JobRow): Job {
  const { request: _request, pid: _pid, ...job } = row
  return job
}

function asJson(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}

function fromRow(row: Row): JobRow {
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
    request,
    pid: row.pid,
  }
}
