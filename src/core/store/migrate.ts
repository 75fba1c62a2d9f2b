/** Brings a database to the newest schema, one transaction a migration, after a backup of what was there. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type Database from 'better-sqlite3'
import { AppError } from '../../shared/errors.ts'
import { MIGRATIONS, type Migration } from './migrations/index.ts'

export interface MigrateOptions {
  /** Where the copy made before the first migration goes; created if absent. */
  backupFolder: string
  migrations?: readonly Migration[]
}

/**
 * Answers the file of the backup, or `null` where there was nothing to migrate or nothing to lose.
 * Throws ERR_1003 for a database that a newer Bindery wrote.
 */
export async function migrate(database: Database.Database, options: MigrateOptions): Promise<string | null> {
  const migrations = options.migrations ?? MIGRATIONS
  const newest = migrations.length
  const current = schemaVersion(database)
  if (current > newest) {
    throw new AppError(
      'ERR_1003',
      `the store has schema ${current}, this Bindery knows up to ${newest}: open it with a newer Bindery`,
      { details: { schema: current, known: newest } },
    )
  }
  if (current === newest) return null
  const backup = current === 0 ? null : await backUp(database, options.backupFolder, current)
  for (const migration of migrations.slice(current)) apply(database, migration)
  return backup
}

export function schemaVersion(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number
}

async function backUp(database: Database.Database, folder: string, version: number): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const file = path.join(folder, `bindery-schema${version}-${stamp}.sqlite`)
  await database.backup(file)
  return file
}

function apply(database: Database.Database, migration: Migration): void {
  if (schemaVersion(database) !== migration.version - 1) {
    throw new Error(`migration ${migration.version} (${migration.name}) is out of order`)
  }
  // Rebuilding a table drops the old one, which foreign keys would follow; they are checked before the commit instead.
  database.pragma('foreign_keys = OFF')
  try {
    database
      .transaction(() => {
        database.exec(migration.sql)
        const broken = database.pragma('foreign_key_check') as unknown[]
        if (broken.length > 0) {
          throw new AppError(
            'ERR_1003',
            `migration ${migration.version} (${migration.name}) breaks ${broken.length} references`,
          )
        }
        database.pragma(`user_version = ${migration.version}`)
      })
      .immediate()
  } finally {
    database.pragma('foreign_keys = ON')
  }
}
