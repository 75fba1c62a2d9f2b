import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import type { StoreReader, StoreWriter } from './handles.ts'
import { MIGRATIONS, type Migration } from './migrations/index.ts'
import { newId } from './new-id.ts'
import { openReadOnlyStore, openStore } from './open-store.ts'

let workspace: string
beforeEach(() => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-store-'))
})
afterEach(() => rmSync(workspace, { recursive: true, force: true }))

const one: Migration = { version: 1, name: 'one', sql: 'CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT) STRICT;' }
const two: Migration = { version: 2, name: 'two', sql: 'ALTER TABLE a ADD COLUMN u TEXT;' }
const backups = (): string[] => readdirSync(path.join(workspace, 'backups')).filter(name => name.endsWith('.sqlite'))

describe('openStore', () => {
  it('makes a store with write-ahead log, foreign keys and the newest schema', async () => {
    const store = await openStore(workspace)
    const pragma = (name: string) => Object.values(store.one<Record<string, unknown>>(`PRAGMA ${name}`)!)[0]
    expect(['journal_mode', 'foreign_keys', 'synchronous', 'user_version', 'busy_timeout'].map(pragma)).toEqual([
      'wal',
      1,
      1,
      MIGRATIONS.length,
      5_000,
    ])
    expect(readdirSync(workspace)).not.toContain('backups')
    store.close()
    store.close()
  })

  it('counts migrations up from 1', () => {
    expect(MIGRATIONS.map(migration => migration.version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
  })

  it('backs up before it migrates what is there, and keeps the rows', async () => {
    const before = await openStore(workspace, [one])
    before.run("INSERT INTO a VALUES (1, 'x')")
    before.close()
    const after = await openStore(workspace, [one, two])
    expect(after.all('SELECT * FROM a')).toEqual([{ id: 1, t: 'x', u: null }])
    after.close()
    const [copy] = backups()
    const old = new Database(path.join(workspace, 'backups', copy!), { readonly: true })
    expect(old.pragma('user_version', { simple: true })).toBe(1)
    expect(old.prepare('SELECT * FROM a').all()).toEqual([{ id: 1, t: 'x' }])
    old.close()
    await (await openStore(workspace, [one, two])).close()
    expect(backups()).toHaveLength(1)
  })

  it('leaves the store as it was when a migration fails half-way', async () => {
    const before = await openStore(workspace, [one])
    before.run("INSERT INTO a VALUES (1, 'x')")
    before.close()
    const bad: Migration = {
      version: 2,
      name: 'bad',
      sql: 'DELETE FROM a; CREATE TABLE b (id INTEGER) STRICT; SELECT nonsense;',
    }
    await expect(openStore(workspace, [one, bad])).rejects.toMatchObject({ code: 'ERR_1003' })
    const after = await openStore(workspace, [one])
    expect(after.all('SELECT * FROM a')).toEqual([{ id: 1, t: 'x' }])
    expect(after.all("SELECT name FROM sqlite_master WHERE name = 'b'")).toEqual([])
    after.close()
  })

  it('refuses a migration that breaks references', async () => {
    const refers = 'CREATE TABLE r (a INTEGER REFERENCES a (id)) STRICT; INSERT INTO r VALUES (7);'
    await expect(openStore(workspace, [one, { version: 2, name: 'refers', sql: refers }])).rejects.toThrow(
      'breaks 1 references',
    )
  })

  it('refuses a store that a newer Bindery wrote, and one that is damaged', async () => {
    ;(await openStore(workspace, [one, two])).close()
    await expect(openStore(workspace, [one])).rejects.toMatchObject({
      code: 'ERR_1003',
      details: { schema: 2, known: 1 },
    })
    writeFileSync(path.join(workspace, 'bindery.sqlite'), 'this was never a database, only text'.repeat(100))
    await expect(openStore(workspace)).rejects.toMatchObject({ code: 'ERR_1003' })
  })
})

describe('handles', () => {
  it('rolls a transaction back when it throws', async () => {
    const store = await openStore(workspace, [one])
    const failing = (): void => {
      store.run("INSERT INTO a VALUES (1, 'x')")
      throw new RangeError('no')
    }
    expect(() => store.write(failing)).toThrow(RangeError)
    expect(store.all('SELECT * FROM a')).toEqual([])
    store.write(() => {
      store.run("INSERT INTO a VALUES (2, 'kept')")
      expect(() => store.write(failing)).toThrow(RangeError)
    })
    expect(store.all('SELECT t FROM a')).toEqual([{ t: 'kept' }])
    store.close()
  })

  it('has read-only handles that cannot write, by type and in fact', async () => {
    const store = await openStore(workspace, [one])
    store.run("INSERT INTO a VALUES (1, 'x')")
    const reader = openReadOnlyStore(store.file)
    expect(reader.one('SELECT t FROM a WHERE id = ?', [1])).toEqual({ t: 'x' })
    expect([...reader.iterate<{ id: number }>('SELECT id FROM a')]).toEqual([{ id: 1 }])
    expect(() => reader.all("INSERT INTO a VALUES (3, 'y') RETURNING id")).toThrow(/readonly/)
    expectTypeOf<StoreWriter>().toExtend<StoreReader>()
    expectTypeOf<StoreReader>().not.toExtend<StoreWriter>()
    reader.close()
    store.close()
  })

  it('makes a consistent copy while it is open', async () => {
    const store = await openStore(workspace, [one])
    store.run("INSERT INTO a VALUES (1, 'x')")
    const copy = path.join(workspace, 'copy.sqlite')
    await store.backup(copy)
    const reader = openReadOnlyStore(copy)
    expect(reader.all('SELECT t FROM a')).toEqual([{ t: 'x' }])
    reader.close()
    store.close()
  })
})

describe('newId', () => {
  it('is what the contract expects and does not repeat', () => {
    const ids = new Set(Array.from({ length: 2_000 }, () => newId('ds')))
    expect(ids.size).toBe(2_000)
    for (const id of ids) expect(id).toMatch(/^ds_[0-9a-z]{12}$/)
  })
})
