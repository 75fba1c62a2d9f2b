import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CELLS, mutate, mutations, readCell, readEveryWay, SEEDS } from '../../../test/support/mutated-tables.ts'
import { TableBench } from './fixtures/table-bench.ts'

let bench: TableBench
beforeAll(async () => {
  bench = await TableBench.create()
})
afterAll(() => bench.close())

/** `node bench/fuzz-tables.ts` does the same ten thousand times for each kind. */
const RUNS = 40

describe('damaged files', { timeout: 60_000 }, () => {
  it.each(SEEDS)('are read or refused: $name', async ({ fileName, inner, wrap = (bytes: Buffer) => bytes }) => {
    await readEveryWay(bench, { fileName, bytes: wrap(inner) })
    const property = fc.asyncProperty(mutations, async list => {
      await readEveryWay(bench, { fileName, bytes: wrap(mutate(inner, list)) })
    })
    await fc.assert(property, { numRuns: RUNS, seed: 42 })
  })

  it('cells are read or refused', () => {
    const property = fc.property(fc.constantFrom(...CELLS), mutations, (cell, list) => {
      readCell(mutate(Buffer.from(cell), list).toString('utf8'))
    })
    fc.assert(property, { numRuns: 2_000, seed: 42 })
  })

  it('are whole before they are damaged', async () => {
    for (const { fileName, inner, wrap = (bytes: Buffer) => bytes } of SEEDS) {
      const preview = await bench.preview(bench.write(wrap(inner), 'utf8', fileName))
      expect(preview.rows.length).toBeGreaterThan(1)
    }
  })
})
