/** What a new job could have of this machine now. */
import type { FreeResources } from '../jobs/pre-checks.ts'
import type { GpuMonitor } from './gpu-monitor.ts'
import { freeDiskBytes } from './resource-monitor.ts'

export async function readFreeResources(workspace: string, gpu: Pick<GpuMonitor, 'read'>): Promise<FreeResources> {
  const { gpus } = await gpu.read()
  const free = gpus?.flatMap(({ memoryTotalBytes: total, memoryUsedBytes: used }) =>
    total === null || used === null ? [] : [total - used],
  )
  return {
    // Unlike "free", it counts the page cache that the system gives back.
    memoryBytes: process.availableMemory(),
    gpuMemoryBytes: free === undefined || free.length === 0 ? null : Math.max(...free),
    diskBytes: await freeDiskBytes(workspace),
  }
}
