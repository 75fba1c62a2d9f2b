import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { openStore, type Store } from './open-store.ts'
import { type StoreScans, startStoreThread } from './store-reader.ts'

let workspace: string
let store: Store
let scans: StoreScans
beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-scans-'))
  store = await openStore(workspace)
  scans = startStoreThread(store.file, silentLog())
  store.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
     VALUES ('ds_1', 'x', 'importing', 'table', 'Ki', 'f', 1, 1)`,
  )
})
afterEach(async () => {
  await scans.close()
  store.close()
  rmSync(workspace, { recursive: true, force: true })
})

function addRows(count: number, smiles: string): void {
  store.write(() => {
    for (let i = 0; i < count; i++) {
      store.run(
        `INSERT INTO dataset_rows (dataset_id, row_index, line, smiles, structure_key, p_x, relation, raw_value)
         VALUES ('ds_1', ?, ?, ?, ?, ?, '=', '1')`,
        [i, i + 2, smiles, `key ${i}`, i % 10],
      )
    }
  })
}
const all = { id: 'ds_1', offset: 0, limit: 2, search: '', sort: 'pX', descending: true } as const

describe('startStoreThread', () => {
  it('reads what the host has just written', async () => {
    expect(await scans.query('rows', all)).toEqual({ total: 0, rows: [] })
    addRows(30, 'CCO')
    const { total, rows } = await scans.query('rows', all)
    expect([total, rows.map(row => [row.index, row.pX])]).toEqual([
      30,
      [
        [29, 9],
        [19, 9],
      ],
    ])
  })

  it('moves the log into the file while the host writes on, and the log begins again from its start', async () => {
    const logBytes = (): number => statSync(`${store.file}-wal`).size
    const before = statSync(store.file).size
    addRows(5_000, 'C'.repeat(1_000))
    expect(logBytes()).toBeGreaterThan(5_000_000)
    while (statSync(store.file).size < before + 5_000_000) await wait(50)
    // Once all of it has been moved, what is written goes over it and the log grows no more.
    for (let size = 0; size !== logBytes(); ) {
      await wait(50)
      size = logBytes()
      store.run("UPDATE datasets SET name = 'y'")
    }
    expect((await scans.query('rows', all)).total).toBe(5_000)
  })

  it('passes on an error with the stack of the thread', async () => {
    const failure = await scans.query('rows', { ...all, limit: 'many' as never }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect((failure as Error).stack).toContain('selectRows')
    expect((await scans.query('rows', all)).total).toBe(0)
  })

  it('answers what was asked before it closes, and refuses what comes after', async () => {
    addRows(1_000, 'CCO')
    const last = scans.query('rows', all)
    await Promise.all([scans.close(), scans.close()])
    expect((await last).total).toBe(1_000)
    await expect(scans.query('rows', all)).rejects.toMatchObject({ code: 'ERR_4001' })
  })
})
