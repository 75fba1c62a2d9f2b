import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRecord } from '../chem/features/feature-record.ts'
import { FEATURE_PRESETS, type FeatureRecord } from '../chem/features/sections.ts'
import { tanimotoCounts } from '../chem/fingerprints/sparse-counts.ts'
import type { ModelCard } from '../shared/contract/models.ts'
import { trainedCard } from '../shared/contract/models.ts'
import { createRunFolder, trainToEnd } from '../trainer/fixtures/run-folder.ts'
import { PredictorProcess } from './fixtures/predictor-process.ts'
import { ModelCache } from './model-cache.ts'

const FINGERPRINT = 'morgan-count-r2-chiral'
const encode = (record: FeatureRecord) => encodeRecord(record, FEATURE_PRESETS['ligand-1'])

let model: { folder: string; records: readonly FeatureRecord[]; card: ModelCard; pX: readonly number[] }
let predictor: PredictorProcess

beforeAll(async () => {
  const { folder, records, spec } = createRunFolder()
  await trainToEnd(folder)
  const card = JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8')) as ModelCard
  model = { folder, records, card, pX: spec.rows.y }
  predictor = new PredictorProcess()
}, 90_000)
afterAll(() => predictor.child.disconnect())

describe('the predictor process', { timeout: 60_000 }, () => {
  it('answers what the trainer has evaluated, to the last bit', async () => {
    const { card, records, folder } = model
    const values = await predictor.values(
      folder,
      card.split.test.map(row => encode(records[row]!)),
    )
    const evaluated = card.parity.filter(({ part }) => part === 'test').map(({ predicted }) => predicted)
    expect(values.map(({ prediction }) => prediction)).toEqual(evaluated)
    for (const { prediction, lower, upper } of values) {
      expect(upper! - prediction).toBeCloseTo(card.conformal.halfWidth, 12)
      expect(prediction - lower!).toBeCloseTo(card.conformal.halfWidth, 12)
    }
  })

  it('names the nearest measured compounds and the distance to them', async () => {
    const { card, records, folder, pX } = model
    const learned = [...card.split.train, ...card.split.validation].sort((a, b) => a - b)
    const query = records[card.split.test[0]!]!
    const [value] = await predictor.values(folder, [encode(query)], 2)
    const expected = learned
      .map(row => ({ row, similarity: tanimotoCounts(query[FINGERPRINT], records[row]![FINGERPRINT]) }))
      .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
      .slice(0, 2)
    expect(value!.nearest).toEqual(
      expected.map(({ row, similarity }) => ({ smiles: `C${row}`, similarity, pX: pX[row]! })),
    )
    expect(value!.domainDistance).toBe(1 - expected[0]!.similarity)
    const [known] = await predictor.values(folder, [encode(records[learned[0]!]!)], 0)
    expect(known).toMatchObject({ domainDistance: 0, nearest: [] })
  })

  it('answers requests in order, the empty one too', async () => {
    const record = encode(model.records[0]!)
    const [none, one, many] = await Promise.all([
      predictor.values(model.folder, []),
      predictor.values(model.folder, [record]),
      predictor.values(model.folder, new Array<Uint8Array>(200).fill(record)),
    ])
    expect(none).toEqual([])
    expect(many).toHaveLength(200)
    for (const value of many) expect(value.prediction).toBeCloseTo(one[0]!.prediction, 5)
  })

  it('refuses a model whose files are not those of its card, and one that is not there', async () => {
    const record = encode(model.records[0]!)
    const damaged = (file: string) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'bindery-model-'))
      cpSync(model.folder, folder, { recursive: true })
      const bytes = readFileSync(path.join(folder, file))
      bytes[bytes.length - 3]! ^= 1
      writeFileSync(path.join(folder, file), bytes)
      return folder
    }
    expect(await predictor.failure(damaged('model.onnx'), [record])).toMatchObject({
      code: 'ERR_7003',
      details: { file: 'model.onnx' },
    })
    expect((await predictor.failure(damaged('domain.bin'), [record])).code).toBe('ERR_7003')
    const noCard = damaged('card.json')
    writeFileSync(path.join(noCard, 'card.json'), '{}')
    expect((await predictor.failure(noCard, [record])).code).toBe('ERR_7001')
    expect((await predictor.failure(path.join(tmpdir(), 'no-such-model'), [record])).code).toBe('ERR_7001')
    // It goes on serving.
    expect(await predictor.values(model.folder, [record])).toHaveLength(1)
  })

  it('leaves the row of a compound without a record without numbers', async () => {
    const record = encode(model.records[0]!)
    const answer = await predictor.ask(model.folder, [null, record, null], 1)
    if (answer.type !== 'predicted') throw new Error('unreachable')
    expect(Array.from(answer.values, Number.isFinite)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0].map(Boolean))
    expect(answer.nearest.map(list => list.length)).toEqual([0, 1, 0])
  })

  it('tells what it holds and how often it had it', async () => {
    const other = new PredictorProcess()
    const record = encode(model.records[0]!)
    for (let i = 0; i < 3; i++) await other.values(model.folder, [record])
    while (other.stats === null) await new Promise(resolve => setTimeout(resolve, 10))
    // Told when it was loaded; the hits since are in the next heartbeat.
    expect(other.stats).toMatchObject({ models: [{ folder: model.folder }], misses: 1, evictions: 0 })
    other.child.disconnect()
    await other.exit
  })

  it('tells a damaged record as a bug and goes on', async () => {
    expect((await predictor.failure(model.folder, [new Uint8Array(12)])).code).toBe('ERR_1001')
    expect(await predictor.values(model.folder, [encode(model.records[1]!)])).toHaveLength(1)
  })

  it('ends with its host', async () => {
    const other = new PredictorProcess()
    await other.values(model.folder, [encode(model.records[0]!)])
    other.child.disconnect()
    expect(await other.exit).toMatchObject({ code: 0 })
  })
})

