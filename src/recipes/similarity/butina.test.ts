import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { butinaClusters } from './butina.ts'
import { createNeighbourIndex } from './neighbour-index.ts'

/** Written by `bench/describe-similarity.py` with RDKit. */
const reference = JSON.parse(readFileSync(new URL('./fixtures/butina.json', import.meta.url), 'utf8')) as {
  threshold: number
  fingerprints: [number, number][][]
  similarities: number[]
  cluster: number[]
}

function fingerprintOf(pairs: readonly (readonly [key: number, count: number])[]): SparseCounts {
  const sorted = [...new Map(pairs)].sort((a, b) => a[0] - b[0])
  return { keys: Uint32Array.from(sorted, ([key]) => key), counts: Uint16Array.from(sorted, ([, count]) => count) }
}

/** Few different keys, so that rows have much in common; some rows are empty, some equal. */
const fingerprints = fc.array(
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 })), { maxLength: 8 })
    .map(fingerprintOf),
  { maxLength: 30 },
)
const thresholds = fc.constantFrom(0.05, 0.3, 0.5, 2 / 3, 0.9, 1)

function naiveNeighbours(rows: readonly SparseCounts[], threshold: number): number[][] {
  return rows.map((row, i) =>
    rows.flatMap((other, j) => (i !== j && tanimotoCounts(row, other) >= threshold - 1e-9 ? [j] : [])),
  )
}

/** The definition, without any haste. */
function naiveButina(neighbours: readonly number[][]): number[] {
  const cluster = neighbours.map(() => -1)
  const order = neighbours.map((_, i) => i).sort((a, b) => neighbours[b]!.length - neighbours[a]!.length || a - b)
  let found = 0
  for (const centre of order) {
    if (cluster[centre] !== -1) continue
    for (const member of [centre, ...neighbours[centre]!]) if (cluster[member] === -1) cluster[member] = found
    found++
  }
  return cluster
}

describe('neighbours', () => {
  it('are what comparing every pair finds', () => {
    fc.assert(
      fc.property(fingerprints, thresholds, (rows, threshold) => {
        const index = createNeighbourIndex(rows, threshold)
        const expected = naiveNeighbours(rows, threshold)
        const later = rows.map(() => [] as number[])
        for (let row = 0; row < rows.length; row++) {
          index.visitLater(row, (other, similarity) => {
            expect(similarity).toBeCloseTo(tanimotoCounts(rows[row]!, rows[other]!), 12)
            later[row]!.push(other)
            later[other]!.push(row)
          })
        }
        for (const [row, others] of expected.entries()) {
          expect(later[row]!.sort((a, b) => a - b)).toEqual(others)
          const all: number[] = []
          index.visit(row, other => all.push(other))
          expect(all.sort((a, b) => a - b)).toEqual(others)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('have the similarities of RDKit', () => {
    const rows = reference.fingerprints.map(fingerprintOf)
    const found = new Map<number, number>()
    createNeighbourIndex(rows, 0.2).visit(0, (other, similarity) => found.set(other, similarity))
    const expected = reference.similarities.flatMap((similarity, row) => (row > 0 && similarity >= 0.2 ? [row] : []))
    expect([...found.keys()].sort((a, b) => a - b)).toEqual(expected)
    for (const row of expected) expect(found.get(row)).toBeCloseTo(reference.similarities[row]!, 5)
  })

  it('refuses a threshold that means nothing', () => {
    expect(() => createNeighbourIndex([], 0)).toThrow(RangeError)
    expect(() => createNeighbourIndex([], 1.1)).toThrow(RangeError)
  })
})

describe('Butina clusters', () => {
  it('are those of RDKit', async () => {
    const rows = reference.fingerprints.map(fingerprintOf)
    expect([...(await butinaClusters(rows, reference.threshold))]).toEqual(reference.cluster)
  })

  it('are those of the definition', async () => {
    await fc.assert(
      fc.asyncProperty(fingerprints, thresholds, async (rows, threshold) => {
        expect([...(await butinaClusters(rows, threshold))]).toEqual(naiveButina(naiveNeighbours(rows, threshold)))
      }),
      { numRuns: 300 },
    )
  })

  it('tells how far it is, and ends when it is told to', async () => {
    const rows = reference.fingerprints.map(fingerprintOf)
    const told: number[] = []
    await butinaClusters(rows, 0.5, async (done, total) => void told.push(done / total))
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(1)
    const stopped = butinaClusters(rows, 0.5, async done => {
      if (done > 64) throw new Error('stopped')
    })
    await expect(stopped).rejects.toThrow('stopped')
  })
})
