/** Numbers as assay tables write them. Text that could mean two numbers is refused with the reason. */

/** The decimal mark of a column; `null` where the column does not tell. */
export type DecimalMark = '.' | ',' | null

export type NumberReading =
  | { ok: true; value: number; rest: string }
  | { ok: false; rule: 'value.notANumber' | 'value.ambiguousSeparator' | 'value.ambiguousExponent'; message: string }

const SPACES = ' \\u00a0\\u2007\\u2009\\u202f'
/** Digits with any separators between them, then an exponent in one of its spellings. */
const NUMBER = new RegExp(
  `^(?<sign>[+-]?)(?<digits>(?:\\d+(?:[.,'’${SPACES}]\\d+)*|(?=[.,]\\d))(?:[.,]\\d*)?)` +
    `(?:[eE](?<exponent>[+-]?\\d+)|[${SPACES}]*[x×·*∙⋅][${SPACES}]*10(?<power>\\^?\\(?[+-]?\\d+\\)?|[⁺⁻]?[⁰¹²³⁴-⁹]+))?`,
  'u',
)
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Reads a number at the start of `text`; `rest` is what follows it. The minus sign U+2212 counts as `-`. */
export function readNumber(text: string, mark: DecimalMark): NumberReading {
  const match = NUMBER.exec(text.replaceAll('\u2212', '-'))
  const { sign = '', digits = '', exponent, power } = match?.groups ?? {}
  if (match === null || digits === '') {
    return { ok: false, rule: 'value.notANumber', message: `expected a number, got ${quote(text)}` }
  }
  const plain = plainDigits(digits, mark)
  if (typeof plain !== 'string') return plain
  const scale = exponent ?? (power === undefined ? '0' : readPower(power))
  if (scale === null) {
    return {
      ok: false,
      rule: 'value.ambiguousExponent',
      message: `${quote(text)} may be a power of ten or a factor: write 10^${power ?? ''}, or e notation`,
    }
  }
  return { ok: true, value: Number(`${sign}${plain}e${scale}`), rest: text.slice(match[0].length) }
}

/** `^-5`, `-5` and `⁻⁵` are exponents; in `1.2 x 105` the raised position of an exponent may have been lost. */
function readPower(power: string): string | null {
  if (/[⁰¹²³⁴-⁹]/u.test(power)) {
    const digits = [...power].map(character => {
      const digit = SUPERSCRIPTS.indexOf(character)
      return digit >= 0 ? String(digit) : character === '⁻' ? '-' : '+'
    })
    return digits.join('')
  }
  return /^[\^+-]/.test(power) ? power.replaceAll(/[\^()]/g, '') : null
}

/** Digits with a point as the decimal mark and nothing between groups. */
function plainDigits(digits: string, mark: DecimalMark): string | Exclude<NumberReading, { ok: true }> {
  const compact = withoutGroupSpaces(digits)
  if (compact === null) return ambiguous(digits, 'the digits do not stand in groups of three')
  const decimal = decimalMarkOf(compact, mark)
  if (decimal === 'ambiguous') {
    return ambiguous(digits, 'a comma may be a decimal comma or separate thousands, and the column does not tell which')
  }
  const group = decimal === '.' ? ',' : '.'
  const parts = compact.split(decimal)
  if (parts.length > 2) return ambiguous(digits, `it has more than one decimal mark "${decimal}"`)
  const [whole = '', fraction = ''] = parts
  if (whole.includes(group) && !isGrouped(whole, group)) {
    return ambiguous(digits, `"${group}" does not separate groups of three digits`)
  }
  if (fraction.includes(group)) return ambiguous(digits, `"${group}" stands after the decimal mark`)
  return `${whole.replaceAll(group, '') || '0'}.${fraction || '0'}`
}

/** Spaces and apostrophes only ever separate groups of three; `null` where they do not. */
function withoutGroupSpaces(digits: string): string | null {
  const [whole = '', ...fraction] = digits.split(/(?=[.,]\d*$)/)
  const groups = whole.split(/['’\s\u00a0\u2007\u2009\u202f]/u)
  if (groups.length === 1) return digits
  const regular = groups.every((group, i) => (i === 0 ? /^[1-9]\d{0,2}$/ : /^\d{3}$/).test(group))
  return regular ? groups.join('') + fraction.join('') : null
}

function decimalMarkOf(digits: string, mark: DecimalMark): '.' | ',' | 'ambiguous' {
  if (mark !== null) return mark
  const lastPoint = digits.lastIndexOf('.')
  const lastComma = digits.lastIndexOf(',')
  // Both present: the later one is the decimal mark. The same one twice: it separates groups.
  if (lastPoint >= 0 && lastComma >= 0) return lastPoint > lastComma ? '.' : ','
  if (count(digits, ',') > 1) return '.'
  if (count(digits, '.') > 1) return ','
  return lastComma >= 0 ? 'ambiguous' : '.'
}

function isGrouped(whole: string, group: string): boolean {
  const [first = '', ...others] = whole.split(group)
  return /^[1-9]\d{0,2}$/.test(first) && others.every(part => /^\d{3}$/.test(part))
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}

function ambiguous(digits: string, why: string): Exclude<NumberReading, { ok: true }> {
  return { ok: false, rule: 'value.ambiguousSeparator', message: `${quote(digits)} can be read in two ways: ${why}` }
}

/** A piece of a cell for a message, short. */
export function quote(text: string): string {
  return text.length > 60 ? `"${text.slice(0, 57)}…"` : `"${text}"`
}
