import type { StoreReader } from '../store/handles.ts'

/** SQLite's check of every page, index and constraint: `['ok']`, or what is wrong, at most a hundred lines. */
export function selectIntegrity(store: StoreReader, _: Record<string, never>): { integrity: string[]; sqlite: string } {
  const lines = store.all<{ integrity_check: string }>('PRAGMA integrity_check(100)')
  const { version } = store.one<{ version: string }>('SELECT sqlite_version() AS version')!
  return { integrity: lines.map(line => line.integrity_check), sqlite: version }
}
