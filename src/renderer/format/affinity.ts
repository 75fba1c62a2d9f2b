/** Affinities for people: pX values, concentrations, and what the number means for each endpoint. */
import type { Dataset, DatasetRow } from '../../shared/contract/datasets.ts'

export { type Domain, domainOf } from '../../shared/domain-verdict.ts'

export type Endpoint = Dataset['endpoint']

/** `7.21`; U+2212 as the sign, so that columns of figures align. */
export function formatPX(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return fixed(value, 2)
}

/** `7.21 ± 0.58` */
export function formatInterval(value: number, halfWidth: number): string {
  return `${fixed(value, 2)} ± ${fixed(halfWidth, 2)}`
}

/** `0.62 (0.55–0.70)`: a figure and how far it might have come out otherwise. */
export function formatWithRange(value: number | null | undefined, range: Range | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return range ? `${fixed(value, 2)} (${formatRange(range)})` : fixed(value, 2)
}

/** `0.55–0.70`; a dash that follows a minus sign stands apart. */
export function formatRange({ lower, upper }: Range): string {
  return [fixed(lower, 2), fixed(upper, 2)].join(lower < 0 ? ' – ' : '–')
}

interface Range {
  lower: number
  upper: number
}

export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}

const PREFIXES: readonly (readonly [unit: string, exponent: number])[] = [
  ['M', 0],
  ['mM', -3],
  ['µM', -6],
  ['nM', -9],
  ['pM', -12],
  ['fM', -15],
]

/**
 * A concentration in mol/L with the prefix that leaves 1 to 999 before it: `61.7 nM`, `1.20 µM`.
 * @param digits significant digits; trailing zeros stay, because they are measured.
 */
export function formatConcentration(molar: number, digits = 3): string {
  if (!(molar > 0) || !Number.isFinite(molar)) return '–'
  const rounded = Number(molar.toPrecision(digits))
  const [unit, exponent] =
    PREFIXES.find(([, power]) => rounded >= 10 ** power * (1 - 1e-9)) ?? (PREFIXES.at(-1) as [string, number])
  const scaled = Number((rounded / 10 ** exponent).toPrecision(digits))
  if (scaled >= 10_000 || scaled < 0.001) return `${scaled.toExponential(digits - 1)} ${unit}`
  const integerDigits = Math.floor(Math.log10(scaled)) + 1
  return `${scaled.toFixed(Math.max(0, digits - integerDigits))} ${unit}`
}

/** The concentration a pX stands for: pX = −log10(mol/L). */
export function concentrationOf(pX: number): number {
  return 10 ** -pX
}

/** Symbol of the negative logarithm. A ΔG is kept as the pKd it stands for. */
export function pXName(endpoint: Endpoint): string {
  switch (endpoint) {
    case 'Ki':
      return 'pKi'
    case 'Kd':
    case 'dG':
      return 'pKd'
    case 'IC50':
      return 'pIC50'
    case 'EC50':
      return 'pEC50'
    case 'other':
      return 'pX'
  }
}

type Relation = DatasetRow['relation']

const BOUNDS: Record<Relation, readonly [ofConcentration: string, ofPX: string]> = {
  '=': ['', ''],
  '~': ['~ ', '~ '],
  '<': ['< ', '> '],
  '>': ['> ', '< '],
  '<=': ['≤ ', '≥ '],
  '>=': ['≥ ', '≤ '],
}

/** What stands before a concentration: `> ` where it is a lower bound, nothing where it was measured. */
export function boundOfConcentration(relation: Relation): string {
  return BOUNDS[relation][0]
}

/** The same before its pX, where a bound turns round: more than 10 µM is a pX below 5. */
export function boundOfPX(relation: Relation): string {
  return BOUNDS[relation][1]
}

/** "7.21 ± 0.58", or the number alone where nothing is known of how sure it is. */
export function formatWithHalfWidth(pX: number, halfWidth: number | null): string {
  return halfWidth === null ? formatPX(pX) : `${formatPX(pX)} ± ${fixed(halfWidth, 2)}`
}

/** Of an interval, where there is one. */
export function halfWidthOf({ lower, upper }: { lower: number | null; upper: number | null }): number | null {
  return lower === null || upper === null ? null : (upper - lower) / 2
}
