import { describe, expect, it } from 'vitest'
import { countKeys, type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { randomWords } from '../../tensor/random.ts'
import { judgeFloors } from '../baselines/baselines.ts'
import { decodeDomain, encodeDomain } from './domain-file.ts'
import { comparableRows, indexRows, leakageOf, meanNearestTrainSimilarity, nearestTo } from './leakage.ts'
import { SimilarityIndex } from './similarity-index.ts'

function randomFingerprints(n: number, seed: number): SparseCounts[] {
  return Array.from({ length: n }, (_, i) =>
    countKeys(randomWords({ seed, stream: 'keys', step: i }, i % 30).map(word => (word % 40) * 0x05000001)),
  )
}

describe('SimilarityIndex', () => {
  const fingerprints = randomFingerprints(60, 1)
  const queries = randomFingerprints(20, 2)
  const index = new SimilarityIndex(fingerprints)

  it('agrees with comparing pair by pair, empty fingerprints included', () => {
    for (const query of queries) {
      expect([...index.similarities(query)]).toEqual(fingerprints.map(other => tanimotoCounts(query, other)))
    }
  })

  it('names the nearest, best first, equal ones in order', () => {
    for (const query of queries) {
      const sorted = fingerprints
        .map((other, position) => ({ position, similarity: tanimotoCounts(query, other) }))
        .sort((a, b) => b.similarity - a.similarity || a.position - b.position)
      expect(index.nearest(query, 5)).toEqual(sorted.slice(0, 5))
    }
    expect(new SimilarityIndex([]).nearest(queries[5]!, 3)).toEqual([])
    expect(index.nearestOfAll(queries, 5)).toEqual(queries.map(query => index.nearest(query, 5)))
  })
})

describe('leakage', () => {
  it('is the mean over the test rows, whatever part the nearest row is in', () => {
    const fingerprints = randomFingerprints(30, 3)
    const parts = { train: [3, 4, 5, 6, 7, 8], validation: [9, 10], test: [20, 21, 29] }
    const nearest = parts.test.map(row =>
      Math.max(...[...parts.train, ...parts.validation].map(o => tanimotoCounts(fingerprints[row]!, fingerprints[o]!))),
    )
    const split = { kind: 'random', seed: 1, validationGiven: false, ...parts } as const
    expect(meanNearestTrainSimilarity(fingerprints, split)).toBeCloseTo(
      (nearest[0]! + nearest[1]! + nearest[2]!) / 3,
      12,
    )
    expect(meanNearestTrainSimilarity(new Array(30).fill(null), split)).toBeNull()
  })
})

describe('nearest rows', () => {
  const fingerprints = randomFingerprints(60, 4)
  const learned = Array.from({ length: 40 }, (_, i) => i)
  const index = indexRows(learned, row => fingerprints[row]!)

  it('are those of comparing pair by pair', () => {
    for (const row of [41, 47, 55]) {
      const similarities = learned.map(other => tanimotoCounts(fingerprints[row]!, fingerprints[other]!))
      const similarity = Math.max(...similarities)
      const expected = { row, nearest: similarities.indexOf(similarity), similarity }
      expect(nearestTo(index, row, fingerprints[row]!)).toEqual(expected)
    }
  })

  it('are taken evenly where there are too many to compare', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => 2 * i)
    expect(comparableRows(rows, 1_000)).toBe(rows)
    const taken = comparableRows(rows, 1_000_000)
    expect([taken.length, taken[0], taken[500], taken[999]]).toEqual([1_000, 0, 5_000, 9_990])
  })

  it('make a histogram whose bins hold their lower ends, and 1 with the last', () => {
    const leakage = leakageOf([0, 0.15, 0.3, 0.9, 0.949, 0.95, 1, 1])
    const bins = new Array(20).fill(0)
    Object.assign(bins, { 0: 1, 3: 1, 6: 1, 18: 2, 19: 3 })
    expect(leakage).toMatchObject({ n: 8, histogram: bins, shareAbove90: 5 / 8, identical: 2 })
    expect(leakage.mean).toBeCloseTo(5.249 / 8, 12)
    expect(leakage.median).toBeCloseTo((0.9 + 0.949) / 2, 12)
    expect(leakageOf([])).toMatchObject({ n: 0, mean: null, median: null, shareAbove90: null })
  })
})

describe('floors', () => {
  it('are the mean and the value of the nearest row, judged on the same rows', () => {
    const y = [4, 5, 9, 6, 8]
    const neighbours = [
      { row: 3, nearest: 1, similarity: 0.5 },
      { row: 4, nearest: 2, similarity: 0.9 },
    ]
    const { mean, nearest } = judgeFloors({ y, learned: [0, 1, 2], seed: 1 }, neighbours)
    // The mean is 6: errors 0 and 2. The nearest say 5 and 9: errors 1 and 1.
    expect(mean.rmse).toBeCloseTo(Math.sqrt(2), 12)
    expect(nearest.rmse).toBe(1)
    expect(nearest.metrics).toMatchObject({ n: 2, mae: 1, r2: 0, concordance: 1 })
    expect(mean.metrics).toMatchObject({ n: 2, pearson: null })
  })
})

describe('domain file', () => {
  const contents = {
    section: 'morgan-count-r2-chiral',
    fingerprints: randomFingerprints(12, 5),
    pX: Float64Array.from({ length: 12 }, (_, i) => 4 + i / 3),
    smiles: Array.from({ length: 12 }, (_, i) => 'C'.repeat(i + 1)),
  } as const

  it('gives back what was written', () => {
    const read = decodeDomain(encodeDomain(contents))
    expect(read.section).toBe(contents.section)
    expect(read.smiles).toEqual(contents.smiles)
    expect(read.pX).toEqual(contents.pX)
    expect(read.fingerprints.map(f => [[...f.keys], [...f.counts]])).toEqual(
      contents.fingerprints.map(f => [[...f.keys], [...f.counts]]),
    )
  })

  it('is read from an unaligned view', () => {
    const bytes = encodeDomain(contents)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeDomain(shifted.subarray(3)).smiles).toEqual(contents.smiles)
  })

  it('refuses damaged bytes', () => {
    const bytes = encodeDomain(contents)
    expect(() => decodeDomain(bytes.subarray(0, 40))).toThrow('Domain file')
    expect(() => decodeDomain(bytes.subarray(0, bytes.length - 8))).toThrow('Domain file')
    expect(() => decodeDomain(bytes.with(0, 0))).toThrow('Not a domain file')
    expect(() => decodeDomain(bytes.with(8, 9))).toThrow('version 9')
  })
})
