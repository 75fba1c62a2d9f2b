import { describe, expect, it } from 'vitest'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { findCliffs } from './cliffs.ts'
import { coverageCurve } from './coverage-curve.ts'
import { errorBySimilarity } from './error-by-similarity.ts'

const point = (part: 'validation' | 'test', error: number, halfWidth = 1) => ({
  part,
  measured: 6,
  predicted: 6 + error,
  halfWidth,
})

describe('the coverage curve', () => {
  // Errors 0.1 … 1.9: of 19 calibration rows the k-th smallest error promises k/20.
  const validation = Array.from({ length: 19 }, (_, i) => point('validation', (i + 1) / 10))

  it('tells the share of the test rows within intervals found on the validation rows', () => {
    const test = [0.05, -0.45, 0.9, -1.6, 5].map(error => point('test', error))
    // Levels 0.1 … 0.9, 0.95 have the half-widths 0.2, 0.4, … 1.8, 1.9.
    expect(coverageCurve([...validation, ...test], 'absolute')).toEqual([
      { level: 0.1, observed: 0.2 },
      { level: 0.2, observed: 0.2 },
      { level: 0.3, observed: 0.4 },
      { level: 0.4, observed: 0.4 },
      { level: 0.5, observed: 0.6 },
      { level: 0.6, observed: 0.6 },
      { level: 0.7, observed: 0.6 },
      { level: 0.8, observed: 0.8 },
      { level: 0.9, observed: 0.8 },
      { level: 0.95, observed: 0.8 },
    ])
  })

  it('measures errors in units of the half-width where rows have their own', () => {
    const wide = coverageCurve([...validation, point('test', 1, 10), point('test', 1, 0.1)], 'scaled')
    expect(wide.map(({ observed }) => observed)).toEqual(new Array(10).fill(0.5))
  })

  it('says nothing of levels that so few rows cannot promise, or without test rows', () => {
    expect(coverageCurve([...validation.slice(0, 4), point('test', 0)], 'absolute').map(({ level }) => level)).toEqual([
      0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
    ])
    expect(coverageCurve(validation, 'absolute')).toEqual([])
  })
})

it('puts errors into bins of similarity', () => {
  const at = (similarity: number | null, error: number) => ({ measured: 5, predicted: 5 + error, similarity })
  expect(errorBySimilarity([at(0.31, 3), at(0.39, -4), at(1, 0.5), at(0.95, 0.5), at(null, 9)])).toEqual([
    { from: 0.3, to: 0.4, n: 2, rmse: Math.sqrt(12.5) },
    { from: 0.9, to: 1, n: 2, rmse: 0.5 },
  ])
})

describe('activity cliffs', () => {
  // Tanimoto of counts: 19 of 20 in common is 0.95.
  const counts = (last: number): SparseCounts => ({
    keys: Uint32Array.of(1, last),
    counts: Uint16Array.of(39, 1),
  })
  const domain = {
    section: 'morgan-count-r2-chiral',
    fingerprints: [counts(2), { keys: Uint32Array.of(9), counts: Uint16Array.of(1) }],
    pX: Float64Array.of(5, 9),
    smiles: ['learned', 'unlike'],
  } as const
  const test = [
    { row: 10, measured: 7, predicted: 6.5, smiles: 'a' },
    { row: 11, measured: 8.5, predicted: 6.4, smiles: 'b' },
    { row: 12, measured: 5.5, predicted: 5.5, smiles: 'c' },
    { row: 13, measured: 1, predicted: 1, smiles: 'no features' },
  ]
  const fingerprints = new Map(test.slice(0, 3).map(({ row }) => [row, counts(row)]))

  it('are alike pairs with values far apart, told with what was predicted', () => {
    const { cliffs, similarPairs } = findCliffs({ test, fingerprints, domain })
    // Three with the learned one, three among themselves.
    expect(similarPairs).toBe(6)
    expect(cliffs.map(({ row, otherRow, isPredicted }) => [row, otherRow, isPredicted])).toEqual([
      [11, null, false],
      [11, 12, false],
      [10, null, true],
      [10, 11, false],
      [10, 12, true],
    ])
    expect(cliffs[0]).toMatchObject({ smiles: 'b', otherSmiles: 'learned', measuredDifference: 3.5 })
    expect(cliffs[0]!.predictedDifference).toBeCloseTo(1.4, 12)
    expect(cliffs[0]!.similarity).toBeCloseTo(39 / 41, 12)
  })
})
