/** Imports through the real handler, the real store and real chemistry workers. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeZip } from '../../../test/support/make-zip.ts'
import { forkNodeChild, type NodeChild } from '../../node/node-fork.ts'
import type { Dataset, ImportOptions } from '../../shared/contract/datasets.ts'
import type { BinderyClient } from '../../shared/contract/index.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { type App, createApp } from '../create-app.ts'
import type { ChildName } from '../processes/child.ts'
import { openReadOnlyStore, openStore, type Store } from '../store/open-store.ts'

let workspace: string
let app: App
let client: BinderyClient
const children: NodeChild[] = []

async function open(): Promise<void> {
  const fork = (name: ChildName): NodeChild => {
    const child = forkNodeChild(name)
    children.push(child)
    return child
  }
  app = await createApp({ workspace, host: 'cli', version: '0.0.0-test', fork })
  client = createRouterClient(app.router)
}
beforeAll(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-import-'))
  await open()
})
beforeEach(async () => {
  const left = (await client.datasets.list()).map(({ id }) => id)
  for (const id of left) await client.datasets.remove({ id })
  const trash = (await client.versions.trash()).map(({ dataset }) => dataset.id)
  if (trash.length > 0) await client.versions.purge({ ids: trash })
})
afterAll(async () => {
  await app.close()
  rmSync(workspace, { recursive: true, force: true })
})

const uploadsLeft = (): string[] => readdirSync(path.join(workspace, 'uploads'))

async function upload(content: string | Uint8Array, fileName = 'assay.csv'): Promise<string> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content)
  }
  return app.uploads.receive(bytes(), fileName, 1e9)
}

async function startImport(content: string, changes: Partial<ImportOptions> = {}) {
  const uploadId = await upload(content)
  const { proposal, unit, endpoint } = await client.datasets.preview({ uploadId })
  const roles = { ...proposal, smiles: proposal.smiles!, value: proposal.value! }
  return client.datasets.import({ uploadId, options: { roles, unit, endpoint: endpoint ?? 'other', ...changes } })
}

async function settled(jobId: string): Promise<Job> {
  for (;;) {
    const { job } = await client.jobs.get({ id: jobId })
    if (['completed', 'failed', 'cancelled', 'interrupted'].includes(job.state)) return job
    await wait(20)
  }
}

async function importTable(content: string, changes: Partial<ImportOptions> = {}): Promise<Dataset> {
  const { datasetId, jobId } = await startImport(content, changes)
  expect(await settled(jobId)).toMatchObject({ state: 'completed', error: null })
  return client.datasets.get({ id: datasetId })
}

/** Chains of carbon and oxygen: n different molecules that parse fast. */
const chain = (n: number): string => n.toString(2).replaceAll('0', 'C').replaceAll('1', 'OC')
const chains = (count: number, first = 2): string =>
  Array.from(
    { length: count },
    (_, i) => `M${i + first},C${chain(i + first)}C,${(5 + (i % 400) / 100).toFixed(2)}`,
  ).join('\n')

