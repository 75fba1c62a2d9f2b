/** Predicted tables as files: what the page shows, ranked and filtered as it is there. */
import { Readable } from 'node:stream'
import type { ExportFormat } from '../../shared/contract/predictions.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChemistryService } from '../chemistry/chemistry-service.ts'
import { csvCell } from '../datasets/csv-text.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import type { StoreReader } from '../store/handles.ts'
import type { StoreScans } from '../store/store-reader.ts'
import type { Download } from '../uploads/download-service.ts'
import { addedColumns, csvLine, numberText } from './result-csv.ts'
import { otherValues, type ResultQuery, type ResultRow, rowsOfLines } from './result-query.ts'
import { getResult, type ResultHead } from './result-store.ts'
import { MAX_SHEET_ROWS, type SheetCell, xlsxOf } from './xlsx-writer.ts'

export interface ExportDeps {
  store: StoreReader
  scans: StoreScans
  chemistry: Pick<ChemistryService, 'request'>
}

export interface ExportRequest extends Omit<ResultQuery, 'offset' | 'limit'> {
  format: ExportFormat
  /** Marks cells that a spreadsheet would run as formulas as text. */
  formulaSafe: boolean
}

interface FullRow extends ResultRow {
  cells: string[]
  others: ReturnType<ReturnType<typeof otherValues>>
}

const PAGE_ROWS = 500
const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  sdf: 'chemical/x-mdl-sdfile',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** ERR_3004 where there is no such table, ERR_5003 where it has more rows than a sheet can hold. */
export async function exportResult(deps: ExportDeps, request: ExportRequest): Promise<Download> {
  const head = getResult(deps.store, request.resultId)
  const { format: _format, formulaSafe: _formulaSafe, ...query } = request
  const lines = await deps.scans.query('predictionLines', query)
  if (request.format === 'xlsx' && lines.length >= MAX_SHEET_ROWS) {
    throw new AppError(
      'ERR_5003',
      `a sheet holds ${MAX_SHEET_ROWS - 1} rows, the table has ${lines.length}: save it as CSV`,
    )
  }
  const rows = () => pagesOf(deps, head, lines)
  const content = {
    csv: () => csvText(head, rows(), request.formulaSafe),
    sdf: () => sdText(deps, head, rows()),
    xlsx: () => xlsxOf(sheetRows(head, rows())),
  }[request.format]
  return {
    fileName: `${fileNameOf(head.fileName.replace(/\.[^.]{1,8}$/, ''))} predictions.${request.format}`,
    contentType: TYPES[request.format],
    open: () => Readable.from(content(), { objectMode: true }),
  }
}

async function* pagesOf({ store }: ExportDeps, head: ResultHead, lines: Float64Array): AsyncGenerator<FullRow[]> {
  for (let at = 0; at < lines.length; at += PAGE_ROWS) {
    const wanted = Array.from(lines.subarray(at, at + PAGE_ROWS))
    const others = otherValues(store, head.id, { lines: wanted, models: head.models.length })
    yield rowsOfLines(store, head.id, wanted).map(row => ({ ...row, others: others(row.line) }))
    // Pages are made as fast as they are taken; others want the event loop too.
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** The cells of the input in their columns, then what was added. */
function valuesOf({ prediction, lower, upper, domainDistance, error, others }: FullRow): (number | string | null)[] {
  return [
    ...[prediction, lower, upper, domainDistance].map(rounded),
    error,
    ...others.flatMap(other =>
      [other?.prediction, other?.lower, other?.upper, other?.domainDistance].map(value => rounded(value ?? null)),
    ),
  ]
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(numberText(value))
}

async function* csvText(head: ResultHead, pages: AsyncIterable<FullRow[]>, safe: boolean): AsyncGenerator<string> {
  const line = safe ? (cells: readonly (string | number | null)[]) => `${cells.map(csvCell).join(',')}\n` : csvLine
  yield line([...head.header, ...addedColumns(head)])
  for await (const page of pages) {
    yield page.map(row => line([...padded(head, row), ...valuesOf(row)])).join('')
  }
}

async function* sheetRows(head: ResultHead, pages: AsyncIterable<FullRow[]>): AsyncGenerator<SheetCell[]> {
  yield [...head.header, ...addedColumns(head)]
  for await (const page of pages) for (const row of page) yield [...padded(head, row), ...valuesOf(row)]
}

/** Records with 2D coordinates made anew; a structure that cannot be read is a record without atoms that says why. */
async function* sdText(deps: ExportDeps, head: ResultHead, pages: AsyncIterable<FullRow[]>): AsyncGenerator<string> {
  const names = [...head.header, ...addedColumns(head)]
  for await (const page of pages) {
    const smiles = page.map(row => row.smiles)
    const { items } = await deps.chemistry.request('molblocks', { smiles }, { process: 'pool' })
    yield page
      .map((row, i) => {
        const item = items[i]
        const molblock = item?.ok ? item.molblock : EMPTY_MOLBLOCK
        const cells = [...padded(head, row), ...valuesOf(row)]
        const data = names.map((name, column) => dataItem(name, cells[column] ?? null)).join('')
        return `${molblock.trimEnd()}\n${data}$$$$\n`
      })
      .join('')
  }
}

const EMPTY_MOLBLOCK = '\n  Bindery\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END'

/** BIOVIA CTfile formats: a name without brackets, a value without blank lines, which would end it. */
function dataItem(name: string, value: string | number | null): string {
  if (value === null || value === '') return ''
  const text = String(value)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll(/^\n|\n$/g, '')
    .replaceAll(/^\$\$\$\$/gm, ' $$$$$$$$')
  return `>  <${name.replaceAll(/[<>\r\n]/g, ' ')}>\n${text}\n\n`
}

/** A short record keeps what follows in its columns. */
function padded({ header }: ResultHead, { cells }: FullRow): string[] {
  return Array.from({ length: Math.max(header.length, cells.length) }, (_, i) => cells[i] ?? '')
}
