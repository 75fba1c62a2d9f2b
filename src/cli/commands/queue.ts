/** `queue`, `priority`, `override`, `retry`: which job runs when. */
import type { Priority } from '../../shared/contract/job-parts.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { followJob } from '../follow-job.ts'
import { formatTable, formatTime } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function queue(context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const lanes = await client.queue.read()
    const jobs = new Map((await client.jobs.list({})).map(job => [job.id, job]))
    const rows = lanes.flatMap(({ lane, waiting }) =>
      waiting.map(({ id, position, startsAt }) => [
        lane,
        position,
        id,
        jobs.get(id)?.name ?? null,
        jobs.get(id)?.priority ?? null,
        startsAt === null ? null : formatTime(startsAt),
      ]),
    )
    const header = ['lane', 'place', 'id', 'name', 'priority', 'starts about']
    terminal.result({ lanes }, rows.length === 0 ? ['nothing waits'] : formatTable(header, rows))
  })
}

export async function priority(id: string, level: Priority, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const job = await client.queue.setPriority({ id, priority: level })
    terminal.result(report(job), [`${id} has ${job.priority} priority`])
  })
}

export async function override(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const job = await client.queue.startAnyway({ id })
    terminal.result(report(job), [`${id} starts in its turn, whatever memory and disk say; it may run out of them`])
  })
}

/** Followed to its end: a command that left at once would stop it again. */
export async function retry(id: string, context: CommandContext): Promise<void> {
  await withSession(context, async session => {
    await session.client.queue.retry({ id })
    const job = await followJob(session, id)
    session.terminal.result(report(job), [`${id} is ${job.state}`])
  })
}

const report = ({ id, state, priority, attempts }: Job) => ({ job: { id, state, priority, attempts } })
