import { describe, expect, it } from 'vitest'
import { countKeys, type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { randomWords } from '../../tensor/random.ts'
import { predictMean, predictNearest } from '../baselines/baselines.ts'
import { decodeDomain, encodeDomain } from './domain-file.ts'
import { meanNearestTrainSimilarity } from './leakage.ts'
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

describe('baselines', () => {
  it('predict the mean and the value of the nearest compound', () => {
    const fingerprints = randomFingerprints(30, 4).slice(5)
    const values = fingerprints.map((_, i) => 5 + i / 10)
    expect([...predictMean([4, 5, 9], 2)]).toEqual([6, 6])
    expect([...predictNearest({ fingerprints, values }, [fingerprints[7]!, fingerprints[19]!])]).toEqual([5.7, 6.9])
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
