/** `cancel JOB` and `pause JOB`: asked of whichever process runs the job, and done when its process is gone. */
import type { Job } from '../../shared/contract/jobs.ts'
import { TERMINAL_STATES } from '../../shared/contract/jobs.ts'
import { settled } from '../follow-job.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function cancel(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    await session.client.jobs.cancel({ id })
    const job = await settled(session, id, TERMINAL_STATES)
    session.terminal.result(report(job), [`${id} is ${job.state}`])
  })
}

export async function pause(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    await session.client.jobs.pause({ id })
    const job = await settled(session, id, [...TERMINAL_STATES, 'paused'])
    session.terminal.result(report(job), [`${id} is ${job.state}`])
  })
}

const report = ({ id, state, hasCheckpoint }: Job) => ({ job: { id, state, hasCheckpoint } })
