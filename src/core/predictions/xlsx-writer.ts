/**
 * One sheet of a workbook (ECMA-376, SpreadsheetML), written as its rows come: text as inline strings, numbers as numbers. A text is
 * never a formula in this format, so nothing has to be marked. The package is a ZIP with sizes behind the data (PKWARE APPNOTE
 * 6.3.10, bit 3), since nobody knows them before.
 */
import { once } from 'node:events'
import { crc32, createDeflateRaw } from 'node:zlib'

export type SheetCell = string | number | null

/** Rows that a sheet can hold, its header included. */
export const MAX_SHEET_ROWS = 1_048_576
/** Characters that a cell can hold. */
const MAX_CELL = 32_767

const FIXED: readonly (readonly [name: string, text: string])[] = [
  [
    '[Content_Types].xml',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
  ],
  [
    '_rels/.rels',
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
  ],
  [
    'xl/workbook.xml',
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Predictions" sheetId="1" r:id="r1"/></sheets></workbook>',
  ],
  [
    'xl/_rels/workbook.xml.rels',
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
  ],
]
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

export async function* xlsxOf(rows: AsyncIterable<readonly SheetCell[]>): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = []
  let offset = 0
  async function* entry(name: string, text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
    const head = localHeader(name)
    const at = offset
    yield head
    const sizes = { crc: 0, compressed: 0, plain: 0 }
    for await (const chunk of deflated(text, sizes)) {
      sizes.compressed += chunk.length
      yield chunk
    }
    const tail = descriptor(sizes)
    yield tail
    offset += head.length + sizes.compressed + tail.length
    directory.push(centralHeader(name, sizes, at))
  }
  for (const [name, text] of FIXED) yield* entry(name, [XML + text])
  yield* entry('xl/worksheets/sheet1.xml', sheetText(rows))
  const central = Buffer.concat(directory)
  yield central
  yield endRecord(directory.length, central.length, offset)
}

async function* sheetText(rows: AsyncIterable<readonly SheetCell[]>): AsyncGenerator<string> {
  yield `${XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
  let text = ''
  for await (const cells of rows) {
    text += `<row>${cells.map(cellText).join('')}</row>`
    if (text.length < 64 * 1024) continue
    yield text
    text = ''
  }
  yield `${text}</sheetData></worksheet>`
}

function cellText(cell: SheetCell): string {
  if (cell === null || cell === '') return '<c/>'
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c><v>${cell}</v></c>` : '<c/>'
  const text = cell
    .slice(0, MAX_CELL)
    // XML 1.0 has no way to write these.
    .replaceAll(/[^\t\n\r\x20-\uFFFD]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
  return `<c t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`
}

interface Sizes {
  crc: number
  compressed: number
  plain: number
}

async function* deflated(text: AsyncIterable<string> | Iterable<string>, sizes: Sizes): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 })
  const feeding = (async () => {
    for await (const part of text) {
      const bytes = Buffer.from(part)
      sizes.crc = crc32(bytes, sizes.crc)
      sizes.plain += bytes.length
      if (!deflate.write(bytes)) await once(deflate, 'drain')
    }
    deflate.end()
  })()
  feeding.catch((error: unknown) => deflate.destroy(error as Error))
  yield* deflate as AsyncIterable<Buffer>
  await feeding
}

/** Deflate, sizes behind the data, 1980-01-01. */
function fields({ crc, compressed, plain }: Sizes, name: string): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(20, 0)
  bytes.writeUInt16LE(0x0008, 2)
  bytes.writeUInt16LE(8, 4)
  bytes.writeUInt16LE(0x21, 8)
  bytes.writeUInt32LE(crc, 10)
  bytes.writeUInt32LE(compressed, 14)
  bytes.writeUInt32LE(plain, 18)
  bytes.writeUInt16LE(name.length, 22)
  return bytes
}

function localHeader(name: string): Buffer {
  return Buffer.concat([uint32(0x04034b50), fields({ crc: 0, compressed: 0, plain: 0 }, name), Buffer.from(name)])
}

function descriptor({ crc, compressed, plain }: Sizes): Buffer {
  return Buffer.concat([uint32(0x08074b50), uint32(crc), uint32(compressed), uint32(plain)])
}

function centralHeader(name: string, sizes: Sizes, offset: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(20)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([uint32(0x02014b50), madeBy, fields(sizes, name), rest, Buffer.from(name)])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
