/** versions.*: edited data sets, their differences and lineage, and the trash. */
import type { AppContext } from '../app-context.ts'
import type { Procedures } from './procedures.ts'

export function versionsApi(os: Procedures, { datasets: { versions } }: AppContext) {
  return {
    edit: os.versions.edit.handler(({ input }) => versions.edit(input)),
    diff: os.versions.diff.handler(({ input }) => versions.diff(input)),
    lineage: os.versions.lineage.handler(({ input }) => versions.lineage(input.id)),
    trash: os.versions.trash.handler(() => versions.trash()),
    restore: os.versions.restore.handler(({ input }) => versions.restore(input.ids)),
    purge: os.versions.purge.handler(({ input }) => versions.purge(input.ids)),
  }
}
