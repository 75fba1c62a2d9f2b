/** Predictions through the API of the application, with its real child processes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleWorkspace, openExample } from '../jobs/fixtures/example-workspace.ts'

let example: ExampleWorkspace
beforeAll(async () => {
  example = await openExample()
})
afterAll(() => example.close())

describe('predicting', () => {
  let modelId: string
  beforeAll(async () => {
    const { id } = await example.train()
    modelId = (await example.ended(id)).modelId!
  }, 60_000)

  it('answers each structure, or says what is wrong with it', async () => {
    const items = await example.client.predictions.predict({
      modelId,
      smiles: ['CCOc1ccccc1', 'not a structure', 'c1ccccc1O'],
    })
    expect(items.map(item => item.ok)).toEqual([true, false, true])
    const [first, second] = items
    if (first?.ok !== true || second?.ok !== false) throw new Error('unreachable')
    expect(first.prediction.lower).toBeLessThan(first.prediction.prediction)
    expect(first.prediction.upper).toBeGreaterThan(first.prediction.prediction)
    expect(first.prediction.nearest).toHaveLength(3)
    expect(second).toMatchObject({ smiles: 'not a structure', error: { code: 'ERR_2003' } })
  }, 60_000)

  it('predicts a table as a job and gives it back with its columns', async () => {
    const input = 'name,smiles,"note, free"\nphenetole,CCOc1ccccc1,"says ""hm"""\nbroken,C1CC,=x\nphenol,c1ccccc1O,\n'
    const file = path.join(example.workspace, 'table.csv')
    writeFileSync(file, input)
    const uploadId = await example.app.uploads.register(file, 'table.csv')
    const { jobId, resultId } = await example.client.predictions.predictFile({ modelId, uploadId })
    const job = await example.ended(jobId)
    expect(job.error).toBeNull()
    expect(job.state).toBe('completed')
    const page = await example.client.predictions.result({ resultId, sort: 'prediction', descending: true })
    expect(page).toMatchObject({ total: 3, errors: 1 })
    expect(page.rows.at(-1)).toMatchObject({ line: 3, prediction: null })
    expect(await example.client.predictions.find({ jobId })).toEqual({ resultId, modelId, fileName: 'table.csv' })
    expect(page.rows[0]!.prediction!).toBeGreaterThanOrEqual(page.rows[1]!.prediction!)

    const { ticket, fileName } = await example.client.system.prepareDownload({ what: 'prediction', id: resultId })
    expect(fileName).toBe('table predictions.csv')
    const csv = await text((await example.app.downloads.open(ticket)).stream)
    const lines = csv.split('\n')
    expect(lines[0]).toBe('name,smiles,"note, free",prediction,lower,upper,domain_distance,error')
    expect(lines[1]).toMatch(/^phenetole,CCOc1ccccc1,"says ""hm""",\d+\.\d+,-?\d+\.\d+,\d+\.\d+,0\.\d+,$/)
    expect(lines[2]).toMatch(/^broken,C1CC,=x,,,,,.+/)
    const [same] = await example.client.predictions.predict({ modelId, smiles: ['CCOc1ccccc1'] })
    if (!same?.ok) throw new Error('unreachable')
    expect(Number(lines[1]!.split(',').at(-5))).toBeCloseTo(same.prediction.prediction, 5)
  }, 60_000)

  const upload = async (name: string, content: string): Promise<string> => {
    const file = path.join(example.workspace, name)
    writeFileSync(file, content)
    return example.app.uploads.register(file, name)
  }
  /** Distinct molecules without end: chains of growing length and branching. */
  const chains = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `m${i},${'C'.repeat(1 + (i % 40))}O${'C'.repeat(1 + Math.floor(i / 40))}`,
    ).join('\n')

  it('ends a table it cannot read with its reason, once, and leaves no rows', async () => {
    const uploadId = await upload('wrong.csv', 'id,smiles\n1,CCO\n')
    const { jobId, resultId } = await example.client.predictions.predictFile({ modelId, uploadId, smilesColumn: 7 })
    expect(await example.ended(jobId)).toMatchObject({ state: 'failed', reason: 'data', error: { code: 'ERR_2002' } })
    expect(await example.client.predictions.result({ resultId })).toMatchObject({ total: 0 })
    await expect(example.client.system.prepareDownload({ what: 'prediction', id: resultId })).rejects.toMatchObject({
      data: { code: 'ERR_4001' },
    })
  }, 60_000)

  it('keeps a model while a table is predicted with it, and leaves nothing of a cancelled table', async () => {
    const uploadId = await upload('long.csv', `id,smiles\n${chains(50_000)}\n`)
    const { jobId, resultId } = await example.client.predictions.predictFile({ modelId, uploadId })
    await example.until(jobId, job => (job.progress?.done ?? 0) > 0)
    await expect(example.client.models.remove({ id: modelId })).rejects.toMatchObject({ data: { code: 'ERR_4002' } })
    // A single question is answered meanwhile.
    expect(await example.client.predictions.predict({ modelId, smiles: ['CCO'] })).toMatchObject([{ ok: true }])
    await example.client.jobs.cancel({ id: jobId })
    expect((await example.ended(jobId)).state).toBe('cancelled')
    expect(await example.client.predictions.result({ resultId })).toMatchObject({ total: 0 })
    await example.client.jobs.remove({ id: jobId })
    await expect(example.client.predictions.result({ resultId })).rejects.toMatchObject({ data: { code: 'ERR_3004' } })
    await expect(example.client.predictions.find({ jobId })).rejects.toMatchObject({ data: { code: 'ERR_3004' } })
  }, 60_000)

  it('pages and sorts a long table', async () => {
    const uploadId = await upload('some.csv', `id,smiles\n${chains(600)}\n`)
    const { jobId, resultId } = await example.client.predictions.predictFile({ modelId, uploadId })
    expect((await example.ended(jobId)).error).toBeNull()
    const values: number[] = []
    for (let offset = 0; offset < 600; offset += 250) {
      const page = await example.client.predictions.result({ resultId, offset, limit: 250, sort: 'prediction' })
      expect(page).toMatchObject({ total: 600, errors: 0 })
      values.push(...page.rows.map(row => row.prediction!))
    }
    expect(values).toEqual(values.toSorted((a, b) => a - b))
    const byLine = await example.client.predictions.result({ resultId, offset: 599, limit: 1 })
    expect(byLine.rows).toMatchObject([{ line: 601 }])
  }, 60_000)

  it('gives the model out in one file', async () => {
    const { ticket, fileName } = await example.client.system.prepareDownload({ what: 'model', id: modelId })
    expect(fileName).toBe('Example · dmpnn v1.bindery-model')
    const bytes = await buffer((await example.app.downloads.open(ticket)).stream)
    const model = readFileSync(path.join(example.workspace, 'models', modelId, 'model.onnx'))
    expect(bytes.includes(model)).toBe(true)
    expect(bytes.readUInt32LE(0)).toBe(0x04034b50)
  })

  it('refuses a model whose file is not the one of its card, and removes it all the same', async () => {
    const renamed = await example.client.models.rename({ id: modelId, name: 'Mine' })
    expect(renamed.name).toBe('Mine')
    await example.reopen()
    writeFileSync(path.join(example.workspace, 'models', modelId, 'model.onnx'), 'something else')
    const refused = { data: { code: 'ERR_7003' } }
    await expect(example.client.models.get({ id: modelId })).rejects.toMatchObject(refused)
    await expect(example.client.predictions.predict({ modelId, smiles: ['CCO'] })).rejects.toMatchObject(refused)
    await example.client.models.remove({ id: modelId })
    await example.client.registry.purge({ id: modelId })
    expect(readdirSync(path.join(example.workspace, 'models'))).toEqual([])
    await expect(example.client.models.get({ id: modelId })).rejects.toMatchObject({ data: { code: 'ERR_3003' } })
  })
})
