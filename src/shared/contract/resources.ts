/** What jobs used of the machine over time, and its graphics cards now. */
import { z } from 'zod'
import { idSchema, procedure, timeSchema } from './common.ts'

/** A card of NVIDIA's as its driver tells of it; `null` says "not available". */
export const gpuSchema = z.strictObject({
  index: z.int().nonnegative(),
  name: z.string(),
  percent: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  temperatureC: z.number().nullable(),
  powerWatts: z.number().nullable(),
})
export type Gpu = z.infer<typeof gpuSchema>

/**
 * Some seconds of a job: means, of memory the most; `null` says "not available". The figures of a card are there while the driver
 * lists the job's process on it.
 */
export const usagePointSchema = z.strictObject({
  at: timeSchema,
  /** Readings, one a second, that it stands for: long jobs are kept more coarsely. */
  readings: z.int().positive(),
  /** Of one core: 200 is two cores busy. */
  cpuPercent: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  gpuPercent: z.number().nullable(),
  /** Of the job's process alone. */
  gpuMemoryBytes: z.number().nullable(),
  gpuTemperatureC: z.number().nullable(),
  gpuPowerWatts: z.number().nullable(),
})
export type UsagePoint = z.infer<typeof usagePointSchema>

export const resourcesContract = {
  /** What a job's processes used, oldest first, after a time; `usage.recorded` says when there is more. ERR_3002 without the job. */
  ofJob: procedure
    .input(z.strictObject({ id: idSchema, after: z.number().default(0) }))
    .output(z.array(usagePointSchema)),
}
