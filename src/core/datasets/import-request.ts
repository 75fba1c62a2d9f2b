/** What an import job was asked to do, as it is stored with the job. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'
import { importOptionsSchema } from '../../shared/contract/datasets.ts'
import { importingDatasetSchema } from './importing-dataset.ts'

export const importRequestSchema = z.strictObject({
  uploadId: idSchema,
  datasetId: idSchema,
  options: importOptionsSchema,
  /** For an import that is begun anew: its data set is gone by then. Requests from before do not have it. */
  dataset: importingDatasetSchema.optional(),
})
export type ImportRequest = z.infer<typeof importRequestSchema>
