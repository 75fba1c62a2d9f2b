/** `doctor`: what this machine and this workspace look like, to be copied into a question or a report. */
import { listProviders } from '../../node/execution-providers.ts'
import type { DoctorReport, ProviderTable } from '../../shared/contract/system.ts'
import { formatBytes, formatTable } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export interface DoctorOptions {
  /** Whether to leave the providers as they were last tested. */
  readonly quick?: boolean
}

export async function doctor({ quick = false }: DoctorOptions, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal, owner }) => {
    const info = await client.system.info()
    if (!quick) terminal.note('testing the execution providers, each in a process of its own')
    const providers = quick ? await client.system.providers() : await client.system.testProviders()
    const examined = await client.system.doctor()
    const [datasets, jobs, models] = await Promise.all([
      client.datasets.list(),
      client.jobs.list({}),
      client.models.list(),
    ])
    const report = {
      ...info,
      ...examined,
      providers,
      commandLine: { version: context.version, runtime: `Node ${process.version}` },
      owner,
      diskFreeBytes: examined.machine.diskFreeBytes,
      /** What the runtime was built with; `providers` says which of them work. */
      providersBuiltIn: listProviders(),
      counts: { datasets: datasets.length, jobs: jobs.length, models: models.length },
    }
    const { machine, runtimes } = examined
    const disk = machine.diskFreeBytes === null ? 'unknown' : formatBytes(machine.diskFreeBytes)
    terminal.result(report, [
      `Bindery ${info.version}, ${info.runtime}, ${machine.platform}`,
      `ONNX Runtime ${runtimes.onnxruntime}, SQLite ${runtimes.sqlite}`,
      `${machine.cpus} × ${machine.processor}, ${formatBytes(machine.memoryTotalBytes)} memory, ${disk} free on disk`,
      `workspace ${info.workspace}: ${datasets.length} data sets, ${models.length} models, ${jobs.length} jobs`,
      owner === null ? 'owned by this command' : `owned by ${owner.host}, process ${owner.pid}`,
      ...describeDatabase(examined),
      ...formatTable(
        ['folder', 'size', 'state'],
        examined.folders.map(({ name, bytes, exists, writable }) => [
          name,
          formatBytes(bytes),
          exists ? (writable ? 'writable' : 'READ ONLY') : 'not there yet',
        ]),
      ),
      `execution providers built in: ${report.providersBuiltIn.join(', ')}`,
      ...describeProviders(providers),
    ])
  })
}

function describeDatabase({ database: { bytes, integrity, ok } }: DoctorReport): string[] {
  if (ok) return [`database: ${formatBytes(bytes)}, sound`]
  return [`database: ${formatBytes(bytes)}, DAMAGED`, ...integrity.map(line => `  ${line}`)]
}

function describeProviders(table: ProviderTable | null): string[] {
  if (table === null) return ['the providers have not been tested on this machine']
  const rows = table.reports.map(({ provider, outcome, stepMs, difference, repeatability, fallbackNodes }) => [
    provider,
    outcome,
    stepMs === null ? null : `${stepMs.toFixed(1)} ms`,
    difference === null ? null : difference.toPrecision(2),
    repeatability === undefined ? null : repeatability === 0 ? 'exactly' : `within ${repeatability.toPrecision(2)}`,
    stepMs === null ? null : fallbackNodes.length,
  ])
  return [
    ...formatTable(
      ['provider', 'reference step', 'time', `difference (≤ ${table.tolerance})`, 'repeats', 'nodes left to the CPU'],
      rows,
    ),
    ...table.reports.flatMap(({ provider, reason }) => (reason === null ? [] : [`${provider}: ${reason}`])),
    ...table.reports.flatMap(({ provider, fallbackNodes }) =>
      fallbackNodes.length === 0 ? [] : [`${provider} leaves to the CPU: ${fallbackNodes.join(', ')}`],
    ),
    `auto trains on ${table.proposed}`,
  ]
}
