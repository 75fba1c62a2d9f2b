/** Versions and trash through the real handlers, the real store and a real import. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forkNodeChild } from '../../../node/node-fork.ts'
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { BinderyClient } from '../../../shared/contract/index.ts'
import { type App, createApp } from '../../create-app.ts'
import { openStore } from '../../store/open-store.ts'

let workspace: string
let app: App
let client: BinderyClient

async function open(): Promise<void> {
  app = await createApp({ workspace, host: 'cli', version: '0.0.0-test', fork: forkNodeChild })
  client = createRouterClient(app.router)
}
beforeEach(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-versions-'))
  await open()
})
afterEach(async () => {
  await app.close()
  rmSync(workspace, { recursive: true, force: true })
})

async function importTable(content: string, versionOf?: string): Promise<Dataset> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content)
  }
  const uploadId = await app.uploads.receive(bytes(), 'assay.csv', 1e9)
  const { proposal, unit, endpoint } = await client.datasets.preview({ uploadId })
  const roles = { ...proposal, smiles: proposal.smiles!, value: proposal.value! }
  const { datasetId, jobId } = await client.datasets.import({
    uploadId,
    options: { roles, unit, endpoint: endpoint ?? 'other' },
    ...(versionOf === undefined ? {} : { versionOf }),
  })
  while ((await client.jobs.get({ id: jobId })).job.endedAt === null) await wait(20)
  return client.datasets.get({ id: datasetId })
}

const ALKANES = Array.from({ length: 30 }, (_, i) => `A${i},${'C'.repeat(i + 2)}N,${(5 + i / 10).toFixed(1)}`)
/** 30 amines as they are, one salt, one that is measured twice, one that cannot be read. */
const TABLE = ['id,smiles,pKi', ...ALKANES, 'S,CCOCC.Cl,6.0', 'D,OCCO,6.0', 'D,OCCO,6.4', 'X,C1CC,5'].join('\n')

async function writeToStore(sql: string, ...parameters: (string | number)[]): Promise<void> {
  await app.close()
  const store = await openStore(workspace)
  store.run(sql, parameters)
  store.close()
  await open()
}

