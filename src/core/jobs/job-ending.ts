/** How a job's run becomes its last state. */

import type { JobState } from '../../shared/contract/jobs.ts'
import { AppError, toErrorBody } from '../../shared/errors.ts'
import { jobCause } from '../../shared/job-causes.ts'
import type { JobOutcome, StopReason } from './executor.ts'
import type { Move } from './job-store.ts'
import { reasonOf } from './reason-of.ts'

/** What a run that threw amounts to. After a request to stop, whatever it threw, it has stopped. */
export function outcomeOfError(error: unknown, stopReason: StopReason | null): JobOutcome {
  if (stopReason !== null) return { state: 'stopped' }
  const body = toErrorBody(error)
  return { state: 'failed', reason: reasonOf(body.code), error: body }
}

/** An expected failure is the user's to read; anything else is a bug of ours. */
export function isBug(error: unknown): boolean {
  return !(error instanceof AppError)
}

/**
 * The moves that end a run, written by the caller in one transaction. The user's Cancel wins over any outcome; a run that
 * completed or failed while it was asked to pause or to close has completed or failed.
 */
export function endingMoves(state: JobState, outcome: JobOutcome, stopReason: StopReason | null): Move[] {
  if (state === 'cancelling') {
    return [{ to: 'cancelled', actor: 'host', cause: jobCause('gone'), reason: 'user' }]
  }
  switch (outcome.state) {
    case 'completed':
      return [
        // An executor with nothing to prepare need not say that it has begun.
        ...(state === 'preparing' ? [{ to: 'running', actor: 'host', cause: jobCause('began') } as const] : []),
        {
          to: 'completed',
          actor: 'child',
          cause: jobCause('done'),
          ...(outcome.result === undefined ? {} : { result: outcome.result }),
          ...(outcome.modelId === undefined ? {} : { modelId: outcome.modelId }),
        },
      ]
    case 'failed':
      return [
        { to: 'failed', actor: 'child', cause: outcome.error.message, reason: outcome.reason, error: outcome.error },
      ]
    case 'halted':
      return [
        ...(state === 'running' ? [{ to: 'pausing', actor: 'child', cause: outcome.error.message } as const] : []),
        { to: 'paused', actor: 'child', cause: outcome.error.message, reason: outcome.reason, error: outcome.error },
      ]
    case 'stopped':
      if (stopReason === 'timeout') return [overTime()]
      if (state === 'pausing') return [{ to: 'paused', actor: 'child', cause: jobCause('stopped') }]
      return stopReason === null
        ? [{ to: 'interrupted', actor: 'child', cause: jobCause('outside'), reason: 'crash' }]
        : [{ to: 'interrupted', actor: 'host', cause: jobCause('closed'), reason: 'user' }]
  }
}

function overTime(): Move {
  const error = new AppError('ERR_5003', 'the job passed the time it may take and was stopped').toBody()
  return { to: 'failed', actor: 'host', cause: error.message, reason: 'timeout', error }
}
