import { describe, expect, it } from 'vitest'
import {
  boundOfConcentration,
  boundOfPX,
  concentrationOf,
  domainOf,
  formatConcentration,
  formatInterval,
  formatPX,
  formatWithRange,
} from './affinity.ts'

describe('formatConcentration', () => {
  it.each([
    [6.166e-8, 3, '61.7 nM'],
    [6.166e-8, 2, '62 nM'],
    [1.2e-6, 3, '1.20 µM'],
    [9.999e-7, 3, '1.00 µM'],
    [999.4e-9, 3, '999 nM'],
    [1e-9, 3, '1.00 nM'],
    [0.5, 3, '500 mM'],
    [2, 3, '2.00 M'],
    [3.2e-13, 3, '320 fM'],
    [1.23e-15, 3, '1.23 fM'],
    [4e-16, 2, '0.40 fM'],
    [9.96e-9, 2, '10 nM'],
  ])('%d mol/L to %d digits is %s', (molar, digits, text) => {
    expect(formatConcentration(molar, digits)).toBe(text)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no words for %d', molar => {
    expect(formatConcentration(molar)).toBe('–')
  })

  it('reads a pX back', () => {
    expect(formatConcentration(concentrationOf(7.21), 2)).toBe('62 nM')
  })
})

describe('pX', () => {
  it('has two decimals, a true minus and no negative zero', () => {
    expect(formatPX(7.214)).toBe('7.21')
    expect(formatPX(-1.5)).toBe('−1.50')
    expect(formatPX(-0.001)).toBe('0.00')
    expect(formatPX(null)).toBe('–')
    expect(formatInterval(7.211, 0.579)).toBe('7.21 ± 0.58')
  })
})

it('domainOf names the three zones at their limits', () => {
  expect([0, 0.5, 0.51, 0.7, 0.71, 1].map(domainOf)).toEqual(['inside', 'inside', 'edge', 'edge', 'outside', 'outside'])
})

it('a bound turns round between a concentration and its pX', () => {
  expect([boundOfConcentration('>'), boundOfPX('>')]).toEqual(['> ', '< '])
  expect([boundOfConcentration('<='), boundOfPX('<=')]).toEqual(['≤ ', '≥ '])
  expect([boundOfConcentration('='), boundOfPX('=')]).toEqual(['', ''])
})

it.each([
  [0.62, { lower: 0.55, upper: 0.7 }, '0.62 (0.55–0.70)'],
  [-0.1, { lower: -0.31, upper: 0.2 }, '−0.10 (−0.31 – 0.20)'],
  [0.62, null, '0.62'],
  [0.62, undefined, '0.62'],
  [null, null, '–'],
])('a figure of %d with the range %j is %s', (value, range, text) => {
  expect(formatWithRange(value, range)).toBe(text)
})
