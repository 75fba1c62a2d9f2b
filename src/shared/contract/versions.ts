/** Versions of data sets: edits, the difference of two, what was made of them; and the trash. */
import { z } from 'zod'
import { idSchema, nameSchema, pageSchema, procedure, timeSchema } from './common.ts'
import { datasetSchema, relationSchema, unitSchema } from './datasets.ts'
import { jobStateSchema, recipeSchema } from './jobs.ts'

/** A data set itself never changes; an edit makes the next version. Rows are named by their index in the version that is edited. */
export const editSchema = z
  .strictObject({
    id: idSchema,
    /** Rows that the new version lacks. */
    drop: z.array(z.int().nonnegative()).max(1_000_000).default([]),
    /** Rows with another value, written as in a table: `12`, `<0.5`, `7.2`. */
    change: z
      .array(z.strictObject({ row: z.int().nonnegative(), value: z.string().trim().min(1).max(200), unit: unitSchema }))
      .max(10_000)
      .default([]),
    /** Why, in the user's words; it goes into the ledger of the new version. */
    note: z.string().trim().min(1).max(1000),
  })
  .refine(({ drop, change }) => drop.length + change.length > 0, 'expected rows to drop or to change')
export type DatasetEdit = z.infer<typeof editSchema>

const sideSchema = z.strictObject({
  smiles: z.string(),
  pX: z.number(),
  relation: relationSchema,
  rawValue: z.string(),
  unit: z.string(),
  split: z.string().nullable(),
})

/** One row that differs: `before` is missing for an added one, `after` for a removed one. */
export const diffEntrySchema = z.strictObject({
  change: z.enum(['added', 'removed', 'changed']),
  line: z.int().positive(),
  id: z.string().nullable(),
  before: sideSchema.nullable(),
  after: sideSchema.nullable(),
})
export type DiffEntry = z.infer<typeof diffEntrySchema>
export type DiffSide = z.infer<typeof sideSchema>

export const versionDiffSchema = z.strictObject({
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  same: z.int().nonnegative(),
  /** How rows of the two were paired: by the line of their common file, by compound id, or by structure. */
  pairedBy: z.enum(['line', 'id', 'structure']),
  entries: z.array(diffEntrySchema),
})
export type VersionDiff = z.infer<typeof versionDiffSchema>

export const lineageSchema = z.strictObject({
  /** Oldest first; those in the trash are marked by `trashedAt`. */
  versions: z.array(
    z.strictObject({
      dataset: datasetSchema,
      runs: z.array(
        z.strictObject({
          id: idSchema,
          number: z.int().positive(),
          name: z.string(),
          state: jobStateSchema,
          recipe: recipeSchema,
          testRmse: z.number().nullable(),
          createdAt: timeSchema,
        }),
      ),
      models: z.array(
        z.strictObject({
          id: idSchema,
          name: nameSchema,
          /** The run that made it. */
          jobId: idSchema,
          testRmse: z.number().nullable(),
          createdAt: timeSchema,
          predictions: z.array(
            z.strictObject({
              jobId: idSchema,
              resultId: idSchema,
              fileName: z.string(),
              state: jobStateSchema,
              createdAt: timeSchema,
            }),
          ),
        }),
      ),
    }),
  ),
})
export type Lineage = z.infer<typeof lineageSchema>

export const versionsContract = {
  /**
   * Makes the next version and answers it once it is ready. ERR_2001 for a row that is not there or a value that cannot be read,
   * ERR_4001 for a data set that is not ready, ERR_6001 where nothing would be left.
   */
  edit: procedure.input(editSchema).output(datasetSchema),
  /** What `id` has that `from` has not, and the other way round; `from` is the parent where it is left out. */
  diff: procedure.input(pageSchema.extend({ id: idSchema, from: idSchema.optional() })).output(versionDiffSchema),
  /** Every version of the data set with the runs, models and predictions that were made of it. */
  lineage: procedure.input(z.strictObject({ id: idSchema })).output(lineageSchema),
  /** Data sets in the trash, the last deleted first, and the bytes that deleting each for good would free. */
  trash: procedure.output(z.array(z.strictObject({ dataset: datasetSchema, bytes: z.int().nonnegative() }))),
  /** Takes data sets out of the trash. ERR_4001 for one that is not there. */
  restore: procedure.input(z.strictObject({ ids: z.array(idSchema).min(1).max(1000) })).output(z.array(datasetSchema)),
  /** Deletes data sets in the trash for good. */
  purge: procedure
    .input(z.strictObject({ ids: z.array(idSchema).min(1).max(1000) }))
    .output(z.strictObject({ freedBytes: z.int().nonnegative() })),
}
