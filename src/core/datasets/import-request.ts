/** What an import job was asked to do, as it is stored with the job. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'
import { importOptionsSchema } from '../../shared/contract/datasets.ts'

export const importRequestSchema = z.strictObject({
  uploadId: idSchema,
  datasetId: idSchema,
  options: importOptionsSchema,
})
export type ImportRequest = z.infer<typeof importRequestSchema>
