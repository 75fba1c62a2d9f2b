/** A short soak with a fixed seed; the long one is `npm run bench:soak`. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { faultsOf } from '../../bench/soak/faults.ts'
import { runSoak } from '../../bench/soak/run-soak.ts'
import { createFolder } from '../support/workspace.ts'

it.runIf(process.platform === 'linux')(
  'ends every job, leaves no process and no open file, and stores every line, whatever is killed',
  async () => {
    const { folder, remove } = await createFolder()
    try {
      const report = await runSoak({ workspace: join(folder, 'workspace'), jobs: 12, seed: 3, log: () => undefined })
      expect(faultsOf(report)).toEqual([])
      expect(report.jobs).toBe(12)
      expect(report.metrics.rows).toBeGreaterThan(0)
    } finally {
      await remove()
    }
  },
  240_000,
)
