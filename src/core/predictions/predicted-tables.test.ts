/** What can be done with a predicted table, and what is said beside a single prediction, with real child processes. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleWorkspace, openExample } from '../jobs/fixtures/example-workspace.ts'

let example: ExampleWorkspace
let modelId: string
beforeAll(async () => {
  example = await openExample()
  modelId = (await example.ended((await example.train()).id)).modelId!
}, 120_000)
afterAll(() => example.close())

async function upload(content: string, name = 'answers.csv'): Promise<string> {
  const file = path.join(example.workspace, name)
  writeFileSync(file, content)
  return example.app.uploads.register(file, name)
}

async function predicted(csv: string, more: object = {}): Promise<string> {
  const uploadId = await upload(csv)
  const { jobId, resultId } = await example.client.predictions.predictFile({ modelId, uploadId, ...more })
  expect((await example.ended(jobId)).error).toBeNull()
  return resultId
}
const csvOf = (smiles: readonly string[]): string => `smiles\n${smiles.join('\n')}\n`
const refused = (code: string) => ({ data: { code } })

describe('a predicted table', { timeout: 120_000 }, () => {
  it('filters by value, width, domain, errors and text, and sorts by width', async () => {
    const resultId = await predicted(
      [
        'name,smiles',
        'phenetole,CCOc1ccccc1',
        String.raw`"100%_\""sure""",c1ccccc1O`,
        'bad,C1CC',
        'chain,CCCCCCCCCCCCCCCC',
      ].join('\n'),
    )
    const get = async (filter: object, more: object = {}): Promise<number[]> => {
      const page = await example.client.predictions.result({ resultId, filter, ...more })
      return page.rows.map(row => row.line)
    }
    expect(await get({ errors: 'only' })).toEqual([4])
    expect(await get({ errors: 'none' })).toEqual([2, 3, 5])
    expect(await get({ text: 'PHENETOLE' })).toEqual([2])
    // What SQL and JSON would read otherwise is looked for as it is written.
    expect(await get({ text: String.raw`100%_\"sure"` })).toEqual([3])
    expect(await get({ text: '0%s' })).toEqual([])
    expect(await get({ text: 'unclosed ring' })).toEqual([4])
    expect(await get({ lines: [5, 2] })).toEqual([2, 5])
    const { rows } = await example.client.predictions.result({ resultId, sort: 'prediction' })
    const all = rows.filter(row => row.prediction !== null)
    const middle = all[1]!.prediction!
    const lines = all.map(row => row.line)
    expect(await get({ least: middle }, { sort: 'prediction' })).toEqual(lines.slice(1))
    expect(await get({ most: middle }, { sort: 'prediction' })).toEqual(lines.slice(0, 2))
    expect(await get({ widest: 0.001 })).toEqual([])
    const outside = all.filter(row => row.domainDistance! > 0.7).map(row => row.line)
    expect(await get({ domain: ['outside'] })).toEqual(outside.toSorted())
    expect(await get({ domain: ['inside', 'edge', 'outside'] })).toHaveLength(3)
    const widths = await example.client.predictions.result({ resultId, sort: 'width', descending: true })
    expect(widths.rows.at(-1)!.line).toBe(4)
  })

  it('tries its failed rows again in their places, and says where there are none', async () => {
    const resultId = await predicted(csvOf(['CCO', 'C1CC']))
    const before = await example.client.predictions.result({ resultId })
    const retry = await example.client.predictions.retryFailed({ resultId })
    expect(retry.resultId).toBe(resultId)
    expect(await example.client.predictions.find({ jobId: retry.jobId })).toMatchObject({ resultId })
    expect((await example.ended(retry.jobId)).state).toBe('completed')
    // The structure is still broken: the same error, the same rows.
    expect(await example.client.predictions.result({ resultId })).toEqual(before)
    await example.client.jobs.remove({ id: retry.jobId })
    expect(await example.client.predictions.result({ resultId })).toEqual(before)
    const whole = await predicted(csvOf(['CCO']))
    await expect(example.client.predictions.retryFailed({ resultId: whole })).rejects.toMatchObject(refused('ERR_4001'))
  })

  it('is answered by several models, each as it answers alone', async () => {
    const second = (await example.ended((await example.train({ seed: 7 })).id)).modelId!
    const smiles = ['CCOc1ccccc1', 'c1ccccc1O', 'CCN']
    const resultId = await predicted(csvOf([...smiles, 'C1CC']), { also: [second] })
    const { rows, models } = await example.client.predictions.result({ resultId })
    expect(models.map(model => model.modelId)).toEqual([modelId, second])
    for (const [k, id] of [modelId, second].entries()) {
      const alone = await example.client.predictions.predict({ modelId: id, smiles })
      const values = rows.slice(0, 3).map(row => (k === 0 ? row.prediction : row.others[0]!.prediction))
      for (const [i, item] of alone.entries()) {
        expect(values[i]).toBeCloseTo(item.ok ? item.prediction.prediction : Number.NaN, 5)
      }
    }
    expect(rows[3]).toMatchObject({ prediction: null, others: [null] })
    const sorted = await example.client.predictions.result({ resultId, sort: 'prediction', modelIndex: 1 })
    const others = sorted.rows.slice(0, 3).map(row => row.others[0]!.prediction)
    expect(others).toEqual(others.toSorted((a, b) => a - b))
    const { ticket } = await example.client.system.prepareDownload({ what: 'prediction', id: resultId })
    const lines = (await text((await example.app.downloads.open(ticket)).stream)).split('\n')
    expect(lines[0]).toBe(
      'smiles,prediction,lower,upper,domain_distance,error,prediction_2,lower_2,upper_2,domain_distance_2',
    )
    expect(lines[1]!.split(',')).toHaveLength(10)
    await example.client.models.remove({ id: second })
  })

  it('groups its best rows by scaffold and by likeness', async () => {
    const resultId = await predicted(csvOf(['CCOc1ccccc1', 'COc1ccccc1', 'CCN', 'Cc1ccncc1', 'CCc1ccncc1', 'C1CC']))
    const scaffolds = await example.client.predictions.groups({ resultId, by: 'scaffold' })
    expect(scaffolds).toMatchObject({ rows: 5, total: 5 })
    const bySmiles = Object.fromEntries(scaffolds.groups.map(group => [group.smiles, group.lines.toSorted()]))
    expect(bySmiles).toEqual({ c1ccccc1: [2, 3], '': [4], c1ccncc1: [5, 6] })
    for (const group of scaffolds.groups) expect(group.best).toBeGreaterThanOrEqual(group.worst)
    const bests = scaffolds.groups.map(group => group.best)
    expect(bests).toEqual(bests.toSorted((a, b) => b - a))
    const clusters = await example.client.predictions.groups({ resultId, by: 'cluster', top: 4 })
    expect(clusters).toMatchObject({ rows: 4, total: 5 })
    expect(clusters.groups.flatMap(group => group.lines)).toHaveLength(4)
  })

  it('is saved as CSV, as an SD file and as a workbook that our own reader takes back', async () => {
    const resultId = await predicted('name,smiles,note\na,CCO,=SUM(A1)\n"b\n\nc",c1ccccc1O,<&>\nbad,C1CC,\n')
    const saved = async (format: 'csv' | 'sdf' | 'xlsx', more: object = {}): Promise<Buffer> => {
      const { ticket, fileName } = await example.client.predictions.export({ resultId, format, ...more })
      expect(fileName).toBe(`answers predictions.${format}`)
      return buffer((await example.app.downloads.open(ticket)).stream)
    }
    const safe = (await saved('csv', { sort: 'prediction', descending: true })).toString()
    expect(safe).toContain("'=SUM(A1)")
    const plain = (await saved('csv', { formulaSafe: false })).toString()
    expect(plain).toMatch(/^name,smiles,note,.*\na,CCO,=SUM\(A1\),/)
    const sdf = (await saved('sdf')).toString()
    expect(sdf.split('$$$$\n')).toHaveLength(4)
    expect(sdf).toContain('>  <prediction>\n')
    for (const format of ['sdf', 'xlsx'] as const) {
      const uploadId = await upload('', `back.${format}`)
      writeFileSync(path.join(example.workspace, `back.${format}`), await saved(format))
      const preview = await example.client.datasets.preview({ uploadId })
      expect(preview.columns).toEqual(expect.arrayContaining(['name', 'domain_distance']))
      const again = await example.client.predictions.predictFile({ modelId, uploadId })
      expect((await example.ended(again.jobId)).error).toBeNull()
      const pages = await Promise.all(
        [resultId, again.resultId].map(id => example.client.predictions.result({ resultId: id })),
      )
      const [one, two] = pages.map(page => page.rows.map(row => row.prediction?.toFixed(4) ?? null))
      expect(two).toEqual(one)
    }
  })
})

describe('beside a single prediction', { timeout: 120_000 }, () => {
  const smiles = 'CCOc1ccccc1'
  const ask = async (id: string, fallback: string[] = []) => {
    const [item] = await example.client.predictions.predict({ modelId: id, smiles: [smiles], fallback })
    if (!item?.ok) throw new Error('no prediction')
    return item.prediction
  }

  it('stands what each atom adds', async () => {
    const explained = await example.client.predictions.explain({ modelId, smiles: `${smiles}.Cl` })
    expect(explained).toMatchObject({ method: 'atom-hiding', smiles })
    const { contributions: c } = explained
    expect(c).toHaveLength(9)
    expect(explained.prediction).toBeCloseTo((await ask(modelId)).prediction, 5)
    // Atoms that cannot be told apart count the same: the two ortho and the two meta carbons.
    expect(c[4]).toBeCloseTo(c[8]!, 4)
    expect(c[5]).toBeCloseTo(c[7]!, 4)
    expect(Math.max(...c.map(Math.abs))).toBeGreaterThan(0)
    const broken = example.client.predictions.explain({ modelId, smiles: 'C1CC' })
    await expect(broken).rejects.toMatchObject(refused('ERR_2003'))
    const [svg] = await example.client.chemistry.depict({
      smiles: [explained.smiles],
      atomWeights: [c.map(value => Math.max(-1, Math.min(1, value)))],
      width: 200,
      height: 150,
      theme: 'light',
    })
    expect(svg).toContain('<svg')
  })

  it('stands a receipt of all that it rests on', async () => {
    const receipt = await example.client.predictions.receipt({ modelId, smiles })
    const prediction = await ask(modelId)
    const { card } = await example.client.models.get({ id: modelId })
    expect(receipt).toMatchObject({
      format: 'bindery-receipt-1',
      model: { id: modelId, sha256: card.files.model.sha256, endpoint: 'Ki', preset: 'smoke' },
      input: { smiles },
      prediction: prediction.prediction,
      interval: { level: 0.9, lower: prediction.lower, upper: prediction.upper },
      nearest: prediction.nearest,
      instead: null,
    })
    expect(-Math.log10(receipt.molar)).toBeCloseTo(receipt.prediction, 10)
  })

  it('stands what the predictor holds', async () => {
    await example.client.predictions.warm({ modelId })
    let status = await example.client.predictions.status()
    while (status.sessions === null) status = await example.client.predictions.status()
    expect(status).toMatchObject({ state: 'running', restarts: 0 })
    expect(status.sessions!.models.map(model => model.modelId)).toContain(modelId)
    expect(status.sessions!.misses).toBeGreaterThan(0)
  })

  it('stands which model gave it where the chosen one is unavailable, and why', async () => {
    const other = (await example.ended((await example.train()).id)).modelId!
    expect((await ask(other, [modelId])).answeredBy).toMatchObject({ modelId: other, instead: null })
    await example.reopen()
    writeFileSync(path.join(example.workspace, 'models', other, 'model.onnx'), 'something else')
    await expect(ask(other)).rejects.toMatchObject(refused('ERR_7003'))
    const instead = await ask(other, [modelId])
    expect(instead.prediction).toBe((await ask(modelId)).prediction)
    const why = { modelId: other, code: 'ERR_7003', message: expect.stringContaining('model.onnx') }
    expect(instead.answeredBy).toMatchObject({ modelId, instead: why })
    const resultId = await predicted(csvOf(['CCO']), { modelId: other, fallback: [modelId] })
    const { models } = await example.client.predictions.result({ resultId })
    expect(models).toMatchObject([{ modelId, instead: { modelId: other, code: 'ERR_7003' } }])
    // A whole-job error where none can.
    const uploadId = await upload(csvOf(['CCO']))
    const { jobId } = await example.client.predictions.predictFile({ modelId: other, uploadId })
    expect(await example.ended(jobId)).toMatchObject({ state: 'failed', error: { code: 'ERR_7003' } })
    // The question's own fault is nobody's to stand in for.
    const [broken] = await example.client.predictions.predict({ modelId, smiles: ['C1CC'], fallback: [other] })
    expect(broken).toMatchObject({ ok: false, error: { code: 'ERR_2003' } })
    await example.client.models.remove({ id: other })
    expect((await ask(other, [modelId])).answeredBy.instead).toMatchObject({ name: null, code: 'ERR_3003' })
  })
})
