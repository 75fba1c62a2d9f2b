import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../node/log.ts'
import { makeSplit } from '../../recipes/splits/split.ts'
import { selectSplit } from '../splits/select-split.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { startStoreThread } from '../store/store-reader.ts'
import { boundOf, loadTrainingRows } from './training-rows.ts'
import { defaultSplit } from './training-service.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bindery-rows-'))
const ROWS = 12_345
let store: Store
beforeAll(async () => {
  store = await openStore(folder)
  for (const id of ['ds_aaaaaaaaaaaa', 'ds_bbbbbbbbbbbb']) {
    store.run(
      `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
       VALUES (?, 'x', 'importing', 'table', 'Ki', 'x.csv', 1, 0)`,
      [id],
    )
  }
  store.write(() => {
    for (let i = ROWS - 1; i >= 0; i--) {
      const row = ['ds_aaaaaaaaaaaa', i, i + 2, `C${i}`, `key ${i}`, i % 3 === 0 ? null : `s${i % 7}`, i / 1000]
      store.run(
        `INSERT INTO dataset_rows (dataset_id, row_index, line, smiles, structure_key, scaffold, p_x, relation, raw_value, split)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'raw', ?)`,
        [...row, (['=', '<', '>', '~', '>=', '<='] as const)[i % 6]!, i % 2 === 0 ? 'train' : null],
      )
    }
  })
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

describe('training rows', () => {
  it('come whole, in row order, over the borders of the slices', async () => {
    const rows = await loadTrainingRows(store, 'ds_aaaaaaaaaaaa')
    expect(rows.smiles).toEqual(Array.from({ length: ROWS }, (_, i) => `C${i}`))
    expect(rows.y).toEqual(Array.from({ length: ROWS }, (_, i) => i / 1000))
    expect(rows.bound.slice(0, 6)).toEqual([0, 1, -1, 0, -1, 1])
    expect(rows.scaffold.slice(0, 4)).toEqual([null, 's1', 's2', null])
    expect(rows.splitValue.slice(0, 3)).toEqual(['train', null, 'train'])
    expect(Object.values(rows).map(values => values.length)).toEqual([ROWS, ROWS, ROWS, ROWS, ROWS])
  })

  it('are none for a data set without rows', async () => {
    expect((await loadTrainingRows(store, 'ds_bbbbbbbbbbbb')).y).toEqual([])
  })

  it('turn the bound of a concentration into that of pX', () => {
    // More than 10 µM is weaker than pX 5: the truth lies below.
    expect(boundOf('>')).toBe(-1)
    expect(boundOf('<')).toBe(1)
    expect(boundOf('~')).toBe(0)
  })
})

describe('the split of a data set', () => {
  it('is what the trainer makes of the same rows', async () => {
    const query = { datasetId: 'ds_aaaaaaaaaaaa', kind: 'scaffold', seed: 7 } as const
    const { rows, split, exactDevelopment } = selectSplit(store, query)
    const loaded = await loadTrainingRows(store, query.datasetId)
    expect(rows).toBe(ROWS)
    expect(split).toEqual(makeSplit(loaded, 'scaffold', 7))
    const tested = new Set(split.test)
    expect(exactDevelopment).toBe(loaded.bound.filter((bound, row) => bound === 0 && !tested.has(row)).length)
  })

  it('comes from the store’s thread with the reason where it cannot be made', async () => {
    const scans = startStoreThread(store.file, silentLog())
    try {
      const query = { datasetId: 'ds_aaaaaaaaaaaa', kind: 'random', seed: 1 } as const
      expect(await scans.query('split', query)).toEqual(selectSplit(store, query))
      const impossible = scans.query('split', { ...query, kind: 'column' })
      await expect(impossible).rejects.toMatchObject({ code: 'ERR_6003', details: { values: ['(empty)'] } })
    } finally {
      await scans.close()
    }
  })
})

describe('default split', () => {
  it('is the column where it says what to train and test on, else the scaffold', () => {
    expect(defaultSplit({ splitValues: ['train', 'test'] })).toBe('column')
    expect(defaultSplit({ splitValues: ['Train', 'valid', 'TEST'] })).toBe('column')
    expect(defaultSplit({ splitValues: [] })).toBe('scaffold')
    expect(defaultSplit({ splitValues: ['train'] })).toBe('scaffold')
    expect(defaultSplit({ splitValues: ['train', 'test', 'batch 7'] })).toBe('scaffold')
  })
})
