/** The rows of one sheet, while its XML streams by. */
import { AppError } from '../../../shared/errors.ts'
import { MAX_COLUMNS } from '../line-layout.ts'
import type { TableRow } from '../record-reader.ts'
import { numberText, parseReference, unescapeText } from './cell-text.ts'
import type { Workbook } from './workbook-parts.ts'
import type { XmlHandlers } from './xml-events.ts'

const MAX_ROW = 1_048_576
const MAX_CELL_CHARACTERS = 1024 * 1024

/** Collects rows from the events of a sheet; `take` hands out what is complete. */
export class SheetRows {
  readonly handlers: XmlHandlers
  readonly #book: Workbook
  #done: TableRow[] = []
  #row = 0
  #cells: string[] = []
  #numbers = new Set<number>()
  #column = -1
  #type = 'n'
  #style = 0
  #text = ''
  #isText = false
  #phonetic = 0

  constructor(book: Workbook) {
    this.#book = book
    this.handlers = {
      open: (name, attributes) => this.#open(name, attributes),
      text: text => this.#addText(text),
      close: name => this.#close(name),
    }
  }

  take(): TableRow[] {
    const rows = this.#done
    this.#done = []
    return rows
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') this.#openRow(attributes)
    else if (name === 'c') this.#openCell(attributes)
    else if (name === 'rPh') this.#phonetic++
    this.#isText = name === 'v' || (name === 't' && this.#phonetic === 0)
  }

  #openRow({ r }: Readonly<Record<string, string>>): void {
    const row = r === undefined ? this.#row + 1 : Number(r)
    if (!Number.isInteger(row) || row <= this.#row || row > MAX_ROW) {
      throw new AppError('ERR_2005', `the workbook is damaged: after row ${this.#row} comes row ${r ?? row}`)
    }
    // Rows that are left out are blank; the ends of a gap stand for all of it.
    const gap = [this.#row + 1, row - 1].filter(
      (line, i) => line < row && line > this.#row && (i === 0 || line > this.#row + 1),
    )
    for (const line of gap) this.#done.push({ line, cells: [''] })
    this.#row = row
    this.#column = -1
    this.#cells = []
    this.#numbers = new Set()
  }

  #openCell({ r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    const column = r === undefined ? this.#column + 1 : (parseReference(r)?.column ?? -1)
    if (column <= this.#column) throw new AppError('ERR_2005', `the workbook is damaged: a cell is called ${r ?? ''}`)
    this.#column = column
    this.#type = t
    this.#style = Number(s)
    this.#text = ''
  }

  #addText(text: string): void {
    if (!this.#isText) return
    this.#text += text
    if (this.#text.length > MAX_CELL_CHARACTERS) {
      throw new AppError('ERR_2005', `row ${this.#row}: a cell has more than ${MAX_CELL_CHARACTERS} characters`)
    }
  }

  #close(name: string): void {
    this.#isText = false
    if (name === 'rPh') this.#phonetic--
    if (name === 'c') this.#closeCell()
    if (name === 'row') {
      const row = { line: this.#row, cells: this.#cells.length === 0 ? [''] : this.#cells }
      this.#done.push(this.#numbers.size === 0 ? row : { ...row, numbers: this.#numbers })
    }
  }

  #closeCell(): void {
    const text = this.#cellText()
    if (text === '') return
    if (this.#column >= MAX_COLUMNS) {
      throw new AppError(
        'ERR_2005',
        `row ${this.#row}: expected at most ${MAX_COLUMNS} columns, got ${this.#column + 1}`,
      )
    }
    while (this.#cells.length < this.#column) this.#cells.push('')
    this.#cells[this.#column] = text
  }

  #cellText(): string {
    const { texts, styles, is1904 } = this.#book
    switch (this.#type) {
      case 's': {
        const text = this.#text.trim() === '' ? '' : texts[Number(this.#text)]
        if (text !== undefined) return text
        throw new AppError(
          'ERR_2005',
          `the workbook is damaged: row ${this.#row} names text ${this.#text}, which is missing`,
        )
      }
      case 'b':
        return this.#text === '' ? '' : this.#text === '1' ? 'TRUE' : 'FALSE'
      case 'n': {
        if (this.#text === '') return ''
        const style = styles[this.#style] ?? 'number'
        const text = numberText(this.#text, style, is1904)
        if (text === null)
          throw new AppError(
            'ERR_2005',
            `the workbook is damaged: row ${this.#row}: "${this.#text.slice(0, 40)}" is no number`,
          )
        if (style === 'number') this.#numbers.add(this.#column)
        return text
      }
      // The result of a formula, an error such as #N/A, an ISO date, text in place.
      default:
        return unescapeText(this.#text)
    }
  }
}
