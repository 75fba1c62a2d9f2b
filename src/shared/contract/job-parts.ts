/** What a job carries besides its work: its place in the queue, its limits, what it used, what people wrote on it. */
import { z } from 'zod'
import { timeSchema } from './common.ts'

export const laneSchema = z.enum(['gpu', 'cpu', 'io'])
export type Lane = z.infer<typeof laneSchema>
export const prioritySchema = z.enum(['low', 'normal', 'high'])
export type Priority = z.infer<typeof prioritySchema>

/** Something the machine has too little of for a job to start. */
export const shortageSchema = z.strictObject({
  what: z.enum(['memory', 'gpuMemory', 'disk']),
  neededBytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
})
export type Shortage = z.infer<typeof shortageSchema>

export const jobLimitsSchema = z.strictObject({
  /** Of one attempt; a run that passes it saves a checkpoint and fails with reason `timeout`. */
  wallTimeMs: z
    .int()
    .min(1_000)
    .max(24 * 24 * 3_600_000)
    .nullable(),
  /** Without any sign of life, after which the process is ended; `null`: 15 s, three missed heartbeats. */
  silenceMs: z.int().min(10_000).max(3_600_000).nullable(),
})
export type JobLimits = z.infer<typeof jobLimitsSchema>

export const MAX_RETRIES = 3

/** How a job is queued; everything may be left out. */
export const queueOptionsSchema = z.strictObject({
  priority: prioritySchema.default('normal'),
  /** How often a run that crashed or did not answer is begun again by itself. */
  retries: z.int().min(0).max(MAX_RETRIES).default(MAX_RETRIES),
  wallTimeMs: jobLimitsSchema.shape.wallTimeMs.default(null),
  silenceMs: jobLimitsSchema.shape.silenceMs.default(null),
  /** Starts although memory or disk seem too small; the log says so. */
  startAnyway: z.boolean().default(false),
})
export type QueueOptions = z.infer<typeof queueOptionsSchema>

/** The most that a job's processes used at one time, over all its attempts; `null` says "not available". */
export const peaksSchema = z.strictObject({
  /** Of one core: 200 is two cores busy. */
  cpuPercent: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  gpuMemoryBytes: z.number().nullable(),
})
export type Peaks = z.infer<typeof peaksSchema>

export const tagSchema = z.string().trim().min(1).max(50)
export const notesSchema = z.string().max(10_000)

/** The keys of a job that this file describes. */
export const jobPartShapes = {
  priority: prioritySchema,
  /** Why a queued job does not start although its turn has come; empty otherwise. */
  waitsFor: z.array(shortageSchema),
  /** Attempts begun so far. */
  attempts: z.int().nonnegative(),
  /** Retries that may still follow by themselves, and when the next one begins. */
  retriesLeft: z.int().nonnegative(),
  retryAt: timeSchema.nullable(),
  limits: jobLimitsSchema,
  /** Since when the process has been alive without getting on; `null` while it does. */
  stalledSince: timeSchema.nullable(),
  peaks: peaksSchema.nullable(),
  tags: z.array(tagSchema),
  notes: notesSchema,
  /** Stays whatever the rules of upkeep say. */
  pinned: z.boolean(),
  /** Out of the way, but kept. */
  archivedAt: timeSchema.nullable(),
  trashedAt: timeSchema.nullable(),
} as const
