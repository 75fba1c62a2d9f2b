/**
 * Affinities as text: `Ki = 62 ± 6.2 nM`, `>10000`, `1.2e-5 M`, `pIC50 7.4`, `-9.1 kcal/mol`. One strict reader for every
 * table, and the conversions between units. What cannot be read without guessing is refused with what was expected.
 *
 * pX = −log10(concentration in mol/L). ΔG = R·T·ln(Kd / 1 mol/L) at 298.15 K, hence pX = −ΔG / (R·T·ln 10).
 */
import { type DecimalMark, quote, readNumber } from './affinity-number.ts'
import type { Endpoint, Relation, Unit } from './contract/datasets.ts'

export interface AffinityContext {
  /** Where the text names no unit. */
  unit: Unit | null
  decimalMark?: DecimalMark
  /** From a column of its own; `null` where its cell is empty. */
  relation?: Relation | null
}

export interface Affinity {
  /** Only where the text names it. */
  endpoint: Endpoint | null
  /** Of the concentration: `>` binds weaker than `pX`, also where the text wrote a bound of pX. */
  relation: Relation
  /** In `unit`, as written. */
  value: number
  unit: Unit
  pX: number
  /** Standard deviation in pX units, from `±`; first order for concentrations. */
  uncertainty: number | null
  raw: string
}

export type AffinityReading = { ok: true; affinity: Affinity } | { ok: false; rule: AffinityRule; message: string }
export type AffinityRule =
  | 'value.missing'
  | 'value.notMeasured'
  | 'value.notANumber'
  | 'value.ambiguousSeparator'
  | 'value.ambiguousExponent'
  | 'value.range'
  | 'value.notPositive'
  | 'value.implausible'
  | 'unit.missing'
  | 'unit.unknown'
  | 'relation.conflict'

/** −log10 of one unit in mol/L. */
const MOLAR_EXPONENT = { M: 0, mM: 3, uM: 6, nM: 9, pM: 12, fM: 15 } as const
/** R·T·ln 10 at 298.15 K with R = 8.314462618 J/(mol·K) (CODATA 2018) and 4.184 J/cal. */
export const KJ_PER_PX = 8.314462618e-3 * 298.15 * Math.LN10
export const KCAL_PER_PX = KJ_PER_PX / 4.184
/** Beyond these no binding is known: a wrong unit or a wrong column. */
export const PLAUSIBLE_PX = { min: -3, max: 18 } as const

export function toPX(value: number, unit: Unit): number {
  if (unit === 'pX') return value
  if (unit === 'kcal/mol') return -value / KCAL_PER_PX
  if (unit === 'kJ/mol') return -value / KJ_PER_PX
  return MOLAR_EXPONENT[unit] - Math.log10(value)
}

export function fromPX(pX: number, unit: Unit): number {
  if (unit === 'pX') return pX
  if (unit === 'kcal/mol') return -pX * KCAL_PER_PX
  if (unit === 'kJ/mol') return -pX * KJ_PER_PX
  return 10 ** (MOLAR_EXPONENT[unit] - pX)
}

