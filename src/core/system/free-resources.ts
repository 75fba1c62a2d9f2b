/** What a new job could have of this machine now. */
import type { FreeResources } from '../jobs/pre-checks.ts'
import { freeDiskBytes } from './resource-monitor.ts'

export async function readFreeResources(workspace: string): Promise<FreeResources> {
  return {
    // Unlike "free", it counts the page cache that the system gives back.
    memoryBytes: process.availableMemory(),
    gpuMemoryBytes: null,
    diskBytes: await freeDiskBytes(workspace),
  }
}
