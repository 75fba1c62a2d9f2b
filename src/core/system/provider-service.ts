/** Which execution providers work on this machine: tested when asked for, kept, and what `auto` stands for. */
import os from 'node:os'
import { z } from 'zod'
import { type ProbeOptions, probeProviders, probeTolerance, proposeProvider } from '../../node/execution-providers.ts'
import { createReferenceStep } from '../../recipes/training/reference-step.ts'
import { type ProviderTable, providerTableSchema } from '../../shared/contract/system.ts'
import type { AppDeps } from '../app-context.ts'
import type { StoreWriter } from '../store/handles.ts'

export interface ProviderService {
  /** Names this machine and this version: what was measured holds for them alone. */
  readonly machine: string
  /** As last tested on this machine with this version. */
  read(): ProviderTable | null
  test(): Promise<ProviderTable>
  /** What `auto` means: the fastest provider that agreed with the CPU, the CPU where none was tested. */
  choose(): ProviderTable['proposed']
}

const NAME = 'providers'
const storedSchema = z.strictObject({ machine: z.string(), table: providerTableSchema })

export function createProviders(
  store: StoreWriter,
  { version, fork }: Pick<AppDeps, 'version' | 'fork'>,
  /** Shorter, or fewer, for tests. */
  options: Partial<Pick<ProbeOptions, 'providers' | 'timeoutMs' | 'problem'>> = {},
): ProviderService {
  // A workspace that was carried to another machine, and another runtime, start anew.
  const machine = [version, process.platform, process.arch, os.cpus()[0]?.model ?? '', os.hostname()].join(' | ')
  let running: Promise<ProviderTable> | null = null

  function read(): ProviderTable | null {
    const row = store.one<{ value: string }>('SELECT value FROM settings WHERE name = ?', [NAME])
    if (row === undefined) return null
    const stored = storedSchema.parse(JSON.parse(row.value))
    return stored.machine === machine ? stored.table : null
  }

  async function probe(): Promise<ProviderTable> {
    const startChild = () => fork('provider-probe-child')
    const reports = await probeProviders({ problem: createReferenceStep(), startChild, ...options })
    const table: ProviderTable = {
      testedAt: Date.now(),
      tolerance: probeTolerance,
      proposed: proposeProvider(reports),
      reports: reports.map(({ difference, repeatability, fallbackNodes, ...report }) => ({
        ...report,
        difference: Number.isFinite(difference) ? difference : null,
        ...(repeatability !== null && Number.isFinite(repeatability) ? { repeatability } : {}),
        fallbackNodes: [...fallbackNodes],
      })),
    }
    store.run(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      [NAME, JSON.stringify({ machine, table })],
    )
    return table
  }

  return {
    machine,
    read,
    test: () => {
      running ??= probe().finally(() => {
        running = null
      })
      return running
    },
    choose: () => read()?.proposed ?? 'cpu',
  }
}