describe('import', { timeout: 60_000 }, () => {
  it('makes a data set whose rows, ledger and counts agree', async () => {
    const messy = `${chains(40)}\nX1,C2CCC,7\nX2,CCCCCC.Cl,6.5\nX3,CCCCCCO,n.d.\nX4,OCCCCCC,6.6\nX5,CCCCCCO,6.8\n`
    const dataset = await importTable(`id,smiles,pKi\n${messy}`, { name: 'Mine', target: 'thrombin' })
    expect(dataset).toMatchObject({
      name: 'Mine',
      target: 'thrombin',
      state: 'ready',
      kind: 'table',
      endpoint: 'Ki',
      fileName: 'assay.csv',
      usedBy: 0,
      error: null,
      rows: { read: 45, accepted: 41, altered: 1, merged: 1, rejected: 2 },
      summary: { unit: 'pX', headerLine: 1, structures: 42 },
    })
    expect(dataset.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(dataset.histogram!.counts.reduce((a, b) => a + b)).toBe(42)
    const { total, rows } = await client.datasets.rows({ id: dataset.id, limit: 1000 })
    expect(total).toBe(42)
    expect(rows.map(row => row.index)).toEqual(rows.map((_, i) => i))
    expect(rows.find(row => row.id === 'X4')).toMatchObject({ pX: expect.closeTo(6.7, 9), rawValue: '6.6' })
    const ledger = await client.datasets.ledger({ id: dataset.id })
    expect(ledger.entries.map(({ line, fate, rule }) => [line, fate, rule])).toEqual([
      [42, 'rejected', 'structure.unparsable'],
      [43, 'altered', 'structure.fragmentRemoved'],
      [44, 'rejected', 'value.notMeasured'],
      [45, 'accepted', 'duplicate.median'],
      [46, 'merged', 'duplicate.merged'],
    ])
    expect((await client.datasets.ledger({ id: dataset.id, fates: ['rejected'] })).total).toBe(2)
    await expect.poll(uploadsLeft).toEqual([])
  })

  it('searches and sorts rows', async () => {
    const { id } = await importTable(`id,smiles,pKi\n${chains(60)}\nzeta,Brc1ccccc1,9.9\n`)
    const rows = async (query: object) =>
      (await client.datasets.rows({ id, limit: 5, ...query })).rows.map(row => row.id)
    expect(await rows({ search: 'ZETA' })).toEqual(['zeta'])
    expect(await rows({ search: 'Br' })).toEqual(['zeta'])
    // SMILES are case-sensitive: this is no part of any of them.
    expect(await rows({ search: 'bR' })).toEqual([])
    expect(await rows({ search: '%' })).toEqual([])
    expect(await rows({ sort: 'pX', descending: true, limit: 1 })).toEqual(['zeta'])
    expect(await rows({ sort: 'pX', limit: 3 })).toEqual(['M2', 'M3', 'M4'])
    expect(await rows({ offset: 58 })).toEqual(['M60', 'M61', 'zeta'])
  })

  it('refuses what is no table before anything is made', async () => {
    const jobsBefore = (await client.jobs.list({})).length
    for (const content of ['', 'smiles,pKi\n', 'a,b\n1,2\n']) {
      const previewed = client.datasets.preview({ uploadId: await upload(content) })
      await expect(previewed).rejects.toMatchObject({ data: { code: 'ERR_2005' } })
      const options = { roles: { smiles: 0, value: 1 }, unit: 'pX', endpoint: 'Ki' } as const
      const imported = client.datasets.import({ uploadId: await upload(content), options })
      await expect(imported).rejects.toMatchObject({ data: { code: 'ERR_2005' } })
    }
    await expect.poll(uploadsLeft).toEqual([])
    expect(await client.datasets.list()).toEqual([])
    expect(await client.jobs.list({})).toHaveLength(jobsBefore)
    await expect(client.datasets.preview({ uploadId: 'up_000000000000' })).rejects.toMatchObject({
      data: { code: 'ERR_3005' },
    })
  })

  it('refuses a mixed table before anything is made, and keeps the file for a choice', async () => {
    const uploadId = await upload('smiles,pX,type,target\nCCO,7,Ki,A\nCCCO,7,IC50,A\nCCCCO,7,Ki,B\n')
    const preview = await client.datasets.preview({ uploadId })
    expect(preview.groups).toHaveLength(3)
    const roles = { smiles: 0, value: 1, endpoint: 2, target: 3 }
    const options = { roles, unit: 'pX', endpoint: 'Ki' } as const
    await expect(client.datasets.import({ uploadId, options })).rejects.toMatchObject({
      data: { code: 'ERR_2006', path: 'options.target' },
    })
    expect(await client.datasets.list()).toEqual([])
    const { jobId, datasetId } = await client.datasets.import({ uploadId, options: { ...options, target: 'B' } })
    expect(await settled(jobId)).toMatchObject({ state: 'completed' })
    expect(await client.datasets.get({ id: datasetId })).toMatchObject({
      target: 'B',
      rows: { read: 3, accepted: 1, rejected: 2 },
    })
  })

  it('unpacks an archive for its import and leaves nothing of it', async () => {
    const table = (of: string): string => `id,smiles,pKi\n${chains(20)}\n${of},CCN,5\n`
    const archive = makeZip([
      { name: 'one.csv', content: table('one') },
      { name: 'two.csv', content: table('two') },
    ])
    const uploadId = await upload(archive, 'assays.zip')
    const preview = await client.datasets.preview({ uploadId })
    expect(preview.members!.map(({ name }) => name)).toEqual(['one.csv', 'two.csv'])
    const options = { roles: { id: 0, smiles: 1, value: 2 }, unit: 'pX', endpoint: 'Ki' } as const
    await expect(client.datasets.import({ uploadId, options })).rejects.toMatchObject({ data: { code: 'ERR_2007' } })
    const started = await client.datasets.import({ uploadId, options: { ...options, member: 'two.csv' } })
    expect(await settled(started.jobId)).toMatchObject({ state: 'completed' })
    const { rows } = await client.datasets.rows({ id: started.datasetId, search: 'two' })
    expect(rows).toHaveLength(1)
    await expect.poll(uploadsLeft).toEqual([])

    const hostile = await upload(makeZip([{ name: '../one.csv', content: table('one') }]), 'assays.zip')
    await expect(client.datasets.preview({ uploadId: hostile })).rejects.toMatchObject({
      data: { code: 'ERR_2005', details: { rule: 'archive.parentPath' } },
    })
    await expect.poll(uploadsLeft).toEqual([])
  })

  it('keeps the reason of a failed import and none of its rows', async () => {
    const file = path.join(workspace, 'broken later.csv')
    writeFileSync(file, `id,smiles,pKi\n${chains(20_000)}\n`)
    const uploadId = await app.uploads.register(file, 'table.csv')
    const options = { roles: { id: 0, smiles: 1, value: 2 }, unit: 'pX', endpoint: 'Ki' } as const
    const { datasetId, jobId } = await client.datasets.import({ uploadId, options })
    while (((await client.datasets.rows({ id: datasetId })).total ?? 0) === 0) await wait(20)
    // It was whole when it was looked through.
    appendFileSync(file, 'M,CCO,"7\n')
    expect(await settled(jobId)).toMatchObject({ state: 'failed', reason: 'data', error: { code: 'ERR_2005' } })
    expect(await client.datasets.get({ id: datasetId })).toMatchObject({
      state: 'failed',
      error: { code: 'ERR_2005' },
      rows: { read: 0 },
    })
    expect((await client.datasets.rows({ id: datasetId })).total).toBe(0)
    await expect.poll(uploadsLeft).toEqual([])
    await client.datasets.remove({ id: datasetId })
    expect(await client.datasets.list()).toEqual([])
  })

  it('leaves nothing of a cancelled import', async () => {
    const { datasetId, jobId } = await startImport(`id,smiles,pKi\n${chains(20_000)}\n`)
    while (((await client.datasets.rows({ id: datasetId })).total ?? 0) === 0) await wait(20)
    await expect(client.datasets.remove({ id: datasetId })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
    await client.jobs.cancel({ id: jobId })
    expect(await settled(jobId)).toMatchObject({ state: 'cancelled', datasetId: null })
    await expect(client.datasets.get({ id: datasetId })).rejects.toMatchObject({ data: { code: 'ERR_3001' } })
    await expect.poll(uploadsLeft).toEqual([])
    expect(await countAll()).toEqual({ datasets: 0, rows: 0, ledger: 0 })
  })

  it('is tried again when its process is killed, without a row of the first attempt', async () => {
    const rows = 20_000
    const { datasetId, jobId } = await startImport(`id,smiles,pKi\n${chains(rows)}\n`)
    while (((await client.datasets.rows({ id: datasetId })).total ?? 0) === 0) await wait(20)
    // Which of them reads the file is not told here; the others are begun again where they are needed.
    for (const child of children) child.kill('SIGKILL')
    const queuedAgain = async () => (await client.jobs.get({ id: jobId })).job.state === 'queued'
    await expect.poll(queuedAgain, { timeout: 30_000, interval: 20 }).toBe(true)
    expect((await client.datasets.rows({ id: datasetId })).total).toBe(0)
    expect(await settled(jobId)).toMatchObject({ state: 'completed', attempts: 2 })
    const { attempts } = await client.jobs.get({ id: jobId })
    expect(attempts[0]).toMatchObject({ attempt: 1, error: { code: 'ERR_9001' } })
    expect(await client.datasets.get({ id: datasetId })).toMatchObject({ state: 'ready', rows: { read: rows } })
    expect((await client.datasets.rows({ id: datasetId })).total).toBe(
      (await client.datasets.get({ id: datasetId })).summary?.structures,
    )
  })

  it('removes on start what a crash of the application left half done', async () => {
    const { datasetId, jobId } = await startImport(`id,smiles,pKi\n${chains(30)}\n`)
    await settled(jobId)
    const store = await reopenStore()
    // As the store was in the middle of the import.
    store.run("UPDATE datasets SET state = 'importing' WHERE id = ?", [datasetId])
    store.run("UPDATE jobs SET state = 'running', pid = NULL, ended_at = NULL WHERE id = ?", [jobId])
    writeFileSync(path.join(workspace, 'uploads', 'up_aaaaaaaaaaaa.data.part'), 'half')
    store.close()
    await open()
    expect((await client.jobs.get({ id: jobId })).job).toMatchObject({ state: 'interrupted', datasetId: null })
    expect(await client.datasets.list()).toEqual([])
    await expect.poll(uploadsLeft).toEqual([])
    expect(await countAll()).toEqual({ datasets: 0, rows: 0, ledger: 0 })
  })

  it('tells what happens while it happens', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const event of app.events.subscribe(stop.signal)) {
        if (event.type === 'dataset.changed') seen.push(event.dataset.state)
      }
    })()
    const dataset = await importTable(`id,smiles,pKi\n${chains(300)}\n`)
    await client.datasets.rename({ id: dataset.id, name: 'renamed' })
    await wait(10)
    stop.abort()
    await watching
    expect(seen).toEqual(['importing', 'ready', 'ready'])
    expect((await client.datasets.get({ id: dataset.id })).name).toBe('renamed')
  })

  it('names what depends on a data set instead of removing it', async () => {
    const dataset = await importTable(`id,smiles,pKi\n${chains(30)}\n`)
    const store = await reopenStore()
    store.run(
      `INSERT INTO models (id, name, job_id, dataset_id, recipe, endpoint, simulated, size_bytes, created_at)
       VALUES ('mdl_aaaaaaaaaaaa', 'Best one', 'job_aaaaaaaaaaaa', ?, 'dmpnn', 'Ki', 0, 1, 1)`,
      [dataset.id],
    )
    store.close()
    await open()
    await expect(client.datasets.remove({ id: dataset.id })).rejects.toMatchObject({
      data: {
        code: 'ERR_4002',
        message: expect.stringContaining('model "Best one"'),
        details: { usedBy: ['model "Best one"'] },
      },
    })
    expect((await client.datasets.get({ id: dataset.id })).usedBy).toBe(1)
    await app.close()
    const cleared = await openStore(workspace)
    cleared.run('DELETE FROM models')
    cleared.close()
    await open()
  })

  it('writes the ledger as a table that no spreadsheet runs', async () => {
    const dataset = await importTable(`id,smiles,pKi\n${chains(30)}\nA,CCO,"=HYPERLINK(""x"")"\nB,CCO,"a;b,""c"""\n`)
    const { ticket, fileName } = await client.system.prepareDownload({ what: 'ledger', id: dataset.id })
    expect(fileName).toBe('assay ledger.csv')
    const file = await text((await app.downloads.open(ticket)).stream)
    const [header, ...entries] = parse(file, { bom: true, record_delimiter: '\r\n' }) as string[][]
    expect(header).toEqual(['line', 'fate', 'column', 'raw', 'rule', 'message'])
    expect(entries.map(entry => entry[3])).toEqual([`'=HYPERLINK("x")`, 'a;b,"c"'])
    await expect(app.downloads.open(ticket)).rejects.toMatchObject({ code: 'ERR_3004' })
  })

  it('imports the simulated example and says that it is simulated', async () => {
    const { datasetId, jobId } = await client.datasets.importExample()
    expect(await settled(jobId)).toMatchObject({ state: 'completed' })
    const dataset = await client.datasets.get({ id: datasetId })
    expect(dataset).toMatchObject({ kind: 'simulated', state: 'ready', endpoint: 'Ki', splitValues: ['train', 'test'] })
    expect(dataset.rows.accepted).toBe(dataset.rows.read)
  })

  it('leaves the event loop free', async () => {
    // Processor time of this thread between two ticks: other processes of a busy machine do not count, our own slices do.
    let longestMs = 0
    let before = process.threadCpuUsage()
    const ticking = setInterval(() => {
      const { user, system } = process.threadCpuUsage(before)
      longestMs = Math.max(longestMs, (user + system) / 1_000)
      before = process.threadCpuUsage()
    }, 2)
    const { jobId } = await startImport(`id,smiles,pKi\n${chains(1_500)}\n`)
    longestMs = 0
    await settled(jobId)
    clearInterval(ticking)
    expect(longestMs).toBeGreaterThan(0)
    expect(longestMs).toBeLessThan(50)
  })
})

describe('chemistry', () => {
  it('checks and draws structures, and does not draw one twice', async () => {
    expect(await client.chemistry.check({ smiles: 'OCC' })).toEqual({ ok: true, canonical: 'CCO', heavyAtoms: 3 })
    expect(await client.chemistry.check({ smiles: 'C1CC' })).toMatchObject({ ok: false })
    const request = { smiles: ['CCO', 'C1CC', 'CCO'], width: 100, height: 80, theme: 'light' as const }
    const [first, broken, again] = await client.chemistry.depict(request)
    expect([broken, again]).toEqual([null, first])
    expect(first).toContain('<svg')
    for (const child of children) child.kill('SIGKILL')
    expect(await client.chemistry.depict(request)).toEqual([first, null, first])
  })
})

/** The store of the closed application; `open` starts it again. */
async function reopenStore(): Promise<Store> {
  await app.close()
  return openStore(workspace)
}

async function countAll(): Promise<Record<string, number>> {
  const store = openReadOnlyStore(path.join(workspace, 'bindery.sqlite'))
  const count = (table: string): number => store.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n
  const found = { datasets: count('datasets'), rows: count('dataset_rows'), ledger: count('ledger') }
  store.close()
  return found
}
