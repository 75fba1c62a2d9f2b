/** Lines of the logs of all jobs, for whoever looks for a fault. Runs in the store thread: no index helps a search by time. */
import type { LoggedLine, LogQuery } from '../../shared/contract/logs.ts'
import type { StoreReader } from '../store/handles.ts'

const LEVELS: readonly LoggedLine['level'][] = ['debug', 'info', 'warn', 'error']

/** That level and those that are worse. */
export function levelsFrom(level: LoggedLine['level']): readonly LoggedLine['level'][] {
  return LEVELS.slice(LEVELS.indexOf(level))
}

/** Newest first, `limit` at most. */
export function selectLoggedLines(store: StoreReader, query: LogQuery): LoggedLine[] {
  const levels = levelsFrom(query.level)
  return store
    .all<Pick<LoggedLine, 'at' | 'level' | 'jobId' | 'message'> & { name: string; number: number }>(
      `SELECT job_log.at, level, job_id AS "jobId", message, jobs.name, jobs.number
       FROM job_log JOIN jobs ON jobs.id = job_log.job_id
       WHERE level IN (${levels.map((_, i) => `$level${i}`).join(', ')})
         AND job_log.at >= $from AND job_log.at < $to
         AND instr(lower(message), lower($search)) > 0
       ORDER BY job_log.at DESC, job_id, sequence DESC LIMIT $limit`,
      {
        ...Object.fromEntries(levels.map((level, i) => [`level${i}`, level])),
        from: query.from ?? 0,
        to: query.to ?? Number.MAX_SAFE_INTEGER,
        search: query.search,
        limit: query.limit,
      },
    )
    .map(({ name, number, ...line }) => ({ ...line, source: 'jobs', jobName: `${name} #${number}`, details: null }))
}
