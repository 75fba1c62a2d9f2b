/** What the application and its jobs wrote into their logs, newest first, for whoever looks for a fault. */
import { z } from 'zod'
import { idSchema, procedure, timeSchema } from './common.ts'

export const loggedLevelSchema = z.enum(['debug', 'info', 'warn', 'error'])
export const logSourceSchema = z.enum(['application', 'jobs'])
export type LogSource = z.infer<typeof logSourceSchema>

export const loggedLineSchema = z.strictObject({
  at: timeSchema,
  level: loggedLevelSchema,
  source: logSourceSchema,
  /** The job it is about, where there is one. */
  jobId: z.string().nullable(),
  /** As people call it: `dmpnn #14`; `null` for the application and for jobs that are gone. */
  jobName: z.string().nullable(),
  message: z.string(),
  /** Everything else the line says, as JSON. */
  details: z.string().nullable(),
})
export type LoggedLine = z.infer<typeof loggedLineSchema>

export const logQuerySchema = z.strictObject({
  /** And what is worse. */
  level: loggedLevelSchema.default('warn'),
  source: logSourceSchema.optional(),
  /** Milliseconds since 1970, the first included, the second not. */
  from: z.number().optional(),
  to: z.number().optional(),
  /** In the message or the details, whatever the case. */
  search: z.string().max(200).default(''),
  limit: z.int().min(1).max(2_000).default(500),
})
export type LogQuery = z.infer<typeof logQuerySchema>

export const logsContract = {
  read: procedure.input(logQuerySchema).output(
    z.strictObject({
      lines: z.array(loggedLineSchema),
      /** There are more that fit, older than these. */
      isCut: z.boolean(),
      /** Where the files of the application's log are. */
      folder: z.string(),
    }),
  ),
  /** Shows a folder in the system's own file manager; ERR_4001 where the host has no desktop to show it on. ERR_3002 without the job. */
  openFolder: procedure.input(
    z.discriminatedUnion('what', [
      z.strictObject({ what: z.literal('logs') }),
      z.strictObject({ what: z.literal('run'), id: idSchema }),
    ]),
  ),
}
