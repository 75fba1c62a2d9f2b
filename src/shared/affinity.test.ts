import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AffinityContext,
  formatAffinity,
  fromPX,
  KCAL_PER_PX,
  parseAffinity,
  parseEndpoint,
  parseRelation,
  parseUnit,
  toPX,
} from './affinity.ts'
import { relationSchema, type Unit, unitSchema } from './contract/datasets.ts'

const IN_NM: AffinityContext = { unit: 'nM' }

function read(text: string, context: AffinityContext = IN_NM) {
  const reading = parseAffinity(text, context)
  if (!reading.ok) throw new Error(`${text}: ${reading.message}`)
  return reading.affinity
}
function ruleOf(text: string, context: AffinityContext = IN_NM): string {
  const reading = parseAffinity(text, context)
  return reading.ok ? `accepted as ${reading.affinity.value} ${reading.affinity.unit}` : reading.rule
}

describe('units', () => {
  it('converts concentrations', () => {
    const oneNanomolar: [number, Unit][] = [
      [1e-9, 'M'],
      [1e-6, 'mM'],
      [1e-3, 'uM'],
      [1, 'nM'],
      [1e3, 'pM'],
      [1e6, 'fM'],
    ]
    for (const [value, unit] of oneNanomolar) expect(toPX(value, unit)).toBeCloseTo(9, 12)
  })

  it('converts free energies at 298.15 K', () => {
    // ΔG = RT ln(1e-9) = −12.278 kcal/mol (Gilson and Zhou 2007 use the same relation).
    expect(KCAL_PER_PX).toBeCloseTo(1.36425, 5)
    expect(toPX(-12.278, 'kcal/mol')).toBeCloseTo(9, 3)
    expect(toPX(-51.37, 'kJ/mol')).toBeCloseTo(9, 3)
  })

  it('knows both micro signs and u', () => {
    for (const text of ['\u00b5M', '\u03bcM', 'uM', ' um ', 'µmol/L']) expect(parseUnit(text)).toBe('uM')
    for (const text of ['mm', 'MM', 'ug/mL', '%', '', 'nM nM', 'constructor']) expect(parseUnit(text)).toBeNull()
    for (const text of ['kcal/mol', 'Kcal mol-1', 'kcal·mol⁻¹']) expect(parseUnit(text)).toBe('kcal/mol')
  })

  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 18, noNaN: true }), fc.constantFrom(...unitSchema.options), (pX, unit) => {
        expect(toPX(fromPX(pX, unit), unit)).toBeCloseTo(pX, 9)
      }),
    )
  })
})

