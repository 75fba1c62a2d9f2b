/** The goes at a job, one row each: begun when it takes its place, ended with the state it then gets. */
import type { Attempt } from '../../shared/contract/jobs.ts'
import type { StoreWriter } from '../store/handles.ts'
import { asJson } from './job-rows.ts'
import type { SettledState } from './transitions.ts'

export interface AttemptEnd extends Pick<Attempt, 'reason' | 'error'> {
  state: SettledState
  at: number
}

export interface Attempts {
  begin(jobId: string, at: number): void
  /** Does nothing where none is open: a job that was cancelled while it waited. */
  end(jobId: string, end: AttemptEnd): void
  /** In order. */
  list(jobId: string): Attempt[]
}

export function createAttempts(store: StoreWriter): Attempts {
  return {
    begin: (jobId, at) =>
      void store.run(
        `INSERT INTO job_attempts (job_id, attempt, started_at)
         SELECT $jobId, COALESCE(MAX(attempt), 0) + 1, $at FROM job_attempts WHERE job_id = $jobId`,
        { jobId, at },
      ),
    end: (jobId, { state, at, reason, error }) =>
      void store.run(
        `UPDATE job_attempts SET ended_at = $at, state = $state, reason = $reason, error = $error
         WHERE job_id = $jobId AND ended_at IS NULL`,
        { jobId, at, state, reason, error: asJson(error) },
      ),
    list: jobId =>
      store
        .all<Omit<Attempt, 'error'> & { error: string | null }>(
          `SELECT attempt, started_at AS startedAt, ended_at AS endedAt, state, reason, error FROM job_attempts
           WHERE job_id = ? ORDER BY attempt`,
          [jobId],
        )
        .map(row => ({ ...row, error: row.error === null ? null : (JSON.parse(row.error) as Attempt['error']) })),
  }
}
