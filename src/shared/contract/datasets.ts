/** Data sets: uploads, preview of a table, import, rows, ledger. */
import { z } from 'zod'
import { errorBodySchema, idSchema, nameSchema, pageSchema, procedure, timeSchema } from './common.ts'

export const endpointSchema = z.enum(['Ki', 'Kd', 'IC50', 'EC50', 'dG', 'other'])
/** How a cell is read: molar units become pX = −log10(mol/L); `pX` is taken as it is; ΔG converts at 298.15 K. */
export const unitSchema = z.enum(['M', 'mM', 'uM', 'nM', 'pM', 'fM', 'pX', 'kcal/mol', 'kJ/mol'])
/**
 * `=` measured; `~` approximate; `<` `>` bounds of the concentration: `>10000 nM` binds weaker than pX 5. Where a table writes pX
 * (`pKi > 7`) the operator is turned round, so that it means the same everywhere.
 */
export const relationSchema = z.enum(['=', '<', '>', '<=', '>=', '~'])

/** Which column plays which part, by column index. Two columns may have one name, so names are not enough. */
export const columnRolesSchema = z.strictObject({
  smiles: z.int().nonnegative(),
  /** `null`: no column holds values. Every record is then rejected, and the ledger is what there is to correct. */
  value: z.int().nonnegative().nullable(),
  id: z.int().nonnegative().nullable().default(null),
  unit: z.int().nonnegative().nullable().default(null),
  relation: z.int().nonnegative().nullable().default(null),
  split: z.int().nonnegative().nullable().default(null),
  /** Names the kind of each value (`Standard Type`); records of another kind than `endpoint` are rejected, never pooled. */
  endpoint: z.int().nonnegative().nullable().optional(),
  /** What was bound, and in which assay; columns that are left out are looked for, `null` says that there is none. */
  target: z.int().nonnegative().nullable().optional(),
  assay: z.int().nonnegative().nullable().optional(),
  /** When it was measured, for splits by time. */
  date: z.int().nonnegative().nullable().optional(),
})
export type ColumnRoles = z.infer<typeof columnRolesSchema>
export const roleNameSchema = z.enum([
  'smiles',
  'value',
  'id',
  'unit',
  'relation',
  'split',
  'endpoint',
  'target',
  'assay',
  'date',
])

/**
 * What becomes of several records of one structure: their median (bounds: the tightest), every one as it is, or the median
 * unless exact values lie more than `conflictLog` log units apart: then none of them is taken.
 */
export const duplicatePolicySchema = z.discriminatedUnion('keep', [
  z.strictObject({ keep: z.literal('median') }),
  z.strictObject({ keep: z.literal('all') }),
  z.strictObject({ keep: z.literal('agreeing'), conflictLog: z.number().positive().max(20) }),
])
export type DuplicatePolicy = z.infer<typeof duplicatePolicySchema>

