/** Opens the store of a workspace: the one writable connection, and read-only ones for reader threads. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../../shared/errors.ts'
import { createReader, createWriter, type SnapshotReader, type StoreWriter } from './handles.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrations/index.ts'

export interface Store extends StoreWriter {
  readonly file: string
  /** A copy made with SQLite's backup API, consistent while writes go on. */
  backup(destination: string): Promise<void>
  /** Idempotent. Folds the write-ahead log into the file. */
  close(): void
}

export interface ReadOnlyStore extends SnapshotReader {
  close(): void
}

const BUSY_TIMEOUT_MS = 5_000

/** `<workspace>/bindery.sqlite`; ERR_1003 where it is damaged or newer than this Bindery. */
export async function openStore(workspace: string, migrations?: readonly Migration[]): Promise<Store> {
  const file = path.join(workspace, 'bindery.sqlite')
  const database = connect(file, false)
  try {
    database.pragma('journal_mode = WAL')
    // With WAL, NORMAL survives a crash of the process whole; a power cut may lose the last commits, never the file.
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    // A checkpoint waits for the disk; the store thread does it, and closing does the rest.
    database.pragma('wal_autocheckpoint = 0')
    await migrate(database, {
      backupFolder: path.join(workspace, 'backups'),
      ...(migrations === undefined ? {} : { migrations }),
    })
  } catch (error) {
    database.close()
    throw asStoreError(error, file)
  }
  return {
    ...createWriter(database),
    file,
    backup: async destination => void (await database.backup(destination)),
    close: () => {
      if (database.open) database.close()
    },
  }
}

/** A second connection to an existing store that cannot write, for scans outside the host's event loop. */
export function openReadOnlyStore(file: string): ReadOnlyStore {
  if (!existsSync(file)) throw new AppError('ERR_1003', `no store at ${file}`)
  const database = connect(file, true)
  return { ...createReader(database), close: () => void database.close() }
}

function connect(file: string, readonly: boolean): Database.Database {
  try {
    const database = new Database(file, { readonly, timeout: BUSY_TIMEOUT_MS })
    if (readonly) database.pragma('query_only = ON')
    return database
  } catch (error) {
    throw asStoreError(error, file)
  }
}

function asStoreError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const damaged = error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')
  const what = damaged ? 'is damaged or not a Bindery store' : `cannot be opened (${error.code})`
  return new AppError('ERR_1003', `${file} ${what}: ${error.message}`, { cause: error })
}
