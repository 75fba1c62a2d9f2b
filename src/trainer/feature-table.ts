import { type FeatureFileReader, openFeatureFile } from '../chem/features/feature-file.ts'
import type { FeatureRecord, SectionName } from '../chem/features/sections.ts'
import { AppError } from '../shared/errors.ts'
import { PagedFile } from './paged-file.ts'

/** The features of a data set, read from their file in blocks: a data set need not fit into memory. */
export class FeatureTable {
  readonly rows: number
  /** Rows without features, and why. */
  readonly refusals: FeatureFileReader['meta']['refusals']
  /** What perceived the structures. */
  readonly toolkit: string
  readonly #reader: FeatureFileReader
  readonly #sections: readonly SectionName[]
  readonly #file: PagedFile

  /** @param sections What records hold. Throws a plain Error for a damaged file. */
  constructor(file: string, sections: readonly SectionName[]) {
    this.#file = new PagedFile(file)
    this.#reader = openFeatureFile((offset, length) => this.#file.read(offset, length))
    this.#sections = sections
    this.rows = this.#reader.rows
    this.toolkit = this.#reader.meta.toolkit
    this.refusals = this.#reader.meta.refusals
  }

  /** Throws for a row that was refused: it should have been left out. */
  record(row: number): FeatureRecord {
    const record = this.#reader.record(row, this.#sections)
    if (!record) throw new Error(`Row ${row} has no features`)
    return record as FeatureRecord
  }

  /** The same for many rows, in the order asked for. */
  records(rows: readonly number[]): FeatureRecord[] {
    return rows.map(row => this.record(row))
  }

  close(): void {
    this.#file.close()
  }
}

/** ERR_6002 where the file does not belong to the rows. */
export function openFeatureTable(file: string, sections: readonly SectionName[], rows: number): FeatureTable {
  const table = new FeatureTable(file, sections)
  if (table.rows === rows) return table
  table.close()
  throw new AppError('ERR_6002', `The feature file has ${table.rows} rows, the run ${rows}`)
}
