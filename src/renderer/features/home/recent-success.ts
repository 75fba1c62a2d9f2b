/** How the jobs of the last days ended. */
import type { Job } from '../../../shared/contract/jobs.ts'

export const SUCCESS_DAYS = 7

export interface Success {
  completed: number
  /** Failed or interrupted: nobody wanted these to end. */
  failed: number
  /** 0–1 of those two; `null` where there were none. What the user cancelled counts on neither side. */
  share: number | null
}

export function recentSuccess(jobs: readonly Job[], now: number): Success {
  const since = now - SUCCESS_DAYS * 24 * 3_600_000
  const ended = jobs.filter(job => (job.endedAt ?? 0) >= since)
  const completed = ended.filter(job => job.state === 'completed').length
  const failed = ended.filter(job => job.state === 'failed' || job.state === 'interrupted').length
  return { completed, failed, share: completed + failed === 0 ? null : completed / (completed + failed) }
}