describe('an edit', { timeout: 120_000 }, () => {
  it('makes a version whose rows, ledger and counts agree, and leaves its parent as it was', async () => {
    const first = await importTable(TABLE)
    expect(first).toMatchObject({ version: 1, familyId: first.id, parentId: null, edit: null })
    expect(first.rows).toEqual({ read: 34, accepted: 31, altered: 1, merged: 1, rejected: 1 })
    // 6.0 and 6.4 of one compound.
    const noise = await client.explore.noise({ id: first.id })
    expect(noise).toEqual({ groups: 1, records: 2, sd: expect.closeTo(0.2 * Math.SQRT2, 9) })
    const before = await client.datasets.rows({ id: first.id, limit: 1000 })
    const ledgerBefore = await client.datasets.ledger({ id: first.id })
    // The third amine, the salt and the replicate go; the first amine gets a bound in another unit.
    const second = await client.versions.edit({
      id: first.id,
      drop: [30, 2, 31, 2],
      change: [{ row: 0, value: '> 10', unit: 'uM' }],
      note: 'contaminated plate',
    })
    expect(second).toMatchObject({
      name: first.name,
      state: 'ready',
      version: 2,
      familyId: first.id,
      parentId: first.id,
      edit: { dropped: 3, changed: 1, note: 'contaminated plate' },
      rows: { read: 34, accepted: 28, altered: 1, merged: 1, rejected: 4 },
      summary: { structures: 29, weakerThan: 1, unit: 'pX', headerLine: 1 },
    })
    expect(second.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(second.sha256).not.toBe(first.sha256)
    const after = await client.datasets.rows({ id: second.id, limit: 1000 })
    expect(after.rows.map(row => row.index)).toEqual(after.rows.map((_, i) => i))
    expect(after.rows[0]).toMatchObject({ id: 'A0', pX: 5, relation: '>', rawValue: '> 10' })
    const kept = before.rows.filter(({ index }) => ![0, 2, 30, 31].includes(index)).map(({ index: _, ...row }) => row)
    expect(after.rows.slice(1).map(({ index: _, ...row }) => row)).toEqual(kept)
    const exact = kept.map(row => row.pX)
    expect(second.summary!.meanPX).toBeCloseTo(exact.reduce((a, b) => a + b) / exact.length, 4)
    expect(second.histogram!.counts.reduce((a, b) => a + b)).toBe(29)
    expect(await client.explore.noise({ id: second.id })).toEqual({ groups: 0, records: 0, sd: null })
    const ledger = await client.datasets.ledger({ id: second.id })
    expect(ledger.entries.map(({ line, fate, rule }) => [line, fate, rule])).toEqual([
      [2, 'altered', 'edit.valueChanged'],
      [4, 'rejected', 'edit.dropped'],
      [32, 'rejected', 'edit.dropped'],
      [33, 'rejected', 'edit.dropped'],
      [34, 'merged', 'duplicate.merged'],
      [35, 'rejected', 'structure.unparsable'],
    ])
    expect(ledger.entries[0]!.message).toBe('was pX 5.000, is pX <5.000: contaminated plate')
    expect(ledger.entries[2]!.message).toContain('dropped: contaminated plate (before: removed Cl')
    expect(await client.datasets.rows({ id: first.id, limit: 1000 })).toEqual(before)
    expect(await client.datasets.ledger({ id: first.id })).toEqual(ledgerBefore)
    expect(await client.datasets.get({ id: first.id })).toEqual(first)
  })

  it('shows what differs, by value', async () => {
    const first = await importTable(TABLE)
    const second = await client.versions.edit({
      id: first.id,
      drop: [2],
      change: [{ row: 0, value: '10', unit: 'uM' }],
      note: 'n',
    })
    const third = await client.versions.edit({
      id: second.id,
      drop: [],
      change: [{ row: 1, value: '7.5', unit: 'pX' }],
      note: 'typo',
    })
    const diff = await client.versions.diff({ id: third.id, from: first.id })
    expect(diff).toMatchObject({ added: 0, removed: 1, changed: 1, same: 30, pairedBy: 'line' })
    expect(diff.entries).toEqual([
      {
        change: 'changed',
        line: 3,
        id: 'A1',
        before: { smiles: 'CCCN', pX: 5.1, relation: '=', rawValue: '5.1', unit: 'pX', split: null },
        after: { smiles: 'CCCN', pX: 7.5, relation: '=', rawValue: '7.5', unit: 'pX', split: null },
      },
      { change: 'removed', line: 4, id: 'A2', before: expect.objectContaining({ pX: 5.2 }), after: null },
    ])
    // 10 µM is pX 5: written in another way, the value did not change.
    expect(await client.versions.diff({ id: second.id })).toMatchObject({ removed: 1, changed: 0 })
    const page = await client.versions.diff({ id: third.id, from: first.id, offset: 1, limit: 1 })
    expect(page.entries.map(entry => entry.id)).toEqual(['A2'])
    await expect(client.versions.diff({ id: first.id })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
  })

  it('refuses what cannot be done, and leaves nothing behind', async () => {
    const { id } = await importTable(TABLE)
    const edit = (changes: object) => client.versions.edit({ id, note: 'n', ...changes })
    const codes = [
      [{ drop: [32] }, 'ERR_2001', 'there is no row 32: "assay" has rows 0 to 31'],
      [{ change: [{ row: 0, value: '1,234', unit: 'nM' }] }, 'ERR_2001', 'row 0, value "1,234"'],
      [{ drop: [1], change: [{ row: 1, value: '5', unit: 'pX' }] }, 'ERR_2001', 'row 1 is named twice'],
      [{ drop: Array.from({ length: 32 }, (_, i) => i) }, 'ERR_6001', 'nothing would be left'],
      [{}, 'ERR_2001', 'expected rows to drop or to change'],
      [{ drop: [1], note: ' ' }, 'ERR_2001', 'note'],
    ] as const
    for (const [changes, code, message] of codes) {
      await expect(edit(changes)).rejects.toMatchObject({ data: { code, message: expect.stringContaining(message) } })
    }
    expect((await client.datasets.list()).map(dataset => dataset.id)).toEqual([id])
  })

  it('that a crash interrupted is absent after the next start', async () => {
    const { id } = await importTable(TABLE)
    const version = await client.versions.edit({ id, drop: [0], note: 'n' })
    await writeToStore("UPDATE datasets SET state = 'importing' WHERE id = ?", version.id)
    expect((await client.datasets.list()).map(dataset => dataset.id)).toEqual([id])
    expect(await client.versions.edit({ id, drop: [0], note: 'n' })).toMatchObject({ version: 2 })
  })
})

describe('a corrected file', { timeout: 120_000 }, () => {
  it('becomes the next version and is paired by compound id, else by structure', async () => {
    const first = await importTable(TABLE)
    const corrected = TABLE.replace('A3,CCCCCN,5.3', 'A3,CCCCCN,6.3')
      .replace('X,C1CC,5', 'X,C1CC1,5')
      .replace('A0,CCN,5.0\n', '')
    const second = await importTable(corrected, first.id)
    expect(second).toMatchObject({ version: 2, familyId: first.id, parentId: first.id, edit: null, name: first.name })
    const diff = await client.versions.diff({ id: second.id })
    expect(diff).toMatchObject({ added: 1, removed: 1, changed: 1, same: 30, pairedBy: 'id' })
    expect(diff.entries.map(({ change, id, before, after }) => [change, id, before?.pX, after?.pX])).toEqual([
      ['added', 'X', undefined, 5],
      ['changed', 'A3', 5.3, 6.3],
      ['removed', 'A0', 5, undefined],
    ])
    const withoutIds = await importTable(corrected.replaceAll(/^[^,]*,/gm, ''), second.id)
    expect(await client.versions.diff({ id: withoutIds.id })).toMatchObject({
      pairedBy: 'structure',
      added: 0,
      removed: 0,
      changed: 0,
      same: 32,
    })
    const { versions } = await client.versions.lineage({ id: second.id })
    expect(versions.map(({ dataset }) => [dataset.version, dataset.id])).toEqual([
      [1, first.id],
      [2, second.id],
      [3, withoutIds.id],
    ])
  })
})

describe('the trash', { timeout: 120_000 }, () => {
  it('takes a data set or all its versions, gives them back, and says what is freed', async () => {
    const first = await importTable(TABLE)
    const second = await client.versions.edit({ id: first.id, drop: [0], note: 'n' })
    await client.datasets.remove({ id: second.id })
    expect((await client.datasets.list()).map(({ id }) => id)).toEqual([first.id])
    await expect(client.jobs.train({ datasetId: second.id })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    await expect(client.versions.purge({ ids: [first.id] })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    expect(await client.versions.restore({ ids: [second.id] })).toEqual([second])
    await expect(client.versions.restore({ ids: [second.id] })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    await client.datasets.remove({ id: second.id, allVersions: true })
    expect(await client.datasets.list()).toEqual([])
    const trash = await client.versions.trash()
    expect(trash.map(({ dataset }) => dataset.version)).toEqual([2, 1])
    const bytes = trash.reduce((sum, item) => sum + item.bytes, 0)
    expect(bytes).toBeGreaterThan(2_000)
    expect(await client.versions.purge({ ids: trash.map(({ dataset }) => dataset.id) })).toEqual({ freedBytes: bytes })
    expect(await client.versions.trash()).toEqual([])
    await expect(client.datasets.get({ id: first.id })).rejects.toMatchObject({ data: { code: 'ERR_3001' } })
  })

  it('is told to everybody', async () => {
    const { id } = await importTable(TABLE)
    const stop = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const event of app.events.subscribe(stop.signal)) {
        if (event.type.startsWith('dataset.')) seen.push(event.type)
      }
    })()
    await client.datasets.remove({ id })
    await wait(10)
    await client.versions.restore({ ids: [id] })
    await wait(10)
    stop.abort()
    await watching
    expect(seen).toEqual(['dataset.removed', 'dataset.changed'])
  })

  it('refuses what something depends on, with the whole list', async () => {
    const first = await importTable(TABLE)
    const second = await client.versions.edit({ id: first.id, drop: [0], note: 'n' })
    await writeToStore(
      `INSERT INTO models (id, name, job_id, dataset_id, recipe, endpoint, simulated, size_bytes, created_at)
       VALUES ('mdl_aaaaaaaaaaaa', 'Best one', 'job_aaaaaaaaaaaa', ?, 'dmpnn', 'Ki', 0, 1, 1)`,
      second.id,
    )
    await writeToStore(
      `INSERT INTO jobs (id, number, kind, name, state, dataset_id, request, has_checkpoint, created_at, ended_at)
       VALUES ('job_bbbbbbbbbbbb', 7, 'train', 'Long run', 'cancelled', ?, '{"recipe":"dmpnn"}', 1, 1, 2)`,
      second.id,
    )
    await writeToStore(
      `INSERT INTO jobs (id, number, kind, name, state, model_id, request, created_at, ended_at)
       VALUES ('job_cccccccccccc', 3, 'predict', 'Screen', 'completed', 'mdl_aaaaaaaaaaaa', '{}', 3, ?)`,
      4,
    )
    await writeToStore(
      `INSERT INTO prediction_results (id, job_id, model_id, file_name, header)
       VALUES ('prd_aaaaaaaaaaaa', 'job_cccccccccccc', 'mdl_aaaaaaaaaaaa', ?, '[]')`,
      'library.csv',
    )
    const refused = {
      data: {
        code: 'ERR_4002',
        details: { usedBy: ['model "Best one"', 'job "Long run" (train #7)', 'predictions of "library.csv"'] },
      },
    }
    await expect(client.datasets.remove({ id: second.id })).rejects.toMatchObject(refused)
    await expect(client.datasets.remove({ id: first.id, allVersions: true })).rejects.toMatchObject(refused)
    await client.datasets.remove({ id: first.id })
    const { versions } = await client.versions.lineage({ id: first.id })
    expect(versions[0]!.dataset.trashedAt).not.toBeNull()
    expect(versions[1]).toMatchObject({
      runs: [{ id: 'job_bbbbbbbbbbbb', number: 7, state: 'cancelled', recipe: 'dmpnn', testRmse: null }],
      models: [
        {
          id: 'mdl_aaaaaaaaaaaa',
          jobId: 'job_aaaaaaaaaaaa',
          predictions: [{ jobId: 'job_cccccccccccc', resultId: 'prd_aaaaaaaaaaaa', fileName: 'library.csv' }],
        },
      ],
    })
    // The parent may go for good: the edited version stays whole.
    await client.versions.purge({ ids: [first.id] })
    expect(await client.datasets.get({ id: second.id })).toMatchObject({
      parentId: null,
      familyId: first.id,
      version: 2,
    })
  })
})
