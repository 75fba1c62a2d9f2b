/** A real training run, and how much of it was spent waiting for batches. */
import { rmSync } from 'node:fs'
import type { MetricLine } from '../src/shared/trainer-protocol.ts'
import { createRunFolder, readLines, trainToEnd } from '../src/trainer/fixtures/run-folder.ts'

/** The sizes of the production preset, one model, on random molecules of 8 to 30 atoms. */
const ROWS = 1_500
const SETTINGS = { epochs: 12, batchSize: 32, hidden: 96, headHidden: 256, fingerprintColumns: 4_096, members: 1 }

/** Trains in a trainer process of its own. @returns The share as the run itself recorded it. */
export async function measureDataWait(threads: number): Promise<number> {
  const { folder } = createRunFolder({
    rows: ROWS,
    settings: SETTINGS,
    change: (_, spec) => Object.assign(spec, { threads }),
  })
  try {
    await trainToEnd(folder)
    const told = readLines<MetricLine>(folder, 'metrics.jsonl').filter(({ name }) => name === 'dataWaitShare')
    const last = told.at(-1)?.value
    if (typeof last !== 'number') throw new Error('the run recorded no dataWaitShare')
    return last
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
