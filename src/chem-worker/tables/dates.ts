/** Dates as tables write them, read to the precision that they have; what can be read in two ways is not read. */
import type { TableRow } from './record-reader.ts'

/** Which part of 03/04/2019 comes first; `null` where nothing tells. */
export type DateOrder = 'day' | 'month' | null

export interface DateEvidence {
  dayFirst: number
  monthFirst: number
}

type DateReading = { ok: true; date: string } | { ok: false; message: string }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** German and other spellings of months that differ in their first three letters. */
const OTHER_MONTHS: Readonly<Record<string, number>> = { mär: 3, mai: 5, okt: 10, dez: 12 }
const FIRST_YEAR = 1900
const LAST_YEAR = 2100
/** A time of day behind the date, which is left out. */
const TIME = /(?:[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]m)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)$/i
const NUMBERS = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/

/**
 * `2019`, `2019-03`, `2019-03-14` out of ISO 8601, `14.03.2019`, `14-Mar-2019`, `March 14, 2019`, `3/2019`, `20190314`, with or
 * without a time of day. `03/04/2019` needs `order`; a point between the numbers says that the day comes first. Two-digit
 * years are refused.
 */
export function parseDate(text: string, order: DateOrder): DateReading {
  const plain = text.trim().replace(TIME, '').trim()
  // A column of years with gaps leaves some programs as 2019.0.
  const float = /^(\d{4})\.0$/.exec(plain)
  if (float !== null) return dateOf(text, float[1]!)
  const iso = /^(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?$/.exec(plain) ?? /^(\d{4})()(\d{2})(\d{2})$/.exec(plain)
  if (iso !== null) return dateOf(text, iso[1]!, iso[3], iso[4])
  const numbers = NUMBERS.exec(plain)
  if (numbers !== null) return ofNumbers(text, numbers, order)
  const short = /^(\d{1,2})[/.-](\d{4})$/.exec(plain)
  if (short !== null) return dateOf(text, short[2]!, short[1])
  return ofWords(text, plain)
}

function ofNumbers(text: string, [, first, mark, second, year]: RegExpExecArray, order: DateOrder): DateReading {
  const told = mark === '.' ? 'day' : (orderOfNumbers(Number(first), Number(second)) ?? order)
  if (told === null) {
    return refuse(text, 'a date that says which number is the day (the column does not tell either)')
  }
  return told === 'day' ? dateOf(text, year!, second, first) : dateOf(text, year!, first, second)
}

/** `14 Mar 2019`, `14-März-2019`, `Mar 14, 2019`, `March 2019`. */
function ofWords(text: string, plain: string): DateReading {
  const words = plain.split(/[\s,./-]+/).filter(word => word !== '')
  const at = words.findIndex(word => /^\p{L}{3,}$/u.test(word))
  const month = at < 0 ? null : monthOf(words[at]!)
  const numbers = words.filter((_, i) => i !== at)
  const year = numbers.find(word => /^\d{4}$/.test(word))
  const days = numbers.filter(word => word !== year).map(word => word.replace(/(st|nd|rd|th)$/i, ''))
  if (month === null || year === undefined || days.length > 1 || (days[0] ?? '1').length > 2) {
    return refuse(text, 'a date with a four-digit year, such as 2019-03-14 or 14 Mar 2019')
  }
  return dateOf(text, year, String(month), days[0])
}

function monthOf(word: string): number | null {
  const start = word.toLowerCase().slice(0, 3)
  const position = MONTHS.indexOf(start)
  return position >= 0 ? position + 1 : (OTHER_MONTHS[start] ?? null)
}

function dateOf(text: string, year: string, month?: string, day?: string): DateReading {
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  if (y < FIRST_YEAR || y > LAST_YEAR) return refuse(text, `a year from ${FIRST_YEAR} to ${LAST_YEAR}`)
  const check = new Date(Date.UTC(y, m - 1, d))
  if (check.getUTCMonth() !== m - 1 || check.getUTCDate() !== d) return refuse(text, 'a day of the calendar')
  const parts = [year, month, day].filter(part => part !== undefined)
  return { ok: true, date: parts.map(part => part.padStart(2, '0')).join('-') }
}

function refuse(text: string, expected: string): DateReading {
  return { ok: false, message: `expected ${expected}, got ${JSON.stringify(text.trim().slice(0, 40))}` }
}

function orderOfNumbers(first: number, second: number): DateOrder {
  if (first > 12 && second <= 12) return 'day'
  if (second > 12 && first <= 12) return 'month'
  return null
}

/** What one cell says about its column. */
export function weighDate(evidence: DateEvidence, cell: string): void {
  // A date is short; a long cell is something else.
  const numbers = NUMBERS.exec(cell.slice(0, 40).trim().replace(TIME, '').trim())
  if (numbers === null || numbers[2] === '.') return
  const order = orderOfNumbers(Number(numbers[1]), Number(numbers[3]))
  if (order === 'day') evidence.dayFirst++
  if (order === 'month') evidence.monthFirst++
}

export function weighDateOf(evidence: DateEvidence, row: TableRow, column: number | null | undefined): void {
  if (column != null) weighDate(evidence, row.cells[column] ?? '')
}

/** `null` where nothing tells, or where both orders are used. */
export function dateOrderOf({ dayFirst, monthFirst }: DateEvidence): DateOrder {
  if (dayFirst > 0 && monthFirst === 0) return 'day'
  if (monthFirst > 0 && dayFirst === 0) return 'month'
  return null
}

/** Whether a cell is a date in some order. */
export function isDateText(cell: string): boolean {
  return parseDate(cell, 'day').ok || parseDate(cell, 'month').ok
}
