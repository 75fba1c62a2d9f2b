/** The rejected records of a data set as a file with the columns that theirs had, for whoever corrects and imports them. */
import { Readable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import type { CoreContext } from '../app-context.ts'
import { CSV_MARK, exactCsvLine } from './csv-text.ts'
import { fileNameOf } from './ledger-csv.ts'

const PAGE = 200

export function provideRejected({
  store,
  datasets,
  downloads,
}: Pick<CoreContext, 'store' | 'datasets' | 'downloads'>): void {
  /** Pages by key, so that nothing holds the connection between two turns of the event loop. */
  function* recordsText(source: string, header: readonly string[]): Generator<string> {
    yield CSV_MARK + exactCsvLine(header)
    for (let after = 0; ; ) {
      const page = store.all<{ line: number; cells: string }>(
        `SELECT line, cells FROM rejected_records WHERE dataset_id = ? AND line > ? ORDER BY line LIMIT ${PAGE}`,
        [source, after],
      )
      if (page.length === 0) return
      yield page.map(({ cells }) => exactCsvLine(JSON.parse(cells) as string[])).join('')
      after = page.at(-1)!.line
    }
  }

  downloads.provide('rejected', async id => {
    const { name } = datasets.get(id)
    // An edited version has the records of the file that it was made from.
    const found = store.one<{ source: string; header: string | null }>(
      `SELECT COALESCE(d.source_id, d.id) AS source, s.header FROM datasets d
       LEFT JOIN datasets s ON s.id = COALESCE(d.source_id, d.id) WHERE d.id = ?`,
      [id],
    )
    if (found === undefined || found.header === null) {
      throw new AppError('ERR_3004', `the rejected records of "${name}" were not kept: import its file again`)
    }
    const { source } = found
    const header = JSON.parse(found.header) as string[]
    return {
      fileName: `${fileNameOf(name)} rejected.csv`,
      contentType: 'text/csv; charset=utf-8',
      open: () => Readable.from(recordsText(source, header), { objectMode: true }),
    }
  })
}
