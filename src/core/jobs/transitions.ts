/** The one table of a job's states and the moves between them. */
import { type JobState, TERMINAL_STATES } from '../../shared/contract/jobs.ts'
import { AppError } from '../../shared/errors.ts'

/**
 * `null` is the state of a job that is not there yet. An ended run is queued again only by its user's Resume; nothing leaves
 * `completed`.
 */
const ALLOWED: Readonly<Record<JobState | 'new', readonly JobState[]>> = {
  new: ['draft', 'queued'],
  draft: ['queued', 'cancelling'],
  queued: ['preparing', 'cancelling'],
  preparing: ['running', 'failed', 'cancelling', 'interrupted'],
  running: ['completed', 'failed', 'pausing', 'cancelling', 'interrupted'],
  pausing: ['paused', 'completed', 'failed', 'cancelling', 'interrupted'],
  paused: ['queued', 'cancelling'],
  cancelling: ['cancelled'],
  completed: [],
  failed: ['queued'],
  cancelled: ['queued'],
  interrupted: ['queued'],
}

/** States in which a process may be working for the job. */
export const ACTIVE_STATES = ['preparing', 'running', 'pausing', 'cancelling'] as const satisfies readonly JobState[]
/** States that last until somebody does something: the ended ones and `paused`. */
export const SETTLED_STATES = ['completed', 'failed', 'cancelled', 'interrupted', 'paused'] as const
export type SettledState = (typeof SETTLED_STATES)[number]

export function canMove(from: JobState | null, to: JobState): boolean {
  return ALLOWED[from ?? 'new'].includes(to)
}

/** Of the states that end a job; `paused` is none. */
export function isEnded(state: JobState): boolean {
  return TERMINAL_STATES.includes(state)
}

export function isSettled(state: JobState): state is SettledState {
  return (SETTLED_STATES as readonly JobState[]).includes(state)
}

/** Throws ERR_4001 for a move that the table does not have. */
export function checkMove(from: JobState | null, to: JobState, jobId: string): void {
  if (canMove(from, to)) return
  const allowed = ALLOWED[from ?? 'new']
  throw new AppError(
    'ERR_4001',
    `job ${jobId}: ${from ?? 'a new job'} cannot become ${to}, expected ${allowed.join(' or ') || 'no further change'}`,
    { details: { job: jobId, from, to, allowed } },
  )
}