describe('the cache of models', { timeout: 60_000 }, () => {
  const copies = (count: number) =>
    Array.from({ length: count }, () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'bindery-model-'))
      for (const file of ['card.json', 'model.onnx', 'domain.bin'])
        cpSync(path.join(model.folder, file), path.join(folder, file))
      return folder
    })

  it('holds the three used last', async () => {
    const cache = new ModelCache()
    const [a, b, c, d] = copies(4) as [string, string, string, string]
    for (const folder of [a, b, c, a, d]) await cache.get(folder)
    expect(cache.folders).toEqual([d, a, c])
    expect(cache.stats).toMatchObject({ hits: 1, misses: 4, evictions: 1 })
    expect(await cache.get(a)).toBe(await cache.get(a))
    for (const folder of cache.folders) await cache.unload(folder)
    expect(cache.folders).toEqual([])
  })

  it('holds no more bytes than it may, but always the model in use', async () => {
    const [a, b] = copies(2) as [string, string]
    const cache = new ModelCache({ models: 3, bytes: 1_000 })
    await cache.get(a)
    const model = await cache.get(b)
    expect(cache.folders).toEqual([b])
    expect(model.session.outputNames).toContain('prediction')
    await cache.unload(b)
  })

  it('loads a model anew when its files have changed', async () => {
    const [folder] = copies(1) as [string]
    const cache = new ModelCache()
    const first = await cache.get(folder)
    const card = path.join(folder, 'card.json')
    writeFileSync(card, readFileSync(card, 'utf8').replace('"seed": 42', '"seed": 43'))
    const second = await cache.get(folder)
    expect(second).not.toBe(first)
    expect(trainedCard(second.card).seed).toBe(43)
    rmSync(folder, { recursive: true })
    await expect(cache.get(folder)).rejects.toMatchObject({ code: 'ERR_7001' })
    await cache.unload(folder)
  })
})
