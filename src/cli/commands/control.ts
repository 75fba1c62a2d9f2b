/** What is asked of whichever process runs a job. `cancel` and `pause` are done when its process is gone. */
import type { Job } from '../../shared/contract/jobs.ts'
import { TERMINAL_STATES } from '../../shared/contract/jobs.ts'
import { settled } from '../follow-job.ts'
import { formatTable } from '../format.ts'
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

/** Asks a running run for a checkpoint; the list tells when it is there. */
export async function save(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    await client.checkpoints.save({ jobId: id })
    terminal.result({ job: { id } }, [`${id} saves a checkpoint after its current step`])
  })
}

export async function checkpoints(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const { checkpoints, damaged } = await client.checkpoints.list({ jobId: id })
    const rows = checkpoints.map(
      ({ file, kind, step, member, epoch, bestScore }) =>
        [file, kind, step, member, epoch, bestScore === null ? null : Number(bestScore.toFixed(3))] as const,
    )
    terminal.result({ job: { id }, checkpoints, damaged }, [
      ...formatTable(['file', 'kept as', 'step', 'model', 'epochs', 'validation RMSE'], rows),
      ...damaged.map(({ file, reason }) => `${file}: ${reason}`),
    ])
  })
}

const report = ({ id, state, hasCheckpoint }: Job) => ({ job: { id, state, hasCheckpoint } })
