import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRouterClient } from '@orpc/server'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forkNodeChild } from '../../node/node-fork.ts'
import { createProbeProblem } from '../../tensor/probe-problem.ts'
import { type App, createApp } from '../create-app.ts'
import { createReader } from '../store/handles.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { selectIntegrity } from './integrity-query.ts'
import { createProviders } from './provider-service.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'bindery-doctor-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

describe('selectIntegrity', () => {
  it('finds a row that breaks the rules of its table', () => {
    const database = new Database(':memory:')
    database.exec('CREATE TABLE t (a INTEGER CHECK (a > 0)); INSERT INTO t VALUES (1)')
    expect(selectIntegrity(createReader(database), {}).integrity).toEqual(['ok'])
    database.exec('PRAGMA ignore_check_constraints = ON; INSERT INTO t VALUES (-1)')
    database.exec('PRAGMA ignore_check_constraints = OFF')
    expect(selectIntegrity(createReader(database), {}).integrity).toEqual(['CHECK constraint failed in t'])
    database.close()
  })
})

describe('system.doctor', () => {
  let app: App
  beforeEach(async () => {
    app = await createApp({ workspace, host: 'headless', version: '0.0.0-test', fork: forkNodeChild })
  })
  afterEach(() => app.close())

  it('reports database, folders and runtimes as they are', async () => {
    await writeFile(path.join(workspace, 'models', 'five.bin'), 'bytes')
    const report = await createRouterClient(app.router).system.doctor()
    expect(report.database).toMatchObject({ integrity: ['ok'], ok: true, file: path.join(workspace, 'bindery.sqlite') })
    const models = report.folders.find(({ name }) => name === 'models')
    expect(models).toMatchObject({ exists: true, writable: true, bytes: 5 })
    expect(report.folders.every(({ path: folder, exists }) => exists === existsSync(folder))).toBe(true)
    expect(report.runtimes.onnxruntime).toMatch(/^\d+\.\d+\.\d+/)
    expect(report.providers).toBeNull()
  })
})

describe('createProviders', () => {
  let store: Store
  beforeEach(async () => {
    store = await openStore(workspace)
  })
  afterEach(() => store.close())
  const problem = createProbeProblem({ molecules: 4, hidden: 8, steps: 3 })
  const deps = { version: '1', fork: forkNodeChild }

  it('keeps what it tested in a real child, for this version only', async () => {
    const providers = createProviders(store, deps, { providers: ['cpu'], problem })
    expect(providers.read()).toBeNull()
    expect(providers.choose()).toBe('cpu')
    const [table, again] = await Promise.all([providers.test(), providers.test()])
    expect(again).toBe(table)
    expect(table).toMatchObject({ proposed: 'cpu', reports: [{ provider: 'cpu', outcome: 'agrees', difference: 0 }] })
    expect(createProviders(store, deps).read()).toEqual(table)
    expect(createProviders(store, { ...deps, version: '2' }).read()).toBeNull()
  })

  it('trains on what was fastest where it is left the choice', async () => {
    const providers = createProviders(store, deps, { providers: ['cpu'], problem })
    const table = await providers.test()
    const row = store.one<{ value: string }>("SELECT value FROM settings WHERE name = 'providers'")!
    const { machine } = JSON.parse(row.value) as { machine: string }
    store.run("UPDATE settings SET value = ? WHERE name = 'providers'", [
      JSON.stringify({ machine, table: { ...table, proposed: 'webgpu' } }),
    ])
    expect(providers.choose()).toBe('webgpu')
  })
})
