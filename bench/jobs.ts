/**
 * What a user of running jobs waits for.
 *
 *   npm run -s bench:jobs -- [--json] [--cancels 50] [--seed 1]
 *
 * Cancels: the time from the request until the process that does the work says that it has heard (`cancelAckP99Ms`), and until it is
 * gone (`cancelGoneP99Ms`), spread over import, featurising, training steps, checkpoint writes and evaluation.
 */
import { parseArgs } from 'node:util'
import { measureCancels } from './jobs-cancel.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    cancels: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
})

const { phases, ...cancels } = await measureCancels({ cancels: Number(options.cancels), seed: Number(options.seed) })
const report = { ...cancels }
if (options.json) console.log(JSON.stringify(report))
else for (const [name, value] of Object.entries({ ...report, phases })) console.log(`${name}: ${JSON.stringify(value)}`)
