/** What users chose for tables of one shape, where it was not what was proposed. */
import { createHash } from 'node:crypto'
import { type ImportOptions, importOptionsSchema, type RememberedChoice } from '../../shared/contract/datasets.ts'
import type { ProposedImport } from '../../shared/table-protocol.ts'
import type { StoreWriter } from '../store/handles.ts'

export interface ImportChoices {
  /** For a table with these columns. */
  of(columns: readonly string[]): RememberedChoice | null
  /** Keeps what was chosen; where that is the proposal, there is nothing to keep. */
  remember(proposed: ProposedImport, options: ImportOptions): void
  forget(shape: string): void
}

/** Equal names in equal order are one shape. */
export function shapeOf(columns: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex')
}

export function createImportChoices(store: StoreWriter): ImportChoices {
  return {
    of: columns => {
      const shape = shapeOf(columns)
      const found = store.one<{ options: string; at: number }>(
        'SELECT options, at FROM import_choices WHERE shape = ?',
        [shape],
      )
      if (found === undefined) return null
      const options = importOptionsSchema.safeParse(JSON.parse(found.options))
      // Written by another version, whose options are others.
      return options.success ? { shape, options: options.data, at: found.at } : null
    },
    remember: (proposed, options) => {
      const shape = shapeOf(proposed.columns)
      if (isAsProposed(proposed, options)) {
        store.run('DELETE FROM import_choices WHERE shape = ?', [shape])
        return
      }
      // These are about one file.
      const { name: _name, member: _member, sheet: _sheet, assay: _assay, ...rest } = options
      const lasting = { ...rest, target: null }
      store.run(
        'INSERT INTO import_choices (shape, options, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET options = excluded.options, at = excluded.at',
        [shape, JSON.stringify(lasting), Date.now()],
      )
    },
    forget: shape => void store.run('DELETE FROM import_choices WHERE shape = ?', [shape]),
  }
}

function isAsProposed({ proposal, unit, endpoint }: ProposedImport, options: ImportOptions): boolean {
  const roles = Object.keys({ ...proposal, ...options.roles }) as (keyof ImportOptions['roles'])[]
  const { neutralise = false, duplicates = { keep: 'median' }, decimalMark = null, dateOrder = null } = options
  return (
    roles.every(role => (proposal[role] ?? null) === (options.roles[role] ?? null)) &&
    options.unit === unit &&
    options.endpoint === endpoint &&
    !neutralise &&
    duplicates.keep === 'median' &&
    decimalMark === null &&
    dateOrder === null
  )
}
