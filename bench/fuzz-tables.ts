/**
 * Reads damaged tables of every kind until one is neither read nor refused: a crash, a hang, an error that is on no list.
 *
 *   node bench/fuzz-tables.ts [--runs 10000] [--seed N] [--only NAME]
 *
 * `--runs` damaged files of each kind, and as many damaged cells of values. `--only` takes one kind, e.g. `SDF` or `cells`.
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { TableBench } from '../src/chem-worker/tables/fixtures/table-bench.ts'
import { CELLS, mutate, mutations, readCell, readEveryWay, SEEDS } from '../test/support/mutated-tables.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seed = values.seed === undefined ? Date.now() : Number(values.seed)
const numRuns = Number(values.runs)
const HANG_MS = 10_000
const isWanted = (name: string): boolean => values.only === undefined || values.only === name

const bench = await TableBench.create()
try {
  for (const { name, fileName, inner, wrap = (bytes: Buffer) => bytes } of SEEDS) {
    if (!isWanted(name)) continue
    const start = performance.now()
    let longestMs = 0
    const property = fc.asyncProperty(mutations, async list => {
      const begun = performance.now()
      await readEveryWay(bench, { fileName, bytes: wrap(mutate(inner, list)) })
      longestMs = Math.max(longestMs, performance.now() - begun)
      if (longestMs > HANG_MS) throw new Error(`a file took ${Math.round(longestMs)} ms`)
    })
    await fc.assert(property, { numRuns, seed })
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${name}: ${numRuns} files in ${seconds} s, the longest ${Math.round(longestMs)} ms (seed ${seed})`)
  }
  if (isWanted('cells')) {
    fc.assert(
      fc.property(fc.constantFrom(...CELLS), mutations, (cell, list) => {
        readCell(mutate(Buffer.from(cell), list).toString('utf8'))
      }),
      { numRuns, seed },
    )
    console.log(`cells: ${numRuns} (seed ${seed})`)
  }
} finally {
  bench.close()
}