const MAX_CHARACTERS = 200
const NOT_MEASURED =
  /^(n\.?\s?d\.?|n\.?\s?[at]\.?|n\/[ad]|na|nan|null|none|nil|-+|–|—|\?+|\.+|\*+|inf(inity)?|inactive|not active|active|n\.?\s?i\.?|no (inhibition|activity|binding|effect|value)|not (determined|tested|measured|available|detected|applicable)|tbd|toxic|insoluble|unknown|missing|#?n\/?a!?|#(value|div\/0|ref|num|name)[!?]?)$/i
const ENDPOINT =
  /^(?<negative>p\s?|-\s?log(?:10)?\s?\(?)?(?<kind>K_?d|K_?i|IC_?50|EC_?50|ΔG|dG|delta\s?G)(?:\s?\(?app\.?\)?)?\)?\s*[:=]?\s*/iu

/** Reads one cell. Never throws; the reading is a value or the rule it broke, with what was expected in words. */
export function parseAffinity(raw: string, context: AffinityContext): AffinityReading {
  let text = unquote(raw.trim())
  if (text === '') return refused('value.missing', 'expected a value, got an empty cell')
  if (text.length > MAX_CHARACTERS) return refused('value.notANumber', `expected a number, got ${quote(text)}`)
  if (NOT_MEASURED.test(text)) return refused('value.notMeasured', `expected a measured value, got ${quote(text)}`)

  const named = ENDPOINT.exec(text)
  // `Ki = 5` writes the operator that `Ki > 5` needs; only the former belongs to the name.
  text = named === null ? text : text.slice(named[0].length)
  const operator = readOperator(text)
  const number = readNumber(operator.rest, context.decimalMark ?? null)
  if (!number.ok) return number
  const deviation = readDeviation(number.rest, context.decimalMark ?? null)
  if (!deviation.ok) return deviation
  const unit = unitOf(deviation.rest.trim(), {
    negativeLog: named?.groups?.negative !== undefined,
    fallback: context.unit,
  })
  if (typeof unit !== 'string') return unit
  const relation = agreeOn(operator.relation, context.relation ?? null, raw)
  if (typeof relation !== 'string') return relation
  return checked({
    endpoint: endpointOf(named?.groups?.kind),
    // A bound of pX, turned round, is a bound of the concentration.
    relation: unit === 'pX' ? TURNED[relation] : relation,
    value: number.value,
    unit,
    pX: toPX(number.value, unit),
    uncertainty: deviation.value === null ? null : deviationInPX(deviation.value, number.value, unit),
    raw,
  })
}

function checked(affinity: Affinity): AffinityReading {
  const { value, unit, pX } = affinity
  if (!Number.isFinite(value))
    return refused('value.notANumber', `expected a finite number, got ${quote(affinity.raw)}`)
  if (unit in MOLAR_EXPONENT && value <= 0) {
    return refused('value.notPositive', `expected a concentration > 0, got ${quote(affinity.raw)}`)
  }
  if (unit === 'pX' && value === 0) {
    return refused(
      'value.implausible',
      'expected a pX, got 0: it would be 1 mol/L and stands for a missing value in most tables',
    )
  }
  if (pX < PLAUSIBLE_PX.min || pX > PLAUSIBLE_PX.max) {
    const limits = `${PLAUSIBLE_PX.min} and ${PLAUSIBLE_PX.max}`
    return refused(
      'value.implausible',
      `expected a pX between ${limits}, got ${pX.toPrecision(4)} from ${quote(affinity.raw)} in ${unit}`,
    )
  }
  return { ok: true, affinity }
}

const OPERATORS: readonly [RegExp, Relation][] = [
  [/^(>=|=>|≥|⩾|≧)/, '>='],
  [/^(<=|=<|≤|⩽|≦)/, '<='],
  [/^(>>|≫|>)/, '>'],
  [/^(<<|≪|<)/, '<'],
  [/^(~|≈|∼|≃|≅|˜|=~|~=|ca\.?\s|circa\s|approx\.?\s|about\s)/i, '~'],
  [/^={1,2}/, '='],
]

function readOperator(text: string): { relation: Relation | null; rest: string } {
  const bare = text.replace(/^'([^']{0,3})'/, '$1')
  for (const [pattern, relation] of OPERATORS) {
    const match = pattern.exec(bare)
    if (match !== null) return { relation, rest: bare.slice(match[0].length).trim() }
  }
  return { relation: null, rest: bare }
}

/** An operator alone, as a relation column has it: ChEMBL's `'='`, `≤`, or nothing. `null` for anything else. */
export function parseRelation(text: string): Relation | null {
  const { relation, rest } = readOperator(`${unquote(text.trim())} `)
  return rest.trim() !== '' ? null : (relation ?? '=')
}

function agreeOn(
  inText: Relation | null,
  inColumn: Relation | null,
  raw: string,
): Relation | Exclude<AffinityReading, { ok: true }> {
  if (inText === null) return inColumn ?? '='
  if (inColumn === null || inColumn === inText) return inText
  return refused('relation.conflict', `the relation column says "${inColumn}", the value says ${quote(raw)}`)
}

type Deviation = { ok: true; value: number | null; rest: string } | Exclude<AffinityReading, { ok: true }>

