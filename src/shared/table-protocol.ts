/**
 * Calls about tables, answered by the chemistry worker beside those of `chem-protocol.ts`: untrusted files are read in a
 * throw-away process only. Lines are 1-based lines of the file; columns are 0-based.
 */
import type {
  Endpoint,
  Fate,
  ImportOptions,
  LedgerFate,
  Relation,
  RowPreview,
  TablePreview,
  Trial,
} from './contract/datasets.ts'

export interface TableCalls {
  /** Reads the first blocks. Fails with ERR_2005 where the file is no table of molecules. */
  previewTable: { input: TableFile; item: never; result: TablePreview }
  /** What the first records become under the chosen roles. Fails with ERR_2002 for a column that is not there. */
  previewRows: { input: TableFile & { options: ImportOptions }; item: never; result: RowPreview[] }
  /** The same, and how many of the first records can be used. */
  tryOptions: { input: TableFile & { options: ImportOptions }; item: never; result: Trial }
  /** Answers the names of the columns. Fails where `importTable` would refuse the table as a whole for its options: ERR_2001, ERR_2002, ERR_2006, ERR_2007. */
  checkImport: { input: TableFile & { options: ImportOptions }; item: never; result: ProposedImport }
  /** Reads the whole file. Items are `ImportItem`, results add up; the call waits where the host asks it to (`takeItems`). */
  importTable: { input: TableFile & { options: ImportOptions }; item: ImportItem; result: ImportResult }
  /** The records of a table as they are, with the structures picked out; for batch predictions. */
  readTable: { input: ReadTableInput; item: TableRecord; result: ReadTableResult }
}

/** What a preview proposes, with the names of the columns. */
export type ProposedImport = Pick<TablePreview, 'columns' | 'proposal' | 'unit' | 'endpoint'>

export interface TableFile {
  file: string
  /** What the user calls it; the ending helps to tell the format. */
  fileName: string
  /** Where the tables of an archive go; without it archives are refused. Made by the worker, whole or not at all. */
  unpackFolder?: string
  /** The table of an archive, by its path in it. */
  member?: string | null
  /** The sheet of a workbook; the first visible one where none is named. */
  sheet?: string | null
}

export type ImportItem = ImportedRow | ImportedLedgerEntry | MergedValue | RejectedRecord

/** A compound that is kept. Rows come in the order of the file. */
export interface ImportedRow {
  type: 'row'
  index: number
  line: number
  id: string | null
  smiles: string
  structureKey: string
  scaffold: string | null
  pX: number
  /** Of the concentration: `>` binds weaker than pX. */
  relation: Relation
  rawValue: string
  unit: string
  /** Standard deviation in pX units. */
  uncertainty: number | null
  split: string | null
  /** 2019, 2019-03 or 2019-03-14. */
  date: string | null
}

export interface ImportedLedgerEntry {
  type: 'ledger'
  line: number
  fate: LedgerFate
  column: string | null
  raw: string | null
  rule: string
  message: string
}

/** A rejected record with all its cells, for whoever corrects it. */
export interface RejectedRecord {
  type: 'rejected'
  line: number
  cells: string[]
}

/** A kept row stands for several records: its value and its date become these. Sent after the last row. */
export interface MergedValue {
  type: 'merged'
  index: number
  pX: number
  /** The earliest one. */
  date: string | null
}

export interface ImportResult {
  /** Of the file's bytes, hex. */
  sha256: string
  /** Of the table, by which the cells of rejected records are named. */
  header: string[]
  counts: { read: number } & Record<Fate, number>
  summary: ImportSummary
  histogram: { min: number; max: number; counts: number[] } | null
  splitValues: string[]
}

/** `datasets.summary` of the contract; absent keys do not apply to the file. */
export interface ImportSummary {
  /** Of the file, whatever became of them. */
  records: number
  structures: number
  endpoint: Endpoint
  /** The unit of the values; `mixed` where a column names several. */
  unit: string
  meanPX: number | null
  headerLine: number
  firstColumn: string
  encoding: string
  weakerThan?: number
  strongerThan?: number
  approximate?: number
  plusMinus?: number
  /** Groups of replicates, and how many of them differ by more than one log unit. */
  replicateGroups?: number
  groupsSpreadOver1Log?: number
  meanOfMediansPX?: number | null
  /** Standard deviation of repeated measurements about their means, pooled over structures, in pX units; and its degrees of freedom. */
  noisePX?: number
  noiseFreedom?: number
  [key: string]: unknown
}

export interface ReadTableInput extends TableFile {
  smilesColumn: number | null
  /** Records up to this line are left out: they were read before. */
  afterLine?: number
}

export interface TableRecord {
  line: number
  /** As written in the structure column, blanks trimmed; of a molblock its canonical SMILES, '' where it cannot be read. */
  smiles: string
  cells: string[]
  /** Why a record of an SD file has no structure. */
  problem?: { rule: string; message: string }
}

export interface ReadTableResult {
  header: string[]
  smilesColumn: number
  records: number
}
