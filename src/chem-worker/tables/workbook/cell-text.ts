/** What a cell shows, as text: numbers in full, dates in ISO form, percentages with their sign. */

export type CellStyle = 'number' | 'percent' | 'date' | 'time'

/** Formats by number that ECMA-376 defines without writing them down. 18.8.30 */
const BUILT_IN: readonly { from: number; to: number; style: CellStyle }[] = [
  { from: 9, to: 10, style: 'percent' },
  { from: 14, to: 17, style: 'date' },
  { from: 18, to: 21, style: 'time' },
  { from: 22, to: 22, style: 'date' },
  { from: 27, to: 36, style: 'date' },
  { from: 45, to: 47, style: 'time' },
  { from: 50, to: 58, style: 'date' },
]

export function styleOfFormat(id: number, code: string | undefined): CellStyle {
  if (code === undefined) return BUILT_IN.find(({ from, to }) => id >= from && id <= to)?.style ?? 'number'
  // Quoted and escaped characters, fills and colours are no placeholders; `[h]` is a time that goes on.
  const plain = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?![hms]+\])[^\]]*\]/gi, '')
    .toLowerCase()
  if (/general/.test(plain)) return 'number'
  if (/[yd]/.test(plain)) return 'date'
  if (/[hs]/.test(plain)) return 'time'
  if (/m/.test(plain)) return 'date'
  return plain.includes('%') ? 'percent' : 'number'
}

const DAY_MS = 86_400_000

/** A stored number under a style; `null` where it is none. Excel computes with 15 digits and shows no more. */
export function numberText(stored: string, style: CellStyle, is1904: boolean): string | null {
  const value = stored.trim() === '' ? Number.NaN : Number(stored)
  if (!Number.isFinite(value)) return null
  if (style === 'date' || style === 'time') return dateText(value, style, is1904) ?? rounded(value)
  return style === 'percent' ? `${rounded(value * 100)}%` : rounded(value)
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(15)))
}

/** Days since the epoch of the workbook. Excel's 1900 has a 29th of February: before March days are one off. */
function dateText(serial: number, style: CellStyle, is1904: boolean): string | null {
  if (serial < 0 || serial > 2_958_465.99999) return null
  const isClock = style === 'time' && serial < 1
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30)
  const iso = new Date(epoch + Math.round((serial * DAY_MS) / 1000) * 1000).toISOString()
  if (isClock) return iso.slice(11, 19)
  return Number.isInteger(serial) ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}

/** `_x000D_` stands for a character that XML cannot write. */
export function unescapeText(text: string): string {
  return text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text
}

/** 0-based column and 1-based row of `AB12`; `null` for anything else. */
export function parseReference(reference: string): { column: number; row: number } | null {
  const match = /^([A-Z]{1,3})(\d{1,8})$/.exec(reference)
  if (match === null) return null
  let column = 0
  for (const letter of match[1]!) column = column * 26 + letter.charCodeAt(0) - 64
  return { column: column - 1, row: Number(match[2]) }
}
