/** Models made elsewhere through the API of the application, with its real child processes. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  linearWeights,
  type NetworkOptions,
  networkOnnx,
  type Stump,
  smallForeign,
  treesOnnx,
  WIDTH,
} from '../../../test/support/foreign-onnx.ts'
import type { ForeignCard, ForeignRequest } from '../../shared/contract/foreign.ts'
import type { Model } from '../../shared/contract/models.ts'
import type { Prediction } from '../../shared/contract/predictions.ts'
import { rawTensor, smallGraph } from '../../tensor/onnx/fixtures/small-onnx.ts'
import { DATASET, type ExampleWorkspace, openExample } from '../jobs/fixtures/example-workspace.ts'

interface Folded {
  smiles: string
  folded: { radius: number; width: number; chirality: boolean; bits: number[]; counts: [number, number][] }[]
}
/** Fingerprints by Python's RDKit. */
const folded = readFileSync(new URL('../../chem/fixtures/folded.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as Folded)
  .filter(({ smiles }) => !/[.@]/.test(smiles))
const fixtures = path.resolve(import.meta.dirname, '../../predictor/fixtures')

const BITS_1024 = { kind: 'morgan', radius: 2, bits: 1024, values: 'bits', chirality: false } as const
const AS_PX: Omit<ForeignRequest, 'uploadId'> = {
  fingerprint: BITS_1024,
  scale: { unit: 'pX', logarithm: false },
  endpoint: 'Ki',
  target: 'thrombin',
  measured: null,
  trainingDatasetId: null,
}

let example: ExampleWorkspace
beforeAll(async () => {
  example = await openExample()
}, 60_000)
afterAll(() => example.close())

let count = 0
async function uploadOf(bytes: Uint8Array): Promise<string> {
  const file = path.join(example.workspace, `model-${++count}.onnx`)
  writeFileSync(file, bytes)
  return example.app.uploads.register(file, path.basename(file))
}

interface Outcome {
  model: Model | null
  error: { code: string; details?: Record<string, unknown> | undefined; message: string } | null
  shares: number[]
}

async function attempt(bytes: Uint8Array, more: Partial<ForeignRequest> = {}): Promise<Outcome> {
  const uploadId = await uploadOf(bytes)
  const outcome: Outcome = { model: null, error: null, shares: [] }
  for await (const event of await example.client.registry.registerForeign({ ...AS_PX, ...more, uploadId })) {
    if (event.type === 'progress') outcome.shares.push(event.share)
    else if (event.type === 'taken') outcome.model = event.model
    else outcome.error = event.error as Outcome['error']
  }
  return outcome
}

async function register(bytes: Uint8Array, more: Partial<ForeignRequest> = {}): Promise<Model> {
  const { model, error } = await attempt(bytes, more)
  expect(error).toBeNull()
  return model!
}

async function cardOf({ id }: Model): Promise<ForeignCard> {
  const { card } = await example.client.models.get({ id })
  if (card.format !== 'bindery-foreign-1') throw new Error('another card')
  return card
}

async function predictWith({ id }: Model, smiles: string[], fallback: string[] = []): Promise<Prediction[]> {
  const items = await example.client.predictions.predict({ modelId: id, smiles, fallback })
  return items.map(item => {
    if (!item.ok) throw new Error(item.error.message)
    return item.prediction
  })
}

describe('a model made elsewhere', { timeout: 60_000 }, () => {
  it('gives what PyTorch gives, and says plainly what is not known of it', async () => {
    const { smiles, values } = JSON.parse(readFileSync(path.join(fixtures, 'torch-network.json'), 'utf8')) as {
      smiles: string[]
      values: number[]
    }
    const model = await register(readFileSync(path.join(fixtures, 'torch-network.onnx')))
    expect(model).toMatchObject({ origin: 'foreign', state: 'imported', recipe: 'foreign', testRmse: null })
    const answers = await predictWith(model, smiles)
    for (const [i, { prediction }] of answers.entries()) expect(prediction).toBeCloseTo(values[i]!, 5)
    expect(answers[0]).toMatchObject({ lower: null, upper: null, domainDistance: null, nearest: [] })
    const card = await cardOf(model)
    expect(card).toMatchObject({ measured: null, training: null, conformal: null, parity: [] })
    expect(card.producer).toMatch(/^pytorch/)
    expect(card.probes.map(({ name }) => name)).toEqual(['aspirin', 'caffeine', 'ibuprofen', 'imatinib'])
    expect(card.probes[0]!.pX).toBeCloseTo(values[0]!, 5)
    const receipt = await example.client.predictions.receipt({ modelId: model.id, smiles: smiles[0]! })
    expect(receipt).toMatchObject({ interval: null, domain: null })
    expect(receipt.model).toMatchObject({ recipe: 'foreign', featurePreset: 'morgan-r2-1024-bits', dataset: null })
  })

  it('may be an ensemble of trees', async () => {
    const stumps: Stump[] = Array.from({ length: 40 }, (_, k) => ({
      bit: (k * 97 + 5) % WIDTH,
      absent: -0.002 * k,
      present: 0.05 * k,
    }))
    const model = await register(treesOnnx(stumps, 6))
    const answers = await predictWith(
      model,
      folded.map(({ smiles }) => smiles),
    )
    for (const [i, { folded: variants }] of folded.entries()) {
      const bits = new Set(variants.find(fits({ radius: 2, width: 1024, chirality: false }))!.bits)
      const expected = stumps.reduce((sum, { bit, absent, present }) => sum + (bits.has(bit) ? present : absent), 6)
      expect(answers[i]!.prediction).toBeCloseTo(expected, 4)
    }
    expect((await cardOf(model)).operators).toEqual(['ai.onnx.ml:TreeEnsembleRegressor'])
  })

  it.each<[string, NetworkOptions, Partial<ForeignRequest['fingerprint']>]>([
    ['counts in float64', { dtype: 'float64', width: 2048 }, { bits: 2048, values: 'counts', radius: 3 }],
    ['one compound at a time', { batch: 1 }, {}],
    ['three compounds at a time, int64', { batch: 3, dtype: 'int64' }, { values: 'counts' }],
    ['chirality, a flat answer, int32', { dtype: 'int32', flat: true }, { chirality: true }],
  ])('may read %s', async (_, options, fingerprint) => {
    const input = { ...BITS_1024, ...fingerprint }
    const model = await register(networkOnnx(options), { fingerprint: input })
    const { weights, bias } = linearWeights(input.bits)
    const asked = folded.slice(0, 8)
    const answers = await predictWith(
      model,
      asked.map(({ smiles }) => smiles),
    )
    for (const [i, { folded: variants }] of asked.entries()) {
      const wanted = fits({ radius: input.radius, width: input.bits, chirality: input.chirality })
      const { bits, counts } = variants.find(wanted)!
      const pairs = input.values === 'counts' ? counts : bits.map(bit => [bit, 1] as const)
      const expected = pairs.reduce((sum, [bit, value]) => sum + weights[bit]! * value, bias)
      expect(answers[i]!.prediction).toBeCloseTo(expected, 4)
    }
  })

  it.each([
    ['nM', false, (value: number) => 9 - Math.log10(value)],
    ['uM', true, (value: number) => 6 - value],
    // R·T·ln 10 at 298.15 K is 1.3643 kcal/mol.
    ['kcal/mol', false, (value: number) => -value / 1.3643],
  ] as const)('may answer in %s, logarithm %s', async (unit, logarithm, expected) => {
    // Free energies of what binds are negative.
    const bytes = unit === 'kcal/mol' ? scaledNetwork(-1) : networkOnnx()
    const model = await register(bytes, { scale: { unit, logarithm } })
    const { weights, bias } = linearWeights(WIDTH)
    const asked = folded.slice(0, 4)
    const answers = await predictWith(
      model,
      asked.map(({ smiles }) => smiles),
    )
    for (const [i, { prediction }] of answers.entries()) {
      const { bits } = asked[i]!.folded.find(fits({ radius: 2, width: WIDTH, chirality: false }))!
      const value = bits.reduce((sum, bit) => sum + weights[bit]!, bias)
      expect(prediction).toBeCloseTo(expected(unit === 'kcal/mol' ? -value : value), 3)
    }
  })

  it('is judged and calibrated with measured compounds, and knows its domain from a training table', async () => {
    const { model, shares } = await attempt(networkOnnx(), { measured: { datasetId: DATASET, seen: 'no' } })
    expect(model).toMatchObject({ simulated: true })
    expect(shares.length).toBeGreaterThan(2)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    const card = await cardOf(model!)
    const { rows } = await example.client.datasets.rows({ id: DATASET, limit: 1000 })
    const exact = rows.filter(({ relation }) => relation === '=')
    expect(card.parity.map(({ row, measured }) => [row, measured])).toEqual(exact.map(row => [row.index, row.pX]))
    const answers = await predictWith(
      model!,
      exact.map(({ smiles }) => smiles),
    )
    const errors = exact.map(({ pX }, i) => Math.abs(pX - answers[i]!.prediction))
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
    expect(card.measured!.metrics.rmse).toBeCloseTo(rmse, 4)
    expect(model!.testRmse).toBeCloseTo(rmse, 4)
    expect(card.measured!.leftOut).toEqual({ bounds: 2, inTraining: 0 })
    // At least 90 % of those it was calibrated with lie inside, and the interval is one of their errors.
    const { quantile, calibrationRows } = card.conformal!
    expect(calibrationRows).toBe(exact.length)
    expect(errors.filter(error => error <= quantile + 1e-4).length / errors.length).toBeGreaterThanOrEqual(0.9)
    expect(Math.min(...errors.map(error => Math.abs(error - quantile)))).toBeLessThan(1e-4)
    expect(answers[0]!.upper! - answers[0]!.prediction).toBeCloseTo(quantile, 4)
    expect(card.measured!.coverage!.observed).toBeGreaterThan(0.8)
    // Measured compounds are shown beside it, but are no domain.
    const [asked] = await predictWith(model!, [exact[0]!.smiles])
    expect(asked).toMatchObject({ domainDistance: null, nearest: [{ similarity: 1 }, {}, {}] })

    const evaluation = await example.client.registry.evaluation({ id: model!.id })
    expect(evaluation.points).toHaveLength(exact.length)
    expect(evaluation.points[0]).toMatchObject({ similarity: null, nearest: [] })
    const verified = await example.client.registry.verify({ id: model!.id })
    expect(verified).toMatchObject({ state: 'verified', verification: { rows: exact.length } })
    expect(verified.verification!.largestDifference).toBeLessThan(1e-6)
  })

  it('has no interval where it has learned from the compounds, or where a training table holds them all', async () => {
    const seen = await register(networkOnnx(), { measured: { datasetId: DATASET, seen: 'yes' } })
    expect(seen.testRmse).toBeNull()
    expect((await cardOf(seen)).conformal).toBeNull()
    expect(await predictWith(seen, ['CCO'])).toMatchObject([{ lower: null, upper: null }])
    const trained = await register(networkOnnx(), { trainingDatasetId: DATASET })
    const { rows } = await example.client.datasets.rows({ id: DATASET, limit: 3 })
    const [known, strange] = await predictWith(trained, [rows[2]!.smiles, 'FC(F)(F)S'])
    expect(known).toMatchObject({ domainDistance: 0, lower: null, nearest: [{ similarity: 1 }, {}, {}] })
    expect(strange!.domainDistance).toBeGreaterThan(0.5)
    const { error } = await attempt(networkOnnx(), {
      trainingDatasetId: DATASET,
      measured: { datasetId: DATASET, seen: 'no' },
    })
    expect(error).toMatchObject({ code: 'ERR_6001', details: { inTraining: 148 } })
  })

  it('predicts tables, explains atoms, stands in for another, and leaves as the file that it came as', async () => {
    const bytes = networkOnnx()
    const model = await register(bytes, { name: 'Linear' })
    const file = path.join(example.workspace, 'asked.csv')
    writeFileSync(file, 'smiles\nCCO\nc1ccccc1O\nnothing(\n')
    const table = await example.app.uploads.register(file, 'asked.csv')
    const { jobId, resultId } = await example.client.predictions.predictFile({ modelId: model.id, uploadId: table })
    expect((await example.ended(jobId)).state).toBe('completed')
    const result = await example.client.predictions.result({ resultId })
    expect(result).toMatchObject({ total: 3, errors: 1 })
    const [ethanol] = await predictWith(model, ['CCO'])
    expect(result.rows[0]).toMatchObject({ lower: null, domainDistance: null, error: null })
    expect(result.rows[0]!.prediction).toBeCloseTo(ethanol!.prediction, 6)

    const explained = await example.client.predictions.explain({ modelId: model.id, smiles: 'CCO' })
    expect(explained.prediction).toBeCloseTo(ethanol!.prediction, 6)
    expect(explained.contributions).toHaveLength(3)
    expect(explained.contributions.some(value => value !== 0)).toBe(true)

    const other = await register(networkOnnx(), { name: 'Gone' })
    await example.client.models.remove({ id: other.id })
    const [instead] = await predictWith(other, ['CCO'], [model.id])
    expect(instead!.answeredBy).toMatchObject({
      modelId: model.id,
      instead: { modelId: other.id, code: 'ERR_3003' },
    })

    const { ticket, fileName } = await example.client.system.prepareDownload({ what: 'model', id: model.id })
    expect(fileName).toBe('Linear v1.onnx')
    expect(new Uint8Array(await buffer((await example.app.downloads.open(ticket)).stream))).toEqual(bytes)
    expect((await example.client.registry.log({ id: model.id }))[0]).toMatchObject({ action: 'registered' })
    expect(await example.client.registry.lineage({ id: model.id })).toMatchObject({ dataset: null, run: null })
    const comparison = await example.client.registry.compare({
      ids: [model.id, (await register(networkOnnx())).id],
    })
    expect(comparison).toMatchObject({ sameTest: false, commonRows: 0 })
  })

  it('is looked at before anything runs', async () => {
    const uploadId = await uploadOf(networkOnnx({ width: 2048 }))
    expect(await example.client.registry.lookAtForeign({ uploadId })).toMatchObject({
      producer: 'somebody',
      input: { name: 'x', width: 2048 },
      outputs: ['y'],
      operators: ['Gemm', 'Identity'],
    })
  })
})

const identity = (to = 'y') => ({ nodes: [{ op: 'Identity', inputs: ['x'], outputs: [to] }] })
const sumTo = (name: string) => ({
  op: 'ReduceMean',
  inputs: ['x'],
  outputs: [name],
  attributes: { axes: { ints: [1] } },
})

describe('what is refused', { timeout: 30_000 }, () => {
  it.each<[string, () => Uint8Array, string, string, Partial<ForeignRequest>?]>([
    ['a table', () => Buffer.from('smiles,pKi\nCCO,5\n'), 'ERR_7004', 'onnx.malformed'],
    ['half a model', () => networkOnnx().subarray(0, 2000), 'ERR_7004', 'onnx.malformed'],
    [
      'weights in another file',
      () =>
        smallForeign({
          nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
          rawTensors: [rawTensor({ name: 'w', dims: [WIDTH, 1], external: '../../etc/passwd' })],
        }),
      'ERR_7005',
      'onnx.externalData',
    ],
    [
      'an operator of somebody',
      () =>
        smallForeign({
          opsets: { '': 15, 'com.microsoft': 1 },
          nodes: [{ op: 'FusedGemm', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }],
        }),
      'ERR_7005',
      'onnx.domain',
    ],
    [
      'a graph within a graph',
      () => {
        const inner = smallGraph({ ...identity('inner'), inputs: [], outputs: [{ name: 'inner', shape: ['n', 1] }] })
        const branches = { then_branch: inner, else_branch: inner }
        return smallForeign({ nodes: [{ op: 'If', inputs: ['x'], outputs: ['y'], graphs: branches }] })
      },
      'ERR_7005',
      'onnx.control',
    ],
    [
      'random numbers',
      () => smallForeign({ nodes: [{ op: 'RandomNormalLike', inputs: ['x'], outputs: ['y'] }] }),
      'ERR_7005',
      'onnx.random',
    ],
    ['weights that are not numbers', () => broken(), 'ERR_7005', 'onnx.notANumber'],
    [
      'two inputs',
      () =>
        smallForeign({
          nodes: [{ op: 'Add', inputs: ['x', 'z'], outputs: ['y'] }],
          inputs: ['x', 'z'].map(name => ({ name, shape: ['n', WIDTH] })),
        }),
      'ERR_7005',
      'foreign.input',
    ],
    [
      'truth values as input',
      () => smallForeign({ ...identity(), inputs: [{ name: 'x', dtype: 'bool', shape: ['n', WIDTH] }] }),
      'ERR_7005',
      'foreign.input',
    ],
    ['another width', () => networkOnnx({ width: 2048 }), 'ERR_7005', 'foreign.width'],
    ['an output that is not there', () => networkOnnx(), 'ERR_7005', 'foreign.output', { output: 'z' }],
    ['many numbers a compound', () => smallForeign(identity()), 'ERR_7005', 'foreign.output'],
    [
      'a number that depends on the company',
      () =>
        smallForeign({
          nodes: [
            sumTo('s'),
            { op: 'ReduceMean', inputs: ['s'], outputs: ['m'], attributes: { axes: { ints: [0] } } },
            { op: 'Sub', inputs: ['s', 'm'], outputs: ['d'] },
            { op: 'Add', inputs: ['d', 'six'], outputs: ['y'] },
          ],
          tensors: [{ name: 'six', shape: [1], data: [6] }],
        }),
      'ERR_7005',
      'foreign.batch',
    ],
    ['numbers on another scale', () => scaledNetwork(1000), 'ERR_7005', 'foreign.scale'],
    [
      'an operator that there is not',
      () => smallForeign({ nodes: [{ op: 'Bewitch', inputs: ['x'], outputs: ['y'] }] }),
      'ERR_7005',
      'onnx.runtime',
    ],
    ['memory without end', () => greedy(), 'ERR_9003', 'inspect.memory'],
  ])('%s', async (_, bytes, code, rule, more) => {
    const before = (await example.client.models.list()).length
    const { error, model } = await attempt(bytes(), more)
    expect(model).toBeNull()
    expect(error).toMatchObject({ code, details: { rule } })
    expect((await example.client.models.list()).length).toBe(before)
  })

  it('several outputs without a name, another endpoint than the table, a model that is no Ki', async () => {
    const two = smallForeign({
      nodes: [sumTo('y'), sumTo('z')],
      outputs: ['y', 'z'].map(name => ({ name, shape: ['n', 1] })),
    })
    expect((await attempt(two)).error).toMatchObject({ code: 'ERR_2007', message: expect.stringContaining('y, z') })
    const { error } = await attempt(networkOnnx(), {
      endpoint: 'IC50',
      measured: { datasetId: DATASET, seen: 'unknown' },
    })
    expect(error).toMatchObject({ code: 'ERR_2001' })
    const model = await register(networkOnnx())
    await expect(example.client.jobs.refit({ modelId: model.id })).rejects.toMatchObject({ data: { code: 'ERR_4001' } })
  })
})

function scaledNetwork(factor: number): Uint8Array {
  return networkOnnx({
    after: (from, to) => ({
      nodes: [{ op: 'Mul', inputs: [from, 'k'], outputs: [to] }],
      tensors: [{ name: 'k', shape: [1], data: [factor] }],
    }),
  })
}

function broken(): Uint8Array {
  const bytes = networkOnnx()
  const weight = Buffer.alloc(4)
  weight.writeFloatLE(linearWeights(WIDTH).weights[7]!)
  const at = Buffer.from(bytes).indexOf(weight)
  const changed = Buffer.from(bytes)
  changed.writeFloatLE(Number.NaN, at)
  return changed
}

/** Each step doubles what it holds. */
function greedy(): Uint8Array {
  const steps = Array.from({ length: 24 }, (_, k) => ({
    op: 'Concat',
    inputs: [k === 0 ? 'x' : `c${k - 1}`, k === 0 ? 'x' : `c${k - 1}`],
    outputs: [`c${k}`],
    attributes: { axis: { i: 1 } },
  }))
  const last = { op: 'ReduceMean', inputs: ['c23'], outputs: ['y'], attributes: { axes: { ints: [1] } } }
  return smallForeign({ nodes: [...steps, last] })
}

function fits(wanted: { radius: number; width: number; chirality: boolean }) {
  return (each: Folded['folded'][number]) =>
    each.radius === wanted.radius && each.width === wanted.width && each.chirality === wanted.chirality
}