export const importOptionsSchema = z.strictObject({
  roles: columnRolesSchema,
  /** The unit of the value column where no unit column says otherwise. */
  unit: unitSchema.nullable(),
  endpoint: endpointSchema,
  /** The name of the target; where the table names several, the one that is taken. */
  target: z.string().trim().max(255).nullable().default(null),
  /** Where the table names several assays, the one that is taken, or `*` to pool them. `null` refuses; left out pools. */
  assay: z.string().trim().max(1000).nullable().optional(),
  name: nameSchema.optional(),
  /** The table of an archive, by its path in it; needed where there are several. */
  member: z.string().max(4096).nullable().optional(),
  /** The sheet of a workbook; the first visible one where none is named. */
  sheet: z.string().max(255).nullable().optional(),
  /** As detected where it is `null`. */
  decimalMark: z.enum(['.', ',']).nullable().optional(),
  /** Of dates such as 03/04/2019: which part comes first. As the column's other dates tell where it is `null`. */
  dateOrder: z.enum(['day', 'month']).nullable().optional(),
  /** Removes charges that protons explain (carboxylates, ammonium). */
  neutralise: z.boolean().optional(),
  duplicates: duplicatePolicySchema.optional(),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

/** Records that may be pooled; `null` where they name nothing. */
export const tableGroupSchema = z.strictObject({
  target: z.string().nullable(),
  /** A kind of `endpointSchema`, or as it is written. */
  endpoint: z.string().nullable(),
  assay: z.string().nullable(),
  records: z.int().positive(),
})
export type TableGroup = z.infer<typeof tableGroupSchema>

export const tablePreviewSchema = z.strictObject({
  fileName: z.string(),
  sizeBytes: z.int().nonnegative(),
  format: z.enum(['csv', 'tsv', 'semicolon', 'sdf', 'smi', 'xlsx']),
  encoding: z.string(),
  /** 1-based line of the header in the file; 0 where it has none and the columns are numbered. */
  headerLine: z.int().nonnegative(),
  columns: z.array(z.string()),
  /** The first records as the file has them. */
  rows: z.array(z.strictObject({ line: z.int().positive(), cells: z.array(z.string()) })),
  /** Proposed roles; `null` where nothing fits and the user must choose. */
  proposal: z.strictObject({
    smiles: z.int().nonnegative().nullable(),
    value: z.int().nonnegative().nullable(),
    id: z.int().nonnegative().nullable(),
    unit: z.int().nonnegative().nullable(),
    relation: z.int().nonnegative().nullable(),
    split: z.int().nonnegative().nullable(),
    endpoint: z.int().nonnegative().nullable().optional(),
    target: z.int().nonnegative().nullable().optional(),
    assay: z.int().nonnegative().nullable().optional(),
    date: z.int().nonnegative().nullable().optional(),
  }),
  /** Why each role was proposed; a rule id the page translates, e.g. `content.smiles`, `header.chembl`. */
  reasons: z.partialRecord(roleNameSchema, z.string()),
  unit: unitSchema.nullable(),
  endpoint: endpointSchema.nullable(),
  /** Where the table holds several: the largest ones, of which the import needs a choice (ERR_2006). */
  groups: z.array(tableGroupSchema).optional(),
  /** Tables of an archive, and the one shown. */
  members: z.array(z.strictObject({ name: z.string(), sizeBytes: z.int().nonnegative() })).optional(),
  member: z.string().optional(),
  /** Sheets of a workbook, and the one shown. */
  sheets: z.array(z.string()).optional(),
  sheet: z.string().optional(),
})
/** What was chosen for the last table with the same columns, where that was not what was proposed. */
export const rememberedChoiceSchema = z.strictObject({
  /** Stands for the names of the columns, in order. */
  shape: z.string(),
  options: importOptionsSchema,
  at: timeSchema,
})
export type RememberedChoice = z.infer<typeof rememberedChoiceSchema>
export type TablePreview = z.infer<typeof tablePreviewSchema>
export type Endpoint = z.infer<typeof endpointSchema>
export type Unit = z.infer<typeof unitSchema>
export type Relation = z.infer<typeof relationSchema>

/** What Bindery makes of the first rows under the chosen roles. */
export const rowPreviewSchema = z.strictObject({
  line: z.int().positive(),
  smiles: z.string().nullable(),
  pX: z.number().nullable(),
  relation: relationSchema.nullable(),
  problem: z.string().nullable(),
})

export type RowPreview = z.infer<typeof rowPreviewSchema>

/** What becomes of the first records under the chosen options. Of structures only those of `rows` are read. */
export const trialSchema = z.strictObject({
  rows: z.array(rowPreviewSchema),
  /** Records that were looked at, and whether they are all there are. */
  records: z.int().nonnegative(),
  isWhole: z.boolean(),
  /** Of those, records whose value is read. */
  readable: z.int().nonnegative(),
  /** Why the others are not, the most frequent first. */
  refusals: z.array(z.strictObject({ rule: z.string(), count: z.int().positive() })),
})
export type Trial = z.infer<typeof trialSchema>

export const fateSchema = z.enum(['accepted', 'altered', 'merged', 'rejected'])
export type Fate = z.infer<typeof fateSchema>
/** The four fates are disjoint: accepted + altered + merged + rejected = read. */
export const rowCountsSchema = z.strictObject({
  read: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  altered: z.int().nonnegative(),
  merged: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
})
export type RowCounts = z.infer<typeof rowCountsSchema>

/** Facts about the imported rows; keys grow with the importer, absent ones do not apply to the file. */
export const datasetSummarySchema = z.looseObject({
  structures: z.int().nonnegative(),
  endpoint: endpointSchema,
  unit: z.string(),
  /** Mean over the structures' values in pX units; exact values only. */
  meanPX: z.number().nullable(),
  headerLine: z.int().nonnegative().optional(),
})

/** How an edited version came about: rows of its parent that it lacks and that it has with another value, and why. */
export const versionEditSchema = z.strictObject({
  dropped: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  note: z.string(),
})
export type VersionEdit = z.infer<typeof versionEditSchema>

export const datasetSchema = z.strictObject({
  id: idSchema,
  name: nameSchema,
  state: z.enum(['importing', 'ready', 'failed']),
  kind: z.enum(['table', 'simulated']),
  endpoint: endpointSchema,
  target: z.string().nullable(),
  fileName: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** Hash of the imported file's bytes; of an edited version, of its parent's hash and the edit. */
  sha256: z.string().nullable(),
  rows: rowCountsSchema,
  summary: datasetSummarySchema.nullable(),
  /** Counts of the accepted values in equal bins over [min, max], pX units. */
  histogram: z.strictObject({ min: z.number(), max: z.number(), counts: z.array(z.int()) }).nullable(),
  /** Values of the split column where there is one, e.g. ['train', 'test']. */
  splitValues: z.array(z.string()),
  /** Models trained on it. */
  usedBy: z.int().nonnegative(),
  createdAt: timeSchema,
  error: errorBodySchema.nullable(),
  /** Its versions have this id in common: that of the first one. */
  familyId: idSchema,
  /** Counts up from 1 within the family. */
  version: z.int().positive(),
  /** What it was made from; `null` for a first version, and where that was deleted for good. */
  parentId: idSchema.nullable(),
  /** What an edit did; `null` for an import. */
  edit: versionEditSchema.nullable(),
  /** When it was moved to the trash. */
  trashedAt: timeSchema.nullable(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const datasetRowSchema = z.strictObject({
  index: z.int().nonnegative(),
  line: z.int().positive(),
  id: z.string().nullable(),
  smiles: z.string(),
  pX: z.number(),
  relation: relationSchema,
  rawValue: z.string(),
  split: z.string().nullable(),
  /** When it was measured, as far as the table says it: 2019, 2019-03 or 2019-03-14. */
  date: z.string().nullable().optional(),
  /** Murcko scaffold, '' for a compound without rings. */
  scaffold: z.string().nullable().optional(),
  /** To the structure of a search by similarity, 0 to 1. */
  similarity: z.number().optional(),
})
export type DatasetRow = z.infer<typeof datasetRowSchema>

/** Which rows are wanted; all conditions hold at once. */
export const rowFilterSchema = z.strictObject({
  /** Matches the id and the SMILES. */
  search: z.string().max(255).default(''),
  minPX: z.number().nullable().default(null),
  maxPX: z.number().nullable().default(null),
  /** Any of them; none for all. */
  relations: z.array(relationSchema).max(6).default([]),
  /** Values of the split column, `null` for rows without one; none for all. */
  splits: z.array(z.string().max(255).nullable()).max(200).default([]),
  /** Rows of one scaffold: its SMILES, '' for compounds without rings. */
  scaffold: z.string().max(10_000).nullable().default(null),
  /** The result of `explore.search`. ERR_3004 where it is no longer kept: search again. */
  searchId: z.string().max(64).nullable().default(null),
})
export type RowFilter = z.infer<typeof rowFilterSchema>
export const rowSortSchema = z.enum([
  'index',
  'id',
  'pX',
  'smiles',
  'relation',
  'split',
  'scaffold',
  'date',
  /** Of a search by similarity. */
  'similarity',
])
export type RowSort = z.infer<typeof rowSortSchema>

/** `ignored`: lines that are no records (titles above the header, blank lines, totals below); they are not in `read`. */
export const ledgerFateSchema = z.enum([...fateSchema.options, 'ignored'])
export type LedgerFate = z.infer<typeof ledgerFateSchema>

export const ledgerEntrySchema = z.strictObject({
  line: z.int().positive(),
  fate: ledgerFateSchema,
  /** Column name, `null` where the record as a whole is meant. */
  column: z.string().nullable(),
  raw: z.string().nullable(),
  /** Rule id, e.g. `structure.unparsable`; the page translates it. */
  rule: z.string(),
  /** In words: what was expected and what was found. */
  message: z.string(),
})
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>

export const spreadGroupSchema = z.strictObject({
  /** Rows of the data set that the group stands in: one, or every record where all are kept. */
  rows: z.array(z.int().nonnegative()),
  line: z.int().positive(),
  id: z.string().nullable(),
  smiles: z.string(),
  pX: z.number(),
  lowest: z.number(),
  highest: z.number(),
  records: z.int().positive(),
})
export type SpreadGroup = z.infer<typeof spreadGroupSchema>

export const datasetsContract = {
  list: procedure.output(z.array(datasetSchema)),
  get: procedure.input(z.strictObject({ id: idSchema })).output(datasetSchema),
  /** Reads the first blocks of an uploaded file in a chemistry worker. ERR_2005 where it is no table of molecules. */
  preview: procedure
    .input(
      z.strictObject({
        uploadId: idSchema,
        member: z.string().max(4096).nullable().optional(),
        sheet: z.string().max(255).nullable().optional(),
      }),
    )
    .output(tablePreviewSchema.extend({ remembered: rememberedChoiceSchema.optional() })),
  /** What the first records become under the options, and how many of the first 20,000 can be used. */
  tryOptions: procedure.input(z.strictObject({ uploadId: idSchema, options: importOptionsSchema })).output(trialSchema),
  /** The next table with these columns gets the proposal again. */
  forgetChoice: procedure.input(z.strictObject({ shape: z.string().max(64) })),
  /** The same rows under corrected roles. */
  previewRows: procedure
    .input(z.strictObject({ uploadId: idSchema, options: importOptionsSchema }))
    .output(z.array(rowPreviewSchema)),
  /**
   * Starts the import as a job; the data set is there at once in state `importing`. With `versionOf` it becomes the next version
   * of that data set: a corrected file.
   */
  import: procedure
    .input(
      z.strictObject({
        uploadId: idSchema,
        options: importOptionsSchema,
        versionOf: idSchema.optional(),
        /** Keeps the options for tables with the same columns, where they are not those that were proposed. */
        remember: z.boolean().optional(),
      }),
    )
    .output(z.strictObject({ datasetId: idSchema, jobId: idSchema })),
  /** Imports the simulated example assay. */
  importExample: procedure.output(z.strictObject({ datasetId: idSchema, jobId: idSchema })),
  rows: procedure
    .input(
      pageSchema.extend({
        id: idSchema,
        ...rowFilterSchema.shape,
        sort: rowSortSchema.default('index'),
        descending: z.boolean().default(false),
      }),
    )
    .output(z.strictObject({ total: z.int().nonnegative(), rows: z.array(datasetRowSchema) })),
  ledger: procedure
    .input(
      pageSchema.extend({
        id: idSchema,
        fates: z.array(ledgerFateSchema).default([]),
        rules: z.array(z.string().max(64)).max(50).default([]),
        /** Matches the cell as written, the reason and the column; or a line by its number. */
        search: z.string().max(255).default(''),
      }),
    )
    .output(z.strictObject({ total: z.int().nonnegative(), entries: z.array(ledgerEntrySchema) })),
  /** How many entries of the ledger there are of each kind. */
  ledgerRules: procedure
    .input(z.strictObject({ id: idSchema }))
    .output(z.array(z.strictObject({ fate: ledgerFateSchema, rule: z.string(), count: z.int().positive() }))),
  /** Structures whose exact values spread over more than 1 log unit, the widest first; at most 10,000. */
  spreadGroups: procedure.input(z.strictObject({ id: idSchema })).output(z.array(spreadGroupSchema)),
  rename: procedure.input(z.strictObject({ id: idSchema, name: nameSchema })).output(datasetSchema),
  /**
   * Moves it to the trash, from which it can be restored; with `allVersions` its other versions too. Refused with ERR_4002 naming
   * the runs, models and predictions that depend on it (`details.usedBy`).
   */
  remove: procedure.input(z.strictObject({ id: idSchema, allVersions: z.boolean().default(false) })),
}
