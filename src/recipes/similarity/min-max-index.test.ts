import { expect, test } from 'vitest'
import { type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { randomUniform } from '../../tensor/random.ts'
import { sumOfMinima } from './byte-minima.ts'
import { createMinMaxIndex, minMaxSimilarities } from './min-max-index.ts'

const draws = (stream: string, count: number) => randomUniform({ seed: 7, stream, step: 0 }, count)

test.each([
  { width: 16, rows: 1, queries: 1 },
  { width: 32, rows: 37, queries: 5 },
  { width: 2_048, rows: 300, queries: 3 }, // more than fits into the cache, so in several chunks
])('the sum of minima of $rows rows of $width bytes is what plain loops give', ({ width, rows, queries }) => {
  const bytes = Uint8Array.from(draws('table', rows * width), value => 256 * value)
  const asked = Uint8Array.from(draws('queries', queries * width), value => 256 * value)
  bytes.fill(255, 0, width)
  asked.fill(255, 0, width)
  const expected: number[] = []
  for (let q = 0; q < queries; q++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let c = 0; c < width; c++) sum += Math.min(asked[q * width + c]!, bytes[row * width + c]!)
      expected.push(sum)
    }
  }
  const before = [bytes.slice(), asked.slice()]
  expect([...sumOfMinima({ bytes, width }, asked, { queries, rows })]).toEqual(expected)
  expect([bytes, asked]).toEqual(before)
})

test('nothing is asked of a table without columns, nor of no queries', () => {
  expect([...sumOfMinima({ bytes: new Uint8Array(0), width: 0 }, new Uint8Array(0), { queries: 2, rows: 3 })]).toEqual(
    Array(6).fill(0),
  )
  expect(
    sumOfMinima({ bytes: new Uint8Array(16), width: 16 }, new Uint8Array(0), { queries: 0, rows: 1 }),
  ).toHaveLength(0)
})

/** Keys from very common to rare, counts from 1 to far above a byte. */
function randomFingerprints(count: number): SparseCounts[] {
  const [present, size] = [draws('keys', count * 90), draws('counts', count * 90)]
  return Array.from({ length: count }, (_, row) => {
    const keys: number[] = []
    const counts: number[] = []
    for (let key = 0; key < 90; key++) {
      const at = row * 90 + key
      if (present[at]! > 1 / (1 + key / 2)) continue
      keys.push(key * 40_000_000)
      counts.push(1 + Math.floor(size[at]! ** 12 * 65_534))
    }
    return { keys: Uint32Array.from(keys), counts: Uint16Array.from(counts) }
  })
}

test('similarities are those of one pair at a time, whatever is common, rare or too large for a byte', () => {
  const fingerprints = [...randomFingerprints(150), { keys: new Uint32Array(0), counts: new Uint16Array(0) }]
  const index = createMinMaxIndex(fingerprints)
  const { columns, width } = index.common
  expect(columns.size).toBeGreaterThan(10)
  expect(columns.size).toBeLessThan(80)
  expect(width % 16).toBe(0)
  expect(index.rare.lists.size).toBeGreaterThan(90 - columns.size) // some are of common keys
  const similarities = minMaxSimilarities(index, fingerprints)
  const expected = fingerprints.flatMap(a => fingerprints.map(b => tanimotoCounts(a, b)))
  expect([...similarities]).toEqual(expected)
  const cut = minMaxSimilarities(index, fingerprints.slice(0, 70), 31)
  expect([...cut]).toEqual(
    fingerprints.slice(0, 70).flatMap(a => fingerprints.slice(0, 31).map(b => tanimotoCounts(a, b))),
  )
})
