/** Readings of the machine at 1 Hz while somebody listens. */
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import type { AppEvent } from '../../shared/contract/system.ts'
import type { EventBus } from './event-bus.ts'
import type { GpuMonitor } from './gpu-monitor.ts'

type Resources = Extract<AppEvent, { type: 'resources.read' }>['resources']

export interface CpuTimes {
  busyMs: number
  totalMs: number
}

/** Share of the time between two readings in which the cores were busy, 0–100; 0 where no time has passed. */
export function cpuPercent(before: CpuTimes, after: CpuTimes): number {
  const totalMs = after.totalMs - before.totalMs
  if (totalMs <= 0) return 0
  return Math.min(100, Math.max(0, (100 * (after.busyMs - before.busyMs)) / totalMs))
}

export function readCpuTimes(): CpuTimes {
  let idleMs = 0
  let totalMs = 0
  for (const { times } of os.cpus()) {
    idleMs += times.idle
    totalMs += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { busyMs: totalMs - idleMs, totalMs }
}

export interface ResourceMonitorDeps {
  events: EventBus
  workspace: string
  gpu: Pick<GpuMonitor, 'read'>
}

/** Publishes `resources.read` while the bus has subscribers. Answers the function that stops it. */
export function startResourceMonitor({ events, workspace, gpu }: ResourceMonitorDeps, intervalMs = 1_000): () => void {
  let timer: NodeJS.Timeout | undefined
  let before = readCpuTimes()

  async function read(): Promise<void> {
    const after = readCpuTimes()
    const { gpus, problem } = await gpu.read()
    const loads = gpus?.flatMap(({ percent }) => (percent === null ? [] : [percent])) ?? []
    const resources: Resources = {
      cpuPercent: cpuPercent(before, after),
      memoryUsedBytes: os.totalmem() - availableMemory(),
      memoryTotalBytes: os.totalmem(),
      diskFreeBytes: await freeDiskBytes(workspace),
      gpuPercent: loads.length === 0 ? null : Math.max(...loads),
      gpus: gpus?.map(({ uuid: _uuid, ...card }) => card) ?? null,
      gpuProblem: problem,
    }
    before = after
    events.publish({ type: 'resources.read', resources })
  }

  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  events.onAudience(present => {
    stop()
    if (!present) return
    before = readCpuTimes()
    timer = setInterval(() => void read(), intervalMs).unref()
  })
  return stop
}

/** What a new process could get: unlike "free", it counts the page cache that the system gives back. */
function availableMemory(): number {
  return process.availableMemory()
}

/** `null` where the file system does not tell, as some network shares do not. */
export async function freeDiskBytes(folder: string): Promise<number | null> {
  try {
    const disk = await statfs(folder)
    return disk.bavail * disk.bsize
  } catch {
    return null
  }
}
