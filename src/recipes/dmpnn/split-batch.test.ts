import { expect, test } from 'vitest'
import { checkRecipeSettings } from '../registry.ts'
import { randomRecords } from './fixtures/random-records.ts'
import { createDmpnn } from './recipe.ts'
import type { DmpnnSettings } from './settings.ts'

const settings = { hidden: 12, headHidden: 8, fingerprintColumns: 32, dropout: 0.3, fingerprintDropout: 0.2 }
const model = createDmpnn(checkRecipeSettings('dmpnn', 'production', settings) as unknown as DmpnnSettings)
const records = randomRecords(11)
const labels = { values: records.map((_, i) => i / 4 - 1), bounds: records.map((_, i) => (i % 3) - 1) }
const batch = model.assembleTraining(records, labels, { seed: 3, member: 1, step: 5 })

test.each([
  [0, 11],
  [0, 4],
  [4, 9],
  [10, 11],
])('molecules %i to %i are cut out as if they had been assembled alone, with the dropout they had', (start, end) => {
  const before = structuredClone(batch)
  const cut = model.cutTraining(batch, { start, end })
  expect(batch).toEqual(before)
  const alone = model.assemble(records.slice(start, end))
  for (const name of ['atom', 'bond', 'realAtom', 'source', 'target', 'reverse', 'moleculeOf']) {
    // One is padded to a round number of rows, the other is not.
    const [own, other] = [cut[name]!.data, alone[name]!.data]
    expect([...own], name).toEqual([...other.subarray(0, own.length)])
    expect(other.subarray(own.length).every(value => value === 0 || name === 'realAtom')).toBe(true)
  }
  for (const [name, width] of [
    ['incoming', 'atoms'],
    ['outgoing', 'atoms'],
    ['atomsOf', 'molecules'],
  ] as const) {
    const rows = (tensor: (typeof cut)[string]) =>
      Array.from({ length: cut[name]!.dims[0]! }, (_, row) => {
        const columns = tensor.dims[1]!
        return [...tensor.data.subarray(row * columns, (row + 1) * columns)].filter(value => value !== 0)
      })
    expect(rows(cut[name]!), `${name} of ${width}`).toEqual(rows(alone[name]!))
  }
  for (const name of ['label', 'relation', 'weight', 'moleculeDropout', 'headDropout', 'fingerprint']) {
    const { data, dims } = batch[name]!
    const width = data.length / dims[0]!
    expect([...cut[name]!.data.subarray(width)], name).toEqual([
      ...data.subarray((start + 1) * width, (end + 1) * width),
    ])
  }
})
