/** datasets.*: uploads become data sets; their rows and ledgers are read. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function datasetsApi(os: Procedures, context: AppContext) {
  const { datasets, explore, imports } = context
  return {
    list: os.datasets.list.handler(() => datasets.list()),
    get: os.datasets.get.handler(({ input }) => datasets.get(input.id)),
    preview: os.datasets.preview.handler(({ input, signal }) => imports.preview(input, signal)),
    previewRows: os.datasets.previewRows.handler(({ input, signal }) =>
      imports.previewRows(input.uploadId, input.options, signal),
    ),
    tryOptions: os.datasets.tryOptions.handler(({ input, signal }) =>
      imports.tryOptions(input.uploadId, input.options, signal),
    ),
    forgetChoice: os.datasets.forgetChoice.handler(({ input }) => imports.forgetChoice(input.shape)),
    import: os.datasets.import.handler(({ input, signal }) => imports.start(input, signal)),
    importExample: os.datasets.importExample.handler(() => imports.startExample()),
    rows: os.datasets.rows.handler(({ input }) => explore.rows(input)),
    ledger: os.datasets.ledger.handler(({ input }) => datasets.ledger(input)),
    ledgerRules: os.datasets.ledgerRules.handler(({ input }) => datasets.ledgerRules(input.id)),
    spreadGroups: os.datasets.spreadGroups.handler(({ input }) => datasets.spreadGroups(input.id)),
    rename: os.datasets.rename.handler(({ input }) => datasets.rename(input.id, input.name)),
    remove: os.datasets.remove.handler(({ input }) => datasets.versions.remove(input.id, input.allVersions)),
  }
}
