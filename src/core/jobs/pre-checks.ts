/** Whether the machine has what a job needs at the moment in which it would start. */
import type { Shortage } from '../../shared/contract/job-parts.ts'

/** What a job takes while it runs; `null`: nobody knows, or none. */
export interface Needs {
  memoryBytes: number | null
  gpuMemoryBytes: number | null
  diskBytes: number | null
}

/** What is free now; `null` where the machine does not tell. */
export interface FreeResources {
  memoryBytes: number | null
  /** On the card with the most; from the driver. */
  gpuMemoryBytes: number | null
  diskBytes: number | null
}

export type ReadFreeResources = () => Promise<FreeResources>

const PAIRS = [
  ['memory', 'memoryBytes'],
  ['gpuMemory', 'gpuMemoryBytes'],
  ['disk', 'diskBytes'],
] as const

/** Only what is known on both sides can be short. */
export function shortagesOf(needs: Needs, free: FreeResources): Shortage[] {
  return PAIRS.flatMap(([what, key]) => {
    const needed = needs[key]
    const there = free[key]
    if (needed === null || there === null || there >= needed) return []
    return [{ what, neededBytes: needed, freeBytes: there }]
  })
}

const WORDS: Record<Shortage['what'], string> = { memory: 'memory', gpuMemory: 'GPU memory', disk: 'disk' }

/** `needs about 640 MiB of memory, 210 MiB are free` */
export function describeShortages(shortages: readonly Shortage[]): string {
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`
  return shortages
    .map(
      ({ what, neededBytes, freeBytes }) =>
        `needs about ${mebibytes(neededBytes)} of ${WORDS[what]}, ${mebibytes(freeBytes)} are free`,
    )
    .join('; ')
}
