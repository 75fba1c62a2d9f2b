/** What users correct: remembered choices, rejected records, and measurements that disagree. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { forkNodeChild } from '../../node/node-fork.ts'
import type { Dataset, ImportOptions } from '../../shared/contract/datasets.ts'
import type { BinderyClient } from '../../shared/contract/index.ts'
import { type App, createApp } from '../create-app.ts'

let workspace: string
let app: App
let client: BinderyClient
beforeAll(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-corrections-'))
  app = await createApp({ workspace, host: 'cli', version: '0.0.0-test', fork: forkNodeChild })
  client = createRouterClient(app.router)
})
afterAll(async () => {
  await app.close()
  rmSync(workspace, { recursive: true, force: true })
})

let files = 0
async function upload(content: string): Promise<string> {
  const file = path.join(workspace, `table-${files++}.csv`)
  writeFileSync(file, content)
  return app.uploads.register(file, 'table.csv')
}

async function importAs(
  uploadId: string,
  options: ImportOptions,
  more: { versionOf?: string; remember?: boolean } = {},
): Promise<Dataset> {
  const { jobId, datasetId } = await client.datasets.import({ uploadId, options, ...more })
  for (;;) {
    const { job } = await client.jobs.get({ id: jobId })
    if (job.state === 'completed') return client.datasets.get({ id: datasetId })
    if (job.error !== null) throw new Error(job.error.message)
    await wait(20)
  }
}

async function saved(what: 'ledger' | 'rejected', id: string): Promise<string> {
  const { ticket } = await client.system.prepareDownload({ what, id })
  return text((await app.downloads.open(ticket)).stream)
}

const ROLES = { id: null, unit: null, relation: null, split: null }

it('remembers what was chosen against the proposal, for tables with the same columns, until it is forgotten', async () => {
  const table = 'structure,first,readout\nCCO,100,0.5\nCCCO,101,1.5\n'
  const first = await upload(table)
  const preview = await client.datasets.preview({ uploadId: first })
  expect(preview).toMatchObject({ proposal: { value: null }, reasons: { value: 'content.severalNumbers' } })
  expect(preview).not.toHaveProperty('remembered')
  const options: ImportOptions = {
    roles: { ...ROLES, smiles: 0, value: 2 },
    unit: 'uM',
    endpoint: 'IC50',
    target: 'X',
    neutralise: true,
    name: 'one',
  }
  await importAs(first, options, { remember: true })

  const again = await client.datasets.preview({
    uploadId: await upload('structure,first,readout\nCCN,7,8\nCCCN,9,10\n'),
  })
  expect(again.remembered).toMatchObject({
    options: { roles: { smiles: 0, value: 2 }, unit: 'uM', endpoint: 'IC50', target: null, neutralise: true },
  })
  expect(again.remembered!.options).not.toHaveProperty('name')
  const other = await client.datasets.preview({ uploadId: await upload('structure,readout\nCCN,8\nCCCN,10\n') })
  expect(other).not.toHaveProperty('remembered')

  await client.datasets.forgetChoice({ shape: again.remembered!.shape })
  expect(await client.datasets.preview({ uploadId: await upload(table) })).not.toHaveProperty('remembered')
})

it('tries options: what the first records become, and how many can be used', async () => {
  const records = Array.from({ length: 60 }, (_, i) => `${'C'.repeat(i + 1)},${i < 5 ? 'n.d.' : i < 7 ? '' : i}`)
  const uploadId = await upload(`smiles,Ki nM\n${records.join('\n')}\n`)
  const roles = { ...ROLES, smiles: 0, value: 1 }
  const trial = await client.datasets.tryOptions({
    uploadId,
    options: { roles, unit: 'nM', endpoint: 'Ki', target: null },
  })
  expect(trial).toMatchObject({
    records: 60,
    isWhole: true,
    readable: 53,
    refusals: [
      { rule: 'value.notMeasured', count: 5 },
      { rule: 'value.missing', count: 2 },
    ],
  })
  expect(trial.rows).toHaveLength(50)
})

it('gives rejected records back as the file had them, and takes a corrected file as the next version', async () => {
  const table = ['id,smiles,pKi,note', 'A,CCO,7,fine', 'B,C1CC,6,"a, ""b"""', 'C,CCN,=n.d.,-8 kcal', 'D,CCCO,5,']
  const roles = { smiles: 1, value: 2, id: 0, unit: null, relation: null, split: null }
  const options: ImportOptions = { roles, unit: 'pX', endpoint: 'Ki', target: null }
  const dataset = await importAs(await upload(`${table.join('\n')}\n`), options)
  expect(dataset.rows).toMatchObject({ read: 4, accepted: 2, rejected: 2 })
  const rejected = await saved('rejected', dataset.id)
  expect(rejected.replace('\ufeff', '').split('\r\n')).toEqual([table[0], table[2], table[3], ''])

  const corrected = table.map(line => line.replace('C1CC,', 'C1CC1,').replace('=n.d.', '6.5'))
  const next = await importAs(await upload(`${corrected.join('\n')}\n`), options, { versionOf: dataset.id })
  expect(next).toMatchObject({ version: 2, parentId: dataset.id, rows: { read: 4, accepted: 4, rejected: 0 } })
})

it('searches and filters the ledger', async () => {
  const table = 'id,smiles,pKi\nA,CCO,7\nB,CCN,n.d.\nC,C1CC,6\nD,CCO,7.2\nE,CCS,inactive\n'
  const roles = { smiles: 1, value: 2, id: 0, unit: null, relation: null, split: null }
  const { id } = await importAs(await upload(table), { roles, unit: 'pX', endpoint: 'Ki', target: null })
  const lines = async (query: Parameters<typeof client.datasets.ledger>[0]): Promise<number[]> =>
    (await client.datasets.ledger(query)).entries.map(entry => entry.line)
  expect(await lines({ id, rules: ['value.notMeasured'] })).toEqual([3, 6])
  expect(await lines({ id, search: 'INACTIVE' })).toEqual([6])
  expect(await lines({ id, search: '4' })).toContain(4)
  expect(await lines({ id, search: 'nothing of that kind' })).toEqual([])
  expect(await lines({ id, fates: ['rejected'], search: 'pKi' })).toEqual([3, 6])
  expect(await client.datasets.ledgerRules({ id })).toEqual([
    { fate: 'rejected', rule: 'value.notMeasured', count: 2 },
    { fate: 'accepted', rule: 'duplicate.median', count: 1 },
    { fate: 'merged', rule: 'duplicate.merged', count: 1 },
    { fate: 'rejected', rule: 'structure.unparsable', count: 1 },
  ])
})

it.each(['median', 'all'] as const)(
  'flags, lists and drops measurements that disagree (duplicates: %s)',
  async keep => {
    const table = ['CCO,7', 'CCO,5.5', 'CCN,6', 'CCN,6.4', 'CCS,4', 'CCS,8', 'CCS,6', 'CCCO,5']
    const uploadId = await upload(`smiles,pKi\n${table.join('\n')}\n`)
    const roles = { ...ROLES, smiles: 0, value: 1 }
    const dataset = await importAs(uploadId, { roles, unit: 'pX', endpoint: 'Ki', target: null, duplicates: { keep } })
    // Within groups: 1.125 + 0.08 + 8 over 1 + 1 + 2 degrees of freedom.
    expect(dataset.summary).toMatchObject({ groupsSpreadOver1Log: 2, noisePX: 1.517, noiseFreedom: 4 })
    const groups = await client.datasets.spreadGroups({ id: dataset.id })
    expect(groups).toMatchObject([
      { smiles: 'CCS', lowest: 4, highest: 8, records: 3, pX: 6 },
      { smiles: 'CCO', lowest: 5.5, highest: 7, records: 2, pX: 6.25 },
    ])
    const drop = groups.flatMap(group => group.rows)
    const next = await client.versions.edit({ id: dataset.id, drop, note: 'they disagree' })
    const { rows } = await client.datasets.rows({ id: next.id })
    expect([...new Set(rows.map(row => row.smiles))].sort()).toEqual(['CCCO', 'CCN'])
    expect(await client.datasets.spreadGroups({ id: next.id })).toEqual([])
  },
)
