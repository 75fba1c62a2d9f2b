/** The log of each run in the store: lines of its files and of the host in one sequence. */
import type { LogLine } from '../../shared/contract/jobs.ts'
import type { StoreWriter } from '../store/handles.ts'
import type { JobSignals } from './job-signals.ts'

export interface JobLog {
  /** A line of the host's own. */
  append(jobId: string, level: LogLine['level'], message: string): void
  /** Within a transaction of the caller, who tells the listeners once it is committed. */
  insert(jobId: string, line: Omit<LogLine, 'sequence'>): void
  /** Up to `limit` lines with a higher sequence number, in order. */
  after(jobId: string, sequence: number, limit: number): LogLine[]
}

export function createJobLog(store: StoreWriter, signals: JobSignals): JobLog {
  function insert(jobId: string, { at, level, message }: Omit<LogLine, 'sequence'>): void {
    store.run(
      `INSERT INTO job_log (job_id, sequence, at, level, message)
       SELECT $jobId, COALESCE(MAX(sequence), -1) + 1, $at, $level, $message FROM job_log WHERE job_id = $jobId`,
      { jobId, at, level, message },
    )
  }
  return {
    insert,
    append: (jobId, level, message) => {
      insert(jobId, { at: Date.now(), level, message })
      signals.notify(jobId)
    },
    after: (jobId, sequence, limit) =>
      store.all<LogLine>(
        `SELECT sequence, at, level, message FROM job_log WHERE job_id = ? AND sequence > ?
         ORDER BY sequence LIMIT ?`,
        [jobId, sequence, limit],
      ),
  }
}
