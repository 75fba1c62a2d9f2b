/** An SD file as a table: the structure, the title line, and every property that any record has as a column. */
import { AppError } from '../../../shared/errors.ts'
import type { LayoutContext } from '../line-layout.ts'
import { MAX_COLUMNS } from '../line-layout.ts'
import type { TableLayout, TableRow } from '../record-reader.ts'
import type { Encoding, FileScan } from '../text-encoding.ts'
import { textLines } from '../text-lines.ts'
import { readSdRecords, type SdRecord } from './sd-records.ts'

export const SD_COLUMNS = ['structure', 'title'] as const
const SAMPLE_RECORDS = 500

/** By content: a counts line or the end of a molblock, as no delimited table has them. */
export function isSdText(head: string): boolean {
  return /^M {2}END\s*$/m.test(head) || /^[ \d]{6}.*V[23]000\s*$/m.test(head)
}

export async function readSdLayout(
  file: string,
  { scan, encoding }: { scan: FileScan; encoding: Encoding },
  context: LayoutContext,
): Promise<TableLayout> {
  const columns = new Map<string, number>()
  const sample: SdRecord[] = []
  for await (const record of readSdRecords(textLines(file, encoding))) {
    for (const [name] of record.items) if (!columns.has(name)) columns.set(name, columns.size + SD_COLUMNS.length)
    if (columns.size + SD_COLUMNS.length > MAX_COLUMNS) {
      throw new AppError('ERR_2005', `expected at most ${MAX_COLUMNS} columns, got more by record ${record.number}`)
    }
    if (sample.length < SAMPLE_RECORDS) sample.push(record)
    await context.breathe()
  }
  if (sample.length === 0) throw new AppError('ERR_2005', 'the file has no records')
  const width = columns.size + SD_COLUMNS.length
  const toRow = (record: SdRecord): TableRow => rowOf(record, columns, width)
  return {
    scan,
    encoding,
    format: 'sdf',
    structureFormat: 'molblock',
    headerLine: 0,
    header: [...SD_COLUMNS, ...columns.keys()],
    structures: [{ column: 0, firstRow: 0 }],
    sample: sample.map(toRow),
    reader: {
      async *rows() {
        for await (const record of readSdRecords(textLines(file, encoding))) yield toRow(record)
      },
    },
  }
}

function rowOf(record: SdRecord, columns: ReadonlyMap<string, number>, width: number): TableRow {
  const { line, number, title, molblock, items, problem } = record
  if (problem !== null) return { line, record: number, cells: [molblock, title], problem }
  const cells = [molblock, title, ...new Array<string>(width - SD_COLUMNS.length).fill('')]
  for (const [name, value] of items) cells[columns.get(name)!] = value
  return { line, record: number, cells }
}
