/** All points of a metric, of one run or of several, as a file; read from the store in pages while it is written out. */
import { Readable } from 'node:stream'
import type { CoreContext } from '../app-context.ts'
import { CSV_MARK, csvLine } from '../datasets/csv-text.ts'
import { fileNameOf } from '../datasets/ledger-csv.ts'
import type { JobStore } from './job-store.ts'

const PAGE = 2_000

export function provideMetrics({
  store,
  downloads,
  rows,
}: Pick<CoreContext, 'store' | 'downloads'> & { rows: Pick<JobStore, 'get'> }): void {
  function* text(ids: readonly string[], name: string): Generator<string> {
    yield CSV_MARK + csvLine(['run', 'number', 'metric', 'step', 'value'])
    for (const id of ids) {
      const job = rows.get(id)
      const series = store.one<{ id: number }>('SELECT id FROM metric_series WHERE job_id = ? AND name = ?', [id, name])
      if (series === undefined) continue
      // Pages by key, so that nothing holds the connection between two turns of the event loop.
      for (let after = -1; ; ) {
        const page = store.all<{ step: number; value: number | null }>(
          `SELECT step, value FROM metric_points WHERE series_id = ? AND step > ? ORDER BY step LIMIT ${PAGE}`,
          [series.id, after],
        )
        if (page.length === 0) break
        const cells = (value: number | null): string => (value === null ? 'NaN' : String(value))
        yield page
          .map(({ step, value }) => csvLine([job.name, String(job.number), name, String(step), cells(value)]))
          .join('')
        after = page.at(-1)!.step
      }
    }
  }

  downloads.provide('metrics', async (id, request) => {
    if (request?.what !== 'metrics') throw new Error('a download of metrics names its metric')
    const ids = request.ids ?? [id]
    const jobs = ids.map(each => rows.get(each))
    const [first] = jobs as [(typeof jobs)[number]]
    const who = jobs.length === 1 ? `${first.name} ${first.number}` : `${jobs.length} runs`
    return {
      fileName: `${fileNameOf(`${who} ${request.name}`)}.csv`,
      contentType: 'text/csv; charset=utf-8',
      open: () => Readable.from(text(ids, request.name), { objectMode: true }),
    }
  })
}
