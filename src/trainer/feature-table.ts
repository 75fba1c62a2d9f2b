import { closeSync, openSync, readSync } from 'node:fs'
import { type FeatureFileReader, openFeatureFile } from '../chem/features/feature-file.ts'
import type { FeatureRecord, SectionName } from '../chem/features/sections.ts'
import { AppError } from '../shared/errors.ts'

export interface FeatureTable {
  /** By row; `null` where the structure was refused. */
  readonly records: readonly (FeatureRecord | null)[]
  readonly refusals: readonly { readonly row: number; readonly rule: string; readonly message: string }[]
}

/** Reads the named sections of every row. ERR_6002 where the file does not belong to the rows. */
export function readFeatureTable(file: string, sections: readonly SectionName[], rows: number): FeatureTable {
  const descriptor = openSync(file, 'r')
  try {
    const reader = openFeatureFile((offset, length) => readExactly(descriptor, offset, length))
    if (reader.rows !== rows) {
      throw new AppError('ERR_6002', `The feature file has ${reader.rows} rows, the run ${rows}`)
    }
    return { records: readRecords(reader, sections), refusals: reader.meta.refusals }
  } finally {
    closeSync(descriptor)
  }
}

function readRecords(reader: FeatureFileReader, sections: readonly SectionName[]): (FeatureRecord | null)[] {
  return Array.from({ length: reader.rows }, (_, row) => reader.record(row, sections) as FeatureRecord | null)
}

function readExactly(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, offset + done)
    if (read === 0) throw new Error(`The feature file ends at ${offset + done}, ${offset + length} bytes were expected`)
    done += read
  }
  return bytes
}
