/** What a job of predictions was asked, as it is stored with the job. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'

const tableSchema = z.strictObject({
  modelId: idSchema,
  /** Further models whose answers stand beside the first one's. */
  also: z.array(idSchema).default([]),
  /** Asked in this order where the first one is unavailable. */
  fallback: z.array(idSchema).default([]),
  uploadId: idSchema,
  smilesColumn: z.int().nonnegative().nullable(),
  /** The table of an archive, the sheet of a workbook. */
  member: z.string().nullable().default(null),
  sheet: z.string().nullable().default(null),
  resultId: idSchema,
})
export type TableRequest = z.infer<typeof tableSchema>

/** The failed rows of a table once more. */
const retrySchema = z.strictObject({ retryOf: idSchema })

export const predictRequestSchema = z.union([tableSchema, retrySchema])
export type PredictRequest = z.infer<typeof predictRequestSchema>

export function resultIdOf(request: PredictRequest): string {
  return 'retryOf' in request ? request.retryOf : request.resultId
}
