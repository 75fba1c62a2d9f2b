/** The ledger of a data set as a file, read from the store in pages while it is written out. */
import { Readable } from 'node:stream'
import type { LedgerEntry } from '../../shared/contract/datasets.ts'
import type { CoreContext } from '../app-context.ts'
import { CSV_MARK, csvLine } from './csv-text.ts'

type LedgerRecord = LedgerEntry & { entry: number }
const PAGE = 500

export function provideLedger({
  store,
  datasets,
  downloads,
}: Pick<CoreContext, 'store' | 'datasets' | 'downloads'>): void {
  /** Pages by key, so that nothing holds the connection between two turns of the event loop. */
  function* ledgerText(id: string): Generator<string> {
    yield CSV_MARK + csvLine(['line', 'fate', 'column', 'raw', 'rule', 'message'])
    let [afterLine, afterEntry] = [0, -1]
    for (;;) {
      const page = store.all<LedgerRecord>(
        `SELECT entry, line, fate, column_name AS "column", raw, rule, message FROM ledger
         WHERE dataset_id = ? AND (line, entry) > (?, ?) ORDER BY line, entry LIMIT ${PAGE}`,
        [id, afterLine, afterEntry],
      )
      if (page.length === 0) return
      yield page
        .map(({ line, fate, column, raw, rule, message }) => csvLine([line, fate, column, raw, rule, message]))
        .join('')
      ;({ line: afterLine, entry: afterEntry } = page.at(-1)!)
    }
  }

  downloads.provide('ledger', async id => {
    const dataset = datasets.get(id)
    return {
      fileName: `${fileNameOf(dataset.name)} ledger.csv`,
      contentType: 'text/csv; charset=utf-8',
      open: () => Readable.from(ledgerText(id), { objectMode: true }),
    }
  })
}

/** A name that every file system takes. */
export function fileNameOf(name: string): string {
  return (
    name
      .replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, '_')
      .replace(/[. ]+$/, '')
      .slice(0, 100) || 'data set'
  )
}
