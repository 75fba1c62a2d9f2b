/** A sheet of a workbook (ECMA-376 SpreadsheetML, .xlsx) as a table. Macros and links to other files are never looked at. */
import { AppError } from '../../../shared/errors.ts'
import { ARCHIVE_LIMITS } from '../archives/archive-limits.ts'
import { openZip, type ZipArchive } from '../archives/zip-archive.ts'
import { HEAD_ROWS, type LayoutContext, layoutOfRows } from '../line-layout.ts'
import type { TableLayout, TableRow } from '../record-reader.ts'
import { findStructureColumns } from '../structure-columns.ts'
import type { FileScan } from '../text-encoding.ts'
import { SheetRows } from './sheet-rows.ts'
import { readWorkbook, type Workbook } from './workbook-parts.ts'
import { readXml } from './xml-events.ts'

export interface WorkbookFile {
  file: string
  scan: FileScan
  /** By name; the first visible one where it is `null`. */
  sheet: string | null
}

export async function readWorkbookLayout(input: WorkbookFile, context: LayoutContext): Promise<TableLayout> {
  const zip = await open(input.file, context)
  const book = await readWorkbook(zip, context.breathe).finally(() => zip.close())
  const sheet = chooseSheet(book, input.sheet)
  const rows = (): AsyncGenerator<TableRow> => sheetRows({ file: input.file, part: sheet.part, book }, context)
  const head: TableRow[] = []
  for await (const row of rows()) {
    head.push(row)
    if (head.length === HEAD_ROWS) break
  }
  return {
    scan: input.scan,
    encoding: 'utf-8',
    format: 'xlsx',
    ...layoutOfRows(head, await findStructureColumns(head, context.reader)),
    reader: { rows },
    sheets: book.sheets.map(({ name }) => name),
    sheet: sheet.name,
  }
}

function chooseSheet(book: Workbook, name: string | null): Workbook['sheets'][number] {
  const sheets = book.sheets.map(sheet => sheet.name)
  if (book.sheets.length === 0) throw new AppError('ERR_2005', 'the workbook has no sheets with cells')
  const found =
    name === null
      ? (book.sheets.find(({ isHidden }) => !isHidden) ?? book.sheets[0]!)
      : book.sheets.find(sheet => sheet.name === name)
  if (found !== undefined) return found
  const listed = sheets.map(sheet => JSON.stringify(sheet)).join(', ')
  throw new AppError('ERR_2007', `the workbook has no sheet ${JSON.stringify(name)}: choose one of ${listed}`, {
    path: 'options.sheet',
    details: { sheets },
  })
}

async function* sheetRows(
  { file, part, book }: { file: string; part: string; book: Workbook },
  context: LayoutContext,
): AsyncGenerator<TableRow> {
  const zip = await open(file, context)
  try {
    const member = zip.members.find(({ name }) => name === part)
    if (member === undefined) throw new AppError('ERR_2005', `the workbook is damaged: ${part} is missing`)
    const sheet = new SheetRows(book)
    for await (const _ of readXml(await zip.open(member), part, sheet.handlers)) yield* sheet.take()
  } finally {
    zip.close()
  }
}

/** Nothing of it is written to the disk, so the disk sets no limit. */
function open(file: string, { breathe }: LayoutContext): Promise<ZipArchive> {
  return openZip(file, { limits: ARCHIVE_LIMITS, budget: { bytes: ARCHIVE_LIMITS.totalBytes, isDisk: false }, breathe })
}