describe('parseAffinity', () => {
  it.each([
    ['1.2e-5 M', 4.9208],
    ['1.2E-5M', 4.9208],
    ['1.2 x 10-5 M', 4.9208],
    ['1.2 × 10^-5 M', 4.9208],
    ['1.2·10⁻⁵ M', 4.9208],
    ['1.2 x 10\u22125 M', 4.9208],
    ['4e-10 M', 9.3979],
    ['0.012 µM', 7.9208],
    ['0.012 μM', 7.9208],
    ['62', 7.2076],
    ['180000.0', 3.7447],
    ['1,234,567', 2.9085],
    ['1,234.5', 5.9085],
    ['10 000', 5],
    ['10\u00a0000', 5],
    ["10'000", 5],
    ['pKi 7.2', 7.2],
    ['pIC50 = 7.2', 7.2],
    ['-log10(Ki) = 7.2', 7.2],
    ['7.2 pX', 7.2],
    ['Kd=49uM', 4.3098],
    ['IC50: 5 nM', 8.301],
    ['-9.1 kcal/mol', 6.6703],
    ['ΔG = -9.1 kcal/mol', 6.6703],
    ['"24.0"', 7.6198],
  ])('reads %s', (text, pX) => {
    expect(read(text).pX).toBeCloseTo(pX, 4)
  })

  it('keeps kind, operator, unit and the raw text', () => {
    expect(read(' Ki >= 10 uM ')).toMatchObject({
      endpoint: 'Ki',
      relation: '>=',
      value: 10,
      unit: 'uM',
      raw: ' Ki >= 10 uM ',
    })
    expect(read('5')).toMatchObject({ endpoint: null, relation: '=', unit: 'nM' })
  })

  it.each([
    ['>10000', '>'],
    ['> 10000 nM', '>'],
    ["'>'10000", '>'],
    ['>>10000', '>'],
    ['<0.5', '<'],
    ['≤2.4', '<='],
    ['=<2.4', '<='],
    ['≥ 2.4', '>='],
    ['~88', '~'],
    ['≈ 88', '~'],
    ['ca. 88', '~'],
    ['=5', '='],
    ["'='5", '='],
  ])('reads the operator of %s', (text, relation) => {
    expect(read(text).relation).toBe(relation)
  })

  it('turns bounds of pX and keeps bounds of concentrations and ΔG: > means weaker', () => {
    expect(read('>10000 nM')).toMatchObject({ relation: '>', pX: 5 })
    expect(read('pKi < 5')).toMatchObject({ relation: '>', pX: 5 })
    expect(read('< 5', { unit: 'pX' })).toMatchObject({ relation: '>', pX: 5 })
    expect(read('> -6 kcal/mol').relation).toBe('>')
  })

  it('takes the operator of a relation column, and refuses two that differ', () => {
    expect(read('5', { unit: 'nM', relation: '>' }).relation).toBe('>')
    expect(read('>5', { unit: 'nM', relation: '>' }).relation).toBe('>')
    expect(read('>5', { unit: 'nM', relation: null }).relation).toBe('>')
    expect(ruleOf('>5', { unit: 'nM', relation: '=' })).toBe('relation.conflict')
  })

  it('keeps the value and its uncertainty', () => {
    // d(log10 c) = dc / (c ln 10): 6.2 / (62 · 2.302585)
    for (const text of ['62 ± 6.2', '62 +/- 6.2 nM', '62 (± 6.2) nM', '62±6.2']) {
      expect(read(text).value).toBe(62)
      expect(read(text).uncertainty).toBeCloseTo(0.043429, 6)
    }
    expect(read('7.2 ± 0.1', { unit: 'pX' }).uncertainty).toBe(0.1)
    expect(read('62').uncertainty).toBeNull()
  })

  it('reads decimal commas only where the column says so', () => {
    expect(read('0,6999999999999998', { unit: 'nM', decimalMark: ',' }).value).toBe(0.6999999999999998)
    expect(read('1.234,5', { unit: 'nM', decimalMark: ',' }).value).toBe(1234.5)
    expect(read('1,2·10^-5 M', { unit: 'nM', decimalMark: ',' }).value).toBe(1.2e-5)
    expect(read('1,234', { unit: 'nM', decimalMark: '.' }).value).toBe(1234)
    for (const text of ['0,7', '1,234', '10,000']) expect(ruleOf(text)).toBe('value.ambiguousSeparator')
    expect(ruleOf('1.5', { unit: 'nM', decimalMark: ',' })).toBe('value.ambiguousSeparator')
    expect(ruleOf('1,5', { unit: 'nM', decimalMark: '.' })).toBe('value.ambiguousSeparator')
  })

  it.each([
    ['', 'value.missing'],
    ['   ', 'value.missing'],
    ['n.d.', 'value.notMeasured'],
    ['ND', 'value.notMeasured'],
    ['inactive', 'value.notMeasured'],
    ['NaN', 'value.notMeasured'],
    ['#N/A', 'value.notMeasured'],
    ['#DIV/0!', 'value.notMeasured'],
    ['Infinity', 'value.notMeasured'],
    ['-', 'value.notMeasured'],
    ['0', 'value.notPositive'],
    ['0.0 nM', 'value.notPositive'],
    ['-5', 'value.notPositive'],
    ['1e-400', 'value.notPositive'],
    ['1e400', 'value.notANumber'],
    ['5-10', 'value.range'],
    ['5 – 10 nM', 'value.range'],
    ['5 to 10', 'value.range'],
    ['5; 10', 'value.range'],
    ['10-5', 'value.range'],
    ['5 10', 'value.ambiguousSeparator'],
    ['1,23,4', 'value.ambiguousSeparator'],
    ['1.2 x 105', 'value.ambiguousExponent'],
    ['abc', 'value.notANumber'],
    ['>', 'value.notANumber'],
    ['0x1F', 'unit.unknown'],
    ['5 ug/mL', 'unit.unknown'],
    ['62(3)', 'value.range'],
    ['50 %', 'unit.unknown'],
    ['pKi 7 nM', 'unit.unknown'],
    ['1e20', 'value.implausible'],
    ['9'.repeat(500), 'value.notANumber'],
  ])('refuses %j as %s', (text, rule) => {
    expect(ruleOf(text)).toBe(rule)
  })

  it('refuses a number without a unit anywhere, and a pX that no binding has', () => {
    expect(ruleOf('5', { unit: null })).toBe('unit.missing')
    expect(ruleOf('5', { unit: 'pX' })).toBe('accepted as 5 pX')
    expect(ruleOf('5000', { unit: 'pX' })).toBe('value.implausible')
    expect(ruleOf('0', { unit: 'pX' })).toBe('value.implausible')
  })

  it('says what was expected and what was found', () => {
    const reading = parseAffinity('n.d.', IN_NM)
    expect(reading).toMatchObject({ ok: false, message: 'expected a measured value, got "n.d."' })
  })

  it('reads back what it writes: value, unit, operator', () => {
    const values = fc.record({
      pX: fc.double({ min: -2.9, max: 17.9, noNaN: true }).filter(pX => Math.abs(pX) > 1e-6),
      unit: fc.constantFrom(...unitSchema.options),
      relation: fc.constantFrom(...relationSchema.options),
    })
    fc.assert(
      fc.property(values, fc.constantFrom<Unit | null>(null, 'nM', 'pX'), ({ pX, unit, relation }, columnUnit) => {
        const value = fromPX(pX, unit)
        const text = formatAffinity({ value, unit, relation })
        const back = read(text, { unit: columnUnit })
        expect(back).toMatchObject({ value, unit, relation })
        expect(back.pX).toBeCloseTo(pX, 9)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws and never yields a non-finite pX', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE<>=~±x^ µnuM()'), maxLength: 24 }),
    )
    fc.assert(
      fc.property(text, fc.constantFrom<'.' | ',' | null>('.', ',', null), (cell, decimalMark) => {
        const reading = parseAffinity(cell, { unit: 'nM', decimalMark })
        if (reading.ok) {
          expect(Number.isFinite(reading.affinity.pX)).toBe(true)
          expect(reading.affinity.uncertainty ?? 0).toBeGreaterThanOrEqual(0)
        } else expect(reading.message).toMatch(/expected|can be read|may be|says/)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('columns of their own', () => {
  it('reads relations as ChEMBL writes them', () => {
    expect(["'='", "'>'", "'<='", '=', '', '≤', '~', '>>'].map(parseRelation)).toEqual([
      '=',
      '>',
      '<=',
      '=',
      '=',
      '<=',
      '~',
      '>',
    ])
    expect(['5', 'x', '> 5', 'equals'].map(parseRelation)).toEqual([null, null, null, null])
  })

  it('reads endpoints', () => {
    expect(['Ki', 'pKi', 'K_i', 'IC50', 'pIC50', 'KD', 'ΔG', 'EC50', 'AC50', ''].map(parseEndpoint)).toEqual([
      'Ki',
      'Ki',
      'Ki',
      'IC50',
      'IC50',
      'Kd',
      'dG',
      'EC50',
      null,
      null,
    ])
  })
})
