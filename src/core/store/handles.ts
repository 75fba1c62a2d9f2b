/**
 * Database handles by what they may do. A `StoreReader` has no way to write; a `StoreWriter` is the one writable
 * connection of the process that owns the workspace. Statements are prepared once and kept.
 */
import type Database from 'better-sqlite3'

/** What SQLite binds. Booleans and dates are converted where they are written, never here. */
export type SqlValue = string | number | bigint | null | Uint8Array
export type SqlParameters = readonly SqlValue[] | Readonly<Record<string, SqlValue>>

export interface StoreReader {
  /** The first row, or `undefined`. */
  one<Row>(sql: string, parameters?: SqlParameters): Row | undefined
  all<Row>(sql: string, parameters?: SqlParameters): Row[]
  /** Row by row; the connection is busy until the iteration ends. */
  iterate<Row>(sql: string, parameters?: SqlParameters): IterableIterator<Row>
}

/** Reads that belong together see the store as it was at the first of them. */
export interface SnapshotReader extends StoreReader {
  snapshot<T>(work: () => T): T
}

export interface StoreWriter extends SnapshotReader {
  /** Answers the number of changed rows. */
  run(sql: string, parameters?: SqlParameters): number
  /** One transaction; a throw rolls it back. Inside another one it is a savepoint. Synchronous: keep it under 20 ms. */
  write<T>(work: () => T): T
}

export function createReader(database: Database.Database): SnapshotReader {
  const statement = statementCache(database)
  return {
    one: <Row>(sql: string, parameters: SqlParameters = []) => statement(sql).get(parameters) as Row | undefined,
    all: <Row>(sql: string, parameters: SqlParameters = []) => statement(sql).all(parameters) as Row[],
    // A statement that is being iterated cannot run again, so an iteration has one of its own.
    iterate: <Row>(sql: string, parameters: SqlParameters = []) =>
      database.prepare<[SqlParameters]>(sql).iterate(parameters) as IterableIterator<Row>,
    snapshot: work => database.transaction(work).deferred(),
  }
}

export function createWriter(database: Database.Database): StoreWriter {
  const statement = statementCache(database)
  return {
    ...createReader(database),
    run: (sql, parameters = []) => statement(sql).run(parameters).changes,
    write: work => database.transaction(work).immediate(),
  }
}

function statementCache(database: Database.Database): (sql: string) => Database.Statement<[SqlParameters]> {
  const statements = new Map<string, Database.Statement<[SqlParameters]>>()
  return sql => {
    let found = statements.get(sql)
    if (found === undefined) {
      found = database.prepare<[SqlParameters]>(sql)
      statements.set(sql, found)
    }
    return found
  }
}
