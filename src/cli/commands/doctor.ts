/** `doctor`: what this machine and this workspace look like, to be copied into a question or a report. */
import { statfs } from 'node:fs/promises'
import { listProviders } from '../../node/execution-providers.ts'
import { formatBytes } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export async function doctor(context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal, owner }) => {
    const info = await client.system.info()
    const { bavail, bsize } = await statfs(context.workspace)
    const [datasets, jobs, models] = await Promise.all([
      client.datasets.list(),
      client.jobs.list({}),
      client.models.list(),
    ])
    const report = {
      ...info,
      commandLine: { version: context.version, runtime: `Node ${process.version}` },
      owner,
      diskFreeBytes: bavail * bsize,
      /** What the runtime was built with; a run says which one works. */
      providersBuiltIn: listProviders(),
      counts: { datasets: datasets.length, jobs: jobs.length, models: models.length },
    }
    terminal.result(report, [
      `Bindery ${info.version}, ${info.runtime}, ${info.platform}`,
      `${info.cpus} processors, ${formatBytes(info.memoryTotalBytes)} memory, ${formatBytes(report.diskFreeBytes)} free on disk`,
      `workspace ${info.workspace}: ${datasets.length} data sets, ${models.length} models, ${jobs.length} jobs`,
      owner === null ? 'owned by this command' : `owned by ${owner.host}, process ${owner.pid}`,
      `execution providers built in: ${report.providersBuiltIn.join(', ')}`,
    ])
  })
}
