/** The application itself: what it is, settings, resources, events, downloads. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { anomalyRuleSchema, anomalySchema } from './anomalies.ts'
import { idSchema, procedure } from './common.ts'
import { datasetSchema } from './datasets.ts'
import { jobSchema } from './jobs.ts'
import { modelSchema } from './models.ts'
import { gpuSchema } from './resources.ts'
import { USUAL_UPKEEP, upkeepRulesSchema } from './upkeep.ts'

const settingShapes = {
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh-CN']),
  /** Threads of a training run on the CPU; 0 = all cores. */
  trainingThreads: z.int().min(0).max(256),
  /** What looks wrong in a run's curves and pauses the run. */
  pauseOn: z.array(anomalyRuleSchema).max(20),
  upkeep: upkeepRulesSchema,
}
export const settingsSchema = z.strictObject({
  theme: settingShapes.theme.default('system'),
  language: settingShapes.language.default('system'),
  trainingThreads: settingShapes.trainingThreads.default(0),
  pauseOn: settingShapes.pauseOn.default([]),
  upkeep: settingShapes.upkeep.default(USUAL_UPKEEP),
})
/** Without defaults: zod fills those in for absent keys too, and a change of one setting would reset the others. */
export const settingsChangeSchema = z.strictObject(settingShapes).partial()
export type Settings = z.infer<typeof settingsSchema>
export type SettingsChange = z.infer<typeof settingsChangeSchema>

/** A reading of the machine at 1 Hz; `null` says "not available". */
export const resourcesSchema = z.strictObject({
  cpuPercent: z.number(),
  memoryUsedBytes: z.number(),
  memoryTotalBytes: z.number(),
  diskFreeBytes: z.number().nullable(),
  /** Of the busiest card. */
  gpuPercent: z.number().nullable(),
  /** `null` where no card of NVIDIA's was found, or none could be asked. */
  gpus: z.array(gpuSchema).nullable(),
  /** Why the driver could not be asked, in its own words. */
  gpuProblem: z.string().nullable(),
})

export const appEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('dataset.changed'), dataset: datasetSchema }),
  z.strictObject({ type: z.literal('dataset.removed'), id: idSchema }),
  z.strictObject({ type: z.literal('job.changed'), job: jobSchema }),
  z.strictObject({ type: z.literal('job.removed'), id: idSchema }),
  /** `notify`: people have not been told of the like for a while. */
  z.strictObject({ type: z.literal('anomaly.found'), jobId: idSchema, anomaly: anomalySchema, notify: z.boolean() }),
  /** There is more of what a job used; `at`: its newest reading. */
  z.strictObject({ type: z.literal('usage.recorded'), id: idSchema, at: z.number() }),
  z.strictObject({ type: z.literal('model.changed'), model: modelSchema }),
  z.strictObject({ type: z.literal('model.removed'), id: idSchema }),
  z.strictObject({ type: z.literal('settings.changed'), settings: settingsSchema }),
  z.strictObject({ type: z.literal('resources.read'), resources: resourcesSchema }),
])
export type AppEvent = z.infer<typeof appEventSchema>

export const downloadRequestSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('ledger'), id: idSchema }),
  /** The rejected records with all their columns, as the file had them. */
  z.strictObject({ what: z.literal('rejected'), id: idSchema }),
  z.strictObject({ what: z.literal('prediction'), id: idSchema }),
  z.strictObject({ what: z.literal('model'), id: idSchema }),
  /** All points of one metric, of the run `id` or of several. */
  z.strictObject({
    what: z.literal('metrics'),
    id: idSchema,
    ids: z.array(idSchema).min(1).max(100).optional(),
    name: z.string().min(1).max(100),
  }),
])
export type DownloadRequest = z.infer<typeof downloadRequestSchema>

/** What a provider of the runtime did with the reference training step. */
export const providerReportSchema = z.strictObject({
  provider: z.enum(['cpu', 'webgpu', 'dml', 'coreml', 'cuda']),
  /** `agrees`: same answer as the CPU within the tolerance. `unavailable`: it said that it cannot run. `crashed`: its process ended. */
  outcome: z.enum(['agrees', 'disagrees', 'unavailable', 'crashed', 'timed out']),
  /** Of a step after the first, in milliseconds. */
  stepMs: z.number().nullable(),
  /** Largest relative difference from the CPU's losses and weights; absent where it was not finite. */
  difference: z.number().nullable(),
  /** The same difference between two runs of its own from one start; absent where it was not measured or not finite. */
  repeatability: z.number().nonnegative().optional(),
  /** Nodes left to the CPU, as `name (op)`. */
  fallbackNodes: z.array(z.string()),
  reason: z.string().nullable(),
})
export type ProviderReport = z.infer<typeof providerReportSchema>

export const providerTableSchema = z.strictObject({
  /** Milliseconds since 1970. */
  testedAt: z.number(),
  /** Largest `difference` of a provider that agrees. */
  tolerance: z.number(),
  /** The fastest that agrees: what `auto` trains on. */
  proposed: z.enum(['cpu', 'webgpu', 'dml', 'coreml', 'cuda']),
  reports: z.array(providerReportSchema),
})
export type ProviderTable = z.infer<typeof providerTableSchema>

export const doctorReportSchema = z.strictObject({
  runtimes: z.strictObject({ host: z.string(), onnxruntime: z.string(), sqlite: z.string() }),
  machine: z.strictObject({
    platform: z.string(),
    processor: z.string(),
    cpus: z.int(),
    memoryTotalBytes: z.number(),
    memoryFreeBytes: z.number(),
    diskFreeBytes: z.number().nullable(),
  }),
  /** SQLite's own check of the whole file: `ok`, or what it found. */
  database: z.strictObject({ file: z.string(), bytes: z.number(), integrity: z.array(z.string()), ok: z.boolean() }),
  folders: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string(),
      exists: z.boolean(),
      writable: z.boolean(),
      bytes: z.number(),
    }),
  ),
  /** As last tested; `null` where they never were on this machine with this version. */
  providers: providerTableSchema.nullable(),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const systemContract = {
  info: procedure.output(
    z.strictObject({
      version: z.string(),
      host: z.enum(['electron', 'headless', 'cli']),
      platform: z.string(),
      cpus: z.int().positive(),
      memoryTotalBytes: z.number(),
      workspace: z.string(),
      runtime: z.string(),
    }),
  ),
  /** As last tested on this machine with this version; `null` where they never were. */
  providers: procedure.output(providerTableSchema.nullable()),
  /** Tests every provider in a process of its own, at most two minutes each, and keeps the table. One test at a time. */
  testProviders: procedure.output(providerTableSchema),
  /** Checks database, folders and disk. Does not test the providers. */
  doctor: procedure.output(doctorReportSchema),
  settings: procedure.output(settingsSchema),
  updateSettings: procedure.input(settingsChangeSchema).output(settingsSchema),
  /** Everything that changes, as it changes. A subscriber that falls behind is told only the latest of each thing. */
  events: procedure.output(eventIterator(appEventSchema)),
  /** A link-time ticket for `GET /downloads/<ticket>` (or the Electron host's save dialog). */
  prepareDownload: procedure
    .input(downloadRequestSchema)
    .output(z.strictObject({ ticket: z.string(), fileName: z.string() })),
}
