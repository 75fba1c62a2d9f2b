import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OwnedWorkspace } from '../../src/core/workspace/open-workspace.ts'
import type { BinderyClient } from '../../src/shared/contract/index.ts'
import { trainedCard } from '../../src/shared/contract/models.ts'
import { exampleRows } from '../support/example-rows.ts'
import { createFolder, endOf, ownWorkspace, uploadText } from '../support/workspace.ts'

/** One chemist's morning, through the contract, with every process real. The steps follow each other. */
describe('the whole application', () => {
  const { header, lines } = exampleRows(160)
  const example = lines.map(line => line.split(','))
  let files: Awaited<ReturnType<typeof createFolder>>
  let workspace: string
  let owned: OwnedWorkspace
  let client: BinderyClient
  let datasetId: string
  let modelId: string

  beforeAll(async () => {
    files = await createFolder()
    workspace = join(files.folder, 'workspace')
    owned = await ownWorkspace(workspace)
    client = owned.connection.client
  })
  afterAll(async () => {
    await owned.close()
    await files.remove()
  })

  it('imports a table and accounts for every row', async () => {
    const broken = ['SIM-BAD1,not a structure,12,train', `SIM-BAD2,${example[0]![1]!},strong,train`]
    const salt = `SIM-SALT,${example[1]![1]!}.Cl,${example[1]![2]!},train`
    const table = [header, ...lines, ...broken, salt].join('\n')
    const uploadId = await uploadText(owned, files.folder, { name: 'assay.csv', text: table })

    const preview = await client.datasets.preview({ uploadId })
    expect(preview).toMatchObject({
      format: 'csv',
      headerLine: 1,
      proposal: { id: 0, smiles: 1, value: 2, split: 3 },
      unit: 'nM',
      endpoint: 'Ki',
    })
    const { smiles, value, id, split } = preview.proposal
    const started = await client.datasets.import({
      uploadId,
      options: { roles: { smiles: smiles!, value: value!, id, split }, unit: 'nM', endpoint: 'Ki', name: 'Morning' },
    })
    datasetId = started.datasetId
    expect((await endOf(client, started.jobId)).state).toBe('completed')

    const dataset = await client.datasets.get({ id: datasetId })
    const { read, accepted, altered, merged, rejected } = dataset.rows
    expect({ read, rejected }).toEqual({ read: 163, rejected: 2 })
    expect(accepted + altered + merged + rejected).toBe(read)
    expect(merged).toBeGreaterThanOrEqual(1)
    expect(dataset.sha256).toBe(createHash('sha256').update(table).digest('hex'))

    const ledger = await client.datasets.ledger({ id: datasetId, fates: ['rejected'] })
    expect(ledger.entries.map(entry => [entry.line, entry.column, entry.raw])).toEqual([
      [162, 'smiles', 'not a structure'],
      [163, 'simulated_Ki_nM', 'strong'],
    ])
  }, 60_000)

  it('keeps values as pX', async () => {
    const { rows } = await client.datasets.rows({ id: datasetId, search: 'SIM-0003' })
    const written = example.find(cells => cells[0] === 'SIM-0003')!
    expect(rows[0]!.pX).toBeCloseTo(9 - Math.log10(Number(written[2])), 10)
    expect(rows[0]).toMatchObject({ id: 'SIM-0003', rawValue: written[2], split: written[3], relation: '=' })
  })

  it('trains, streams the curve and makes a model whose file matches its card', async () => {
    const options = { recipe: 'dmpnn', preset: 'smoke', split: 'column', seed: 7, provider: 'cpu' } as const
    const job = await client.jobs.train({ datasetId, ...options })
    const names = new Set<string>()
    let cursor = 0
    for await (const batch of await client.jobs.metrics({ id: job.id })) {
      expect(batch.cursor).toBeGreaterThan(cursor)
      cursor = batch.cursor
      for (const curve of batch.curves) names.add(curve.name)
    }
    const ended = await endOf(client, job.id)
    expect(ended.error).toBeNull()
    expect(ended.state).toBe('completed')
    expect([...names]).toEqual(expect.arrayContaining(['train.loss', 'validation.rmse']))

    modelId = ended.modelId!
    const card = trainedCard((await client.models.get({ id: modelId })).card)
    const bytes = await readFile(join(workspace, 'models', modelId, card.files.model.name))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(card.files.model.sha256)

    // The split column decides: no test row is trained on, and the metrics are of the test rows.
    const test = example.filter(cells => cells[3] === 'test').length
    expect(card.split.test).toHaveLength(test)
    expect(card.metrics.test.n).toBe(test)
    const parity = card.parity.filter(point => point.part === 'test')
    const meanSquare = parity.reduce((sum, point) => sum + (point.measured - point.predicted) ** 2, 0) / parity.length
    expect(card.metrics.test.rmse).toBeCloseTo(Math.sqrt(meanSquare), 4)
  }, 120_000)

  it('predicts what the card says, and an invalid structure is its own error', async () => {
    const card = trainedCard((await client.models.get({ id: modelId })).card)
    const { rows } = await client.datasets.rows({ id: datasetId, limit: 1000 })
    const point = card.parity.find(candidate => candidate.part === 'test')!
    const row = rows.find(candidate => candidate.index === point.row)!
    const [known, broken] = await client.predictions.predict({ modelId, smiles: [row.smiles, 'C1CC'] })

    expect(known).toMatchObject({ ok: true })
    if (!known?.ok) throw new Error('unreachable')
    expect(known.prediction.prediction).toBeCloseTo(point.predicted, 3)
    expect(known.prediction.upper! - known.prediction.lower!).toBeCloseTo(2 * card.conformal.halfWidth, 5)
    expect(broken).toMatchObject({ ok: false, smiles: 'C1CC', error: { code: 'ERR_2003' } })
  }, 60_000)

  it('predicts a table and keeps its columns, with a reason in every row that failed', async () => {
    const table = `name,structure\nfirst,${example[5]![1]}\nbroken,C1CC\n"with, comma",${example[6]![1]}\n`
    const uploadId = await uploadText(owned, files.folder, { name: 'candidates.csv', text: table })
    const { jobId, resultId } = await client.predictions.predictFile({ modelId, uploadId })
    expect((await endOf(client, jobId)).state).toBe('completed')

    const { ticket } = await client.system.prepareDownload({ what: 'prediction', id: resultId })
    const written = (await text(await owned.connection.openDownload(ticket))).trimEnd().split(/\r?\n/)
    expect(written).toHaveLength(4)
    expect(written[0]).toBe('name,structure,prediction,lower,upper,domain_distance,error')
    expect(written[1]).toMatch(/^first,[^,]+,\d+\.\d+,\d+\.\d+,\d+\.\d+,[\d.]+,$/)
    expect(written[2]).toMatch(/^broken,C1CC,,,,,.+/)
    expect(written[3]).toMatch(/^"with, comma",/)
  }, 60_000)

  it('has everything after it was closed and opened again', async () => {
    const before = [await client.datasets.list(), await client.models.list(), await client.jobs.list({})]
    await owned.close()
    owned = await ownWorkspace(workspace)
    client = owned.connection.client
    expect([await client.datasets.list(), await client.models.list(), await client.jobs.list({})]).toEqual(before)
  }, 60_000)
})
