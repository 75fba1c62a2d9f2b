/** The row of a data set whose import has not ended. */
import { z } from 'zod'
import { idSchema } from '../../shared/contract/common.ts'
import type { ImportOptions } from '../../shared/contract/datasets.ts'
import type { StoreWriter } from '../store/handles.ts'

/** What the row holds beside the options of its import. */
export const importingDatasetSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['table', 'simulated']),
  fileName: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** It becomes the next version of this one. */
  parentId: idSchema.nullable(),
})
export type ImportingDataset = z.infer<typeof importingDatasetSchema>

export function insertImporting(
  store: StoreWriter,
  id: string,
  { dataset, options }: { dataset: ImportingDataset; options: ImportOptions },
): void {
  const parent = store.one<{ id: string; family: string }>(
    'SELECT id, COALESCE(family_id, id) AS family FROM datasets WHERE id = ?',
    [dataset.parentId],
  )
  store.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, target, file_name, size_bytes, created_at, family_id, parent_id, version)
     VALUES ($id, $name, 'importing', $kind, $endpoint, $target, $fileName, $sizeBytes, $at, $family, $parent,
       (SELECT COALESCE(max(version), 0) + 1 FROM datasets WHERE COALESCE(family_id, id) = $family))`,
    {
      id,
      name: dataset.name,
      kind: dataset.kind,
      endpoint: options.endpoint,
      target: options.target,
      fileName: dataset.fileName,
      sizeBytes: dataset.sizeBytes,
      at: Date.now(),
      family: parent?.family ?? null,
      parent: parent?.id ?? null,
    },
  )
}
