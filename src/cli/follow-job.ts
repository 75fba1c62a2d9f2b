/** Waits for a job and shows what it does meanwhile. */
import type { Job, JobProgress } from '../shared/contract/jobs.ts'
import { TERMINAL_STATES } from '../shared/contract/jobs.ts'
import { AppError, type ErrorBody } from '../shared/errors.ts'
import { JobFailure } from './failure.ts'
import { formatBytes, formatDuration } from './format.ts'
import type { Session } from './session.ts'

/**
 * Follows the job until it has completed. Ctrl+C cancels the job and goes on waiting until its process is gone. Any other
 * end, a pause by another command included, is a `JobFailure`.
 */
export async function followJob(session: Session, id: string): Promise<Job> {
  const { client, terminal } = session
  session.onInterrupt(() => {
    terminal.note(`cancelling ${id}`)
    // A job that has ended in the meantime cannot be cancelled, and needs not to be.
    client.jobs.cancel({ id }).catch((error: unknown) => terminal.note(`not cancelled: ${(error as Error).message}`))
  })
  try {
    const job = await settled(session, id, [...TERMINAL_STATES, 'paused'])
    if (job.state === 'completed') return job
    throw new JobFailure(failureOf(job), { id, state: job.state })
  } finally {
    session.onInterrupt(null)
  }
}

/** Resolves with the job once it is in one of the states. */
export async function settled(session: Session, id: string, states: readonly Job['state'][]): Promise<Job> {
  const { client, terminal } = session
  // Listening starts before the first look, so that no change falls between the two.
  const events = await client.system.events()
  try {
    let { job } = await client.jobs.get({ id })
    while (!states.includes(job.state)) {
      terminal.progress(describe(job))
      const next = await events.next()
      if (next.done === true) throw new Error('the stream of events ended before the job did')
      const event = next.value
      if (event.type === 'job.changed' && event.job.id === id) job = event.job
      else if (event.type === 'job.removed' && event.id === id) {
        throw new AppError('ERR_3002', `${id} was removed by another process`)
      }
    }
    terminal.progress('')
    return job
  } finally {
    await events.return?.(undefined as never)
  }
}

function failureOf(job: Job): ErrorBody {
  // A run that halted is paused, with the reason as its error.
  if (job.error !== null && (job.state === 'failed' || job.state === 'paused')) return job.error as ErrorBody
  const kept = job.hasCheckpoint ? `; its checkpoint was kept, "resume ${job.id}" goes on from there` : ''
  switch (job.state) {
    case 'cancelled':
      return { code: 'ERR_4004', message: `${job.name} was cancelled${kept}` }
    case 'paused':
      return { code: 'ERR_4004', message: `${job.name} was paused${kept}` }
    case 'interrupted':
      return { code: 'ERR_9001', message: `${job.name} was interrupted${kept}` }
    default:
      return { code: 'ERR_1001', message: `${job.name} ended as ${job.state} without saying why` }
  }
}

function describe(job: Job): string {
  return `${job.name}: ${job.progress === null ? describeWaiting(job) : describeProgress(job.progress)}`
}

/** Why it waits although its turn has come, where it does. */
function describeWaiting({ id, state, waitsFor, retryAt }: Job): string {
  const lacks = waitsFor.map(
    ({ what, neededBytes, freeBytes }) =>
      `${what === 'gpuMemory' ? 'GPU memory' : what} ${formatBytes(neededBytes)} needed, ${formatBytes(freeBytes)} free`,
  )
  if (lacks.length > 0) return `waits: ${lacks.join(', ')} ("override ${id}" starts it all the same)`
  return retryAt === null ? state : 'waits for its next attempt'
}

/** One line for people, e.g. `training, epoch 3 of 40, 1 min 23 s left`. */
export function describeProgress({ stage, done, total, epoch, epochs, etaMs }: JobProgress): string {
  const parts: string[] = [stage]
  if (epoch !== null && epochs !== null) parts.push(`epoch ${epoch} of ${epochs}`)
  else if (total === 1)
    parts.push(`${Math.floor(100 * done)} %`) // a share: what has no natural count
  else if (total !== null) parts.push(`${done} of ${total}`)
  else if (done > 0) parts.push(`${done}`)
  if (etaMs !== null) parts.push(`${formatDuration(etaMs / 1000)} left`)
  return parts.join(', ')
}
