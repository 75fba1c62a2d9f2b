/** Records of a delimited text file, with the line of the file on which each begins. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { CsvError, type Info, type Options, parse } from 'csv-parse'
import iconv from 'iconv-lite'
import { AppError } from '../../shared/errors.ts'
import type { RecordReader, TableRow } from './record-reader.ts'
import type { Encoding } from './text-encoding.ts'

export type Delimiter = ',' | ';' | '\t'

/** Longer records come from a quote that is opened and never closed. */
const MAX_RECORD_CHARACTERS = 1024 * 1024

export interface Delimited {
  encoding: Encoding
  delimiter: Delimiter
}

export function createDelimitedReader(file: string, format: Delimited): RecordReader {
  return { rows: () => readRows(fileText(file, format.encoding), format.delimiter) }
}

/** The rows of text that is already decoded, e.g. the head of a file. */
export function rowsOfText(text: string, delimiter: Delimiter): AsyncGenerator<TableRow> {
  return readRows([plainLines(text)], delimiter)
}

async function* readRows(
  text: Iterable<string> | AsyncIterable<string>,
  delimiter: Delimiter,
): AsyncGenerator<TableRow> {
  const options: Options = {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    // A quote inside a cell that does not begin with one is a character: 5" plates, 5',3"-dimethyl.
    relax_quotes: true,
    info: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  }
  const parser = parse(options)
  const source = Readable.from(text)
  source.on('error', error => parser.destroy(error))
  source.pipe(parser)
  let ended = 0
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      yield { line: ended + 1, cells: record }
      ended = info.lines
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new AppError('ERR_2005', `line ${ended + 1}: ${explain(error)}`)
  } finally {
    source.destroy()
    parser.destroy()
  }
}

function explain(error: CsvError): string {
  if (error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return 'a quote is opened and not closed again'
  }
  return error.message
}

/** Its text with `\n` at the end of every line. */
export async function* fileText(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true })
  const lines = new LineEnds()
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) yield lines.push(decoder.write(chunk))
  yield lines.push(decoder.end() ?? '') + lines.end()
}

/** Makes `\r\n` and `\r` into `\n`, so that lines are counted the same everywhere, inside quoted cells as well. */
class LineEnds {
  #held = ''

  push(text: string): string {
    const whole = this.#held + text
    // The other half of a line end may be in the next piece.
    this.#held = whole.endsWith('\r') ? '\r' : ''
    return plainLines(this.#held === '' ? whole : whole.slice(0, -1))
  }

  end(): string {
    return this.#held === '' ? '' : '\n'
  }
}

function plainLines(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
}