/** `± 6.2`, `+/- 6.2`, `(±6.2)`; a second number of any other kind is a range or a list and is refused. */
function readDeviation(rest: string, mark: DecimalMark): Deviation {
  const match = /^\s*(\()?\s*(?:±|\+\/-|\+-)\s*/.exec(rest)
  if (match === null) {
    if (/^\s*(-|–|—|\.\.+|…|to\b|bis\b|and\b|\/|;|,|\()\s*[<>~=]?\s*[\d.]/i.test(rest)) {
      return refused(
        'value.range',
        `expected one number, got a range or several: ${quote(rest.trim())} follows the first`,
      )
    }
    return { ok: true, value: null, rest }
  }
  const number = readNumber(rest.slice(match[0].length), mark)
  if (!number.ok) return number
  const closed = match[1] === undefined ? number.rest : number.rest.replace(/^\s*\)/, '')
  return { ok: true, value: Math.abs(number.value), rest: closed }
}

function deviationInPX(deviation: number, value: number, unit: Unit): number {
  if (unit === 'pX') return deviation
  if (unit === 'kcal/mol') return deviation / KCAL_PER_PX
  if (unit === 'kJ/mol') return deviation / KJ_PER_PX
  return deviation / (value * Math.LN10)
}

function unitOf(
  text: string,
  known: { negativeLog: boolean; fallback: Unit | null },
): Unit | Exclude<AffinityReading, { ok: true }> {
  if (known.negativeLog) {
    return text === ''
      ? 'pX'
      : refused('unit.unknown', `expected no unit after a negative logarithm, got ${quote(text)}`)
  }
  if (text !== '')
    return parseUnit(text) ?? refused('unit.unknown', `expected a unit such as nM, uM or kcal/mol, got ${quote(text)}`)
  return known.fallback ?? refused('unit.missing', 'neither the value nor its column says in which unit it is')
}

const UNIT_NAMES: Readonly<Record<string, Unit>> = {
  M: 'M',
  'mol/L': 'M',
  'mol/l': 'M',
  molar: 'M',
  mM: 'mM',
  'mmol/L': 'mM',
  'mmol/l': 'mM',
  millimolar: 'mM',
  uM: 'uM',
  um: 'uM',
  UM: 'uM',
  'umol/L': 'uM',
  'umol/l': 'uM',
  micromolar: 'uM',
  microM: 'uM',
  nM: 'nM',
  nm: 'nM',
  NM: 'nM',
  'nmol/L': 'nM',
  'nmol/l': 'nM',
  nanomolar: 'nM',
  pM: 'pM',
  pm: 'pM',
  PM: 'pM',
  'pmol/L': 'pM',
  'pmol/l': 'pM',
  picomolar: 'pM',
  fM: 'fM',
  fm: 'fM',
  FM: 'fM',
  'fmol/L': 'fM',
  'fmol/l': 'fM',
  femtomolar: 'fM',
  pX: 'pX',
  px: 'pX',
}

/** Both micro signs (U+00B5, U+03BC) and `u` are micro. `mm` and `MM` may be milli or mega and are unknown. */
export function parseUnit(text: string): Unit | null {
  const plain = text
    .trim()
    .replaceAll(/[\u00b5\u03bc]/g, 'u')
    .replaceAll('\u2212', '-')
    .replaceAll('⁻¹', '-1')
  if (Object.hasOwn(UNIT_NAMES, plain)) return UNIT_NAMES[plain]!
  const energy = /^(kcal|kj)\s?(?:\/|[·.*]|\s)\s?mol(?:\^?-1)?$/i.exec(plain)
  return energy === null ? null : energy[1]!.toLowerCase() === 'kj' ? 'kJ/mol' : 'kcal/mol'
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  ki: 'Ki',
  kd: 'Kd',
  ic50: 'IC50',
  ec50: 'EC50',
  dg: 'dG',
  δg: 'dG',
  deltag: 'dG',
}

/** `Ki`, `K_i`, `pKi`, `IC50`, `ΔG`; `null` for anything else. */
export function parseEndpoint(text: string): Endpoint | null {
  return endpointOf(text.trim().replace(/^p(?=[KIE])/, ''))
}

function endpointOf(kind: string | undefined): Endpoint | null {
  if (kind === undefined) return null
  return ENDPOINTS[kind.toLowerCase().replaceAll(/[_\s]/g, '')] ?? null
}

const TURNED: Readonly<Record<Relation, Relation>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '=': '=', '~': '~' }

/** Text that `parseAffinity` reads back to the same affinity, whatever the column says. */
export function formatAffinity(affinity: Pick<Affinity, 'value' | 'unit' | 'relation'>): string {
  const { value, unit, relation } = affinity
  const operator = unit === 'pX' ? TURNED[relation] : relation
  return `${operator === '=' ? '' : operator}${value} ${unit}`
}

/** Spreadsheets and ChEMBL put quotes round what looks like a formula. */
function unquote(text: string): string {
  const match = /^(["'])(.*)\1$/s.exec(text)
  return match === null ? text : match[2]!.trim()
}

function refused(rule: AffinityRule, message: string): Exclude<AffinityReading, { ok: true }> {
  return { ok: false, rule, message }
}
