/**
 * What a user of running jobs waits for.
 *
 *   npm run -s bench:jobs -- [--json] [--cancels 50] [--seed 1]
 *
 * Cancels: the time from the request until the process that does the work says that it has heard (`cancelAckP99Ms`), and until it is
 * gone (`cancelGoneP99Ms`), spread over import, featurising, training steps, checkpoint writes and evaluation.
 * Charts: from the click on a run of 1,000,000 stored points until its curves are on the screen, or from a drawn zoom until the finer
 * ones are, whichever takes longer (`chartPaintMs`). Metrics: rows taken in a second from the files of four runs at once
 * (`ingestRowsPerSecond`), and bytes read of a file of 100 MB for 10 KB of news (`bytesReadForTail`).
 */
import { parseArgs } from 'node:util'
import { measureCancels } from './jobs-cancel.ts'
import { measureCharts } from './jobs-charts.ts'
import { measureIngest } from './jobs-ingest.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    cancels: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
})

const { phases, ...cancels } = await measureCancels({ cancels: Number(options.cancels), seed: Number(options.seed) })
const { chartPaintMs, ...charts } = await measureCharts()
const { ingestRowsPerSecond, bytesReadForTail, ...ingest } = await measureIngest()
const report = { ...cancels, chartPaintMs, ingestRowsPerSecond, bytesReadForTail }
if (options.json) console.log(JSON.stringify(report))
else
  for (const [name, value] of Object.entries({ ...report, ...charts, ...ingest, phases }))
    console.log(`${name}: ${JSON.stringify(value)}`)
