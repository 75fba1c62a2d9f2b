import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  forge,
  HONEST_NODES,
  jsonOf,
  type Parts,
  reduceToOutputs,
  takeApart,
  withOnnx,
  zip,
} from '../../../test/support/passport-kit.ts'
import { forkNodeChild } from '../../node/node-fork.ts'
import type { ModelCard } from '../../shared/contract/models.ts'
import { MANIFEST_FILE, type PassportManifest } from '../../shared/passport.ts'
import type { ImportResult } from '../../shared/table-protocol.ts'
import { rawTensor, smallGraph } from '../../tensor/onnx/fixtures/small-onnx.ts'
import type { MessageWriter } from '../../tensor/onnx/protobuf.ts'
import { createRunFolder, trainToEnd } from '../../trainer/fixtures/run-folder.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { createEventBus } from '../system/event-bus.ts'
import { createDownloads, type DownloadService } from '../uploads/download-service.ts'
import { openUploads, type UploadService } from '../uploads/upload-service.ts'
import { createModels, type ModelService } from './create-models.ts'

let workspace: string
let store: Store
let uploads: UploadService
let downloads: DownloadService
let models: ModelService
/** Watches for memory and not for time, so that a slow machine tells the two apart. */
let patient: ModelService
/** Of a Gaussian process, as it was exported. */
let passport: Buffer
let parts: Parts
let modelId: string

const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as never

beforeAll(async () => {
  workspace = mkdtempSync(path.join(tmpdir(), 'bindery-passports-'))
  store = await openStore(workspace)
  uploads = await openUploads(path.join(workspace, 'uploads'))
  downloads = createDownloads()
  const deps = { workspace, host: 'cli', version: '1', fork: forkNodeChild } as const
  const datasets = { changed: () => undefined } as never
  models = createModels({ deps, log, store, events: createEventBus(), datasets, downloads, uploads })
  await models.sweep()
  const inspector = { memoryBytes: 500 * 1024 ** 2, silenceMs: 60_000 }
  const unheard = { deps, log, store, events: createEventBus(), datasets, downloads: createDownloads(), uploads }
  patient = createModels(unheard, { inspector })
  const { folder } = createRunFolder({ recipe: 'tanimoto-gp', rows: 80 })
  await trainToEnd(folder)
  store.run(
    `INSERT INTO datasets (id, name, state, kind, endpoint, file_name, size_bytes, created_at)
     VALUES ('ds_000000000001', 'random', 'importing', 'simulated', 'Ki', 'x.csv', 1, 1)`,
  )
  const adopted = await models.adopt({ runFolder: folder, jobId: 'job_000000000001', name: 'Thrombin Ki' })
  adopted.commit()
  modelId = adopted.id
  models.registry.describe(modelId, { licence: 'CC BY 4.0', note: 'first one' })
  passport = await exportIt(modelId)
  parts = await takeApart(passport)
}, 120_000)
afterAll(() => {
  store.close()
  rmSync(workspace, { recursive: true, force: true })
})

async function exportIt(id: string): Promise<Buffer> {
  const { ticket } = await downloads.prepare('model', id)
  return buffer((await downloads.open(ticket)).stream)
}

let count = 0
async function importIt(bytes: Uint8Array, signal?: AbortSignal, into = models) {
  const file = path.join(workspace, `received-${++count}.bindery-model`)
  writeFileSync(file, bytes)
  const uploadId = await uploads.register(file, path.basename(file))
  try {
    return models.find(await into.passports.import({ uploadId }, signal))
  } finally {
    await uploads.release(uploadId)
    rmSync(file)
  }
}

describe('an evaluation', { timeout: 60_000 }, () => {
  it('has the noise that the import found among replicates, and every row that the card judges', async () => {
    const card = JSON.parse(readFileSync(path.join(models.folder(modelId), 'card.json'), 'utf8')) as ModelCard
    const before = await models.evaluation(modelId)
    expect(before.noiseSd).toBeNull()
    const ascending = (points: readonly { row: number }[]) => points.map(({ row }) => row).toSorted((a, b) => a - b)
    expect(ascending(before.points)).toEqual(ascending(card.parity))
    // As the importer writes it.
    const summary = { noisePX: 0.31, noiseFreedom: 12 } satisfies Partial<ImportResult['summary']>
    store.run('UPDATE datasets SET summary = ?', [JSON.stringify(summary)])
    expect((await models.evaluation(modelId)).noiseSd).toBe(0.31)
  })
})

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('a learning curve', { timeout: 60_000 }, () => {
  it('is made on request, kept, and judged beside the figures of the card', async () => {
    const card = JSON.parse(readFileSync(path.join(models.folder(modelId), 'card.json'), 'utf8')) as ModelCard
    const model = models.find(modelId)
    expect(await models.learningCurves.find(model)).toBeNull()
    const events = await collect(models.learningCurves.make(model))
    const last = events.at(-1)!
    if (last.type !== 'made') throw new Error(JSON.stringify(last))
    const { curve } = last
    expect(curve.points.map(({ rows }) => rows)).toEqual(
      [0.125, 0.25, 0.5, 0.75, 1].map(share => Math.round(share * curve.learnedRows)),
    )
    expect(curve).toMatchObject({
      testRows: card.metrics.test.n,
      model: card.metrics.test.rmse,
      floors: { mean: card.baselines.mean.rmse, nearest: card.baselines.nearest.rmse },
    })
    expect(await models.learningCurves.find(model)).toEqual(curve)
  })

  it('stops with whoever listens', async () => {
    const before = await models.learningCurves.find(models.find(modelId))
    const stop = new AbortController()
    const events = models.learningCurves.make(models.find(modelId), stop.signal)
    await events.next()
    stop.abort()
    expect((await collect(events)).some(({ type }) => type === 'made')).toBe(false)
    expect(await models.learningCurves.find(models.find(modelId))).toEqual(before)
  })
})

describe('a passport', { timeout: 60_000 }, () => {
  it('is the same bytes for the same model, and holds all of it', async () => {
    expect(await exportIt(modelId)).toEqual(passport)
    expect([...parts.keys()]).toEqual([
      'passport.json',
      'card.json',
      'model.onnx',
      'domain.bin',
      'kernels.bin',
      'holdout.bin',
    ])
    for (const [name, bytes] of parts) {
      if (name !== MANIFEST_FILE) expect(readFileSync(path.join(models.folder(modelId), name))).toEqual(bytes)
    }
    expect(jsonOf<PassportManifest>(parts, MANIFEST_FILE)).toMatchObject({
      name: 'Thrombin Ki',
      version: 1,
      licence: 'CC BY 4.0',
    })
  })

  it('comes in as a model of its own that was seen to give the results of its card', async () => {
    const model = await importIt(passport)
    const card = jsonOf<ModelCard>(parts, 'card.json')
    expect(model).toMatchObject({
      name: 'Thrombin Ki',
      version: 1,
      isCurrent: true,
      state: 'verified',
      origin: 'passport',
      jobId: null,
      datasetId: null,
      licence: 'CC BY 4.0',
    })
    expect(model.verification).toMatchObject({ rows: card.split.test.length, largestDifference: 0 })
    expect(model.verification!.checks).toEqual(
      expect.arrayContaining(['archive', 'hashes', 'onnx', 'predictions', 'metrics']),
    )
    expect(models.registry.log(model.id).map(({ action }) => action)).toEqual(['imported', 'verified'])
    expect((await models.get(model.id)).card).toEqual(card)
    expect(await exportIt(model.id)).toEqual(passport)
    const exported = models.registry.log(modelId).findLast(({ action }) => action === 'exported')
    expect(model.fingerprint).toBe(exported!.detail.fingerprint)
  })

  it('is stopped while it comes in, and leaves nothing behind', async () => {
    const before = readdirSync(path.join(workspace, 'models')).sort()
    await expect(importIt(passport, AbortSignal.timeout(5))).rejects.toMatchObject({ code: 'ERR_4004' })
    expect(readdirSync(path.join(workspace, 'models')).sort()).toEqual(before)
  })

  it('can be verified again', async () => {
    await models.passports.verify(models.find(modelId))
    expect(models.find(modelId)).toMatchObject({ state: 'active', verification: { largestDifference: 0 } })
  })
})

/** Fields of the card that nobody else vouches for. */
const changedCard = (change: (card: ModelCard) => void) => () => zip(forge(parts, { card: change }))
const otherOnnx = (model: Parameters<typeof withOnnx>[1]) => () => zip(withOnnx(parts, model))
const weight = (tensor: MessageWriter) => otherOnnx({ rawTensors: [tensor] })
const firstInput = () => jsonOf<PassportManifest>(parts, MANIFEST_FILE).onnx.inputs[0]!.name

/** Graphs within graphs, as deep as asked. */
function nested(depth: number): MessageWriter {
  const inner = depth === 0 ? {} : { graphs: { then_branch: nested(depth - 1) } }
  return smallGraph({ nodes: [{ op: 'If', inputs: ['c'], outputs: ['y'], ...inner }], inputs: [], outputs: [] })
}

function deflated(): Buffer {
  const bomb = Buffer.alloc(50_000_000)
  const packed = deflateRawSync(bomb)
  const archive = zip(new Map([...parts, ['model.onnx', packed]]))
  // What the packer of a bomb writes: the method, and the size it grows to.
  const at = archive.lastIndexOf(Buffer.from('model.onnx')) - 46
  archive.writeUInt16LE(8, at + 10)
  archive.writeUInt32LE(bomb.length, at + 24)
  return archive
}

function flipped(name: string, distance = 0): Buffer {
  const changed = new Map(parts)
  const bytes = Buffer.from(parts.get(name)!)
  bytes[bytes.length - 1 - distance]! ^= 1
  return zip(changed.set(name, bytes))
}

interface Hostile {
  made: () => Buffer
  code: string
  rule?: string
  part?: string
  slow?: true
}

const HOSTILE: Record<string, Hostile> = {
  'cut off': { made: () => passport.subarray(0, passport.length - 500), code: 'ERR_7004', rule: 'passport.archive' },
  'no archive': { made: () => Buffer.from('%PDF-1.7 a report with more than twenty-two bytes'), code: 'ERR_7004' },
  empty: { made: () => Buffer.alloc(0), code: 'ERR_7004' },
  'a ZIP bomb': { made: deflated, code: 'ERR_7004', part: 'model.onnx' },
  'a directory that lies about a size': {
    made: () => {
      const changed = Buffer.from(passport)
      changed.writeUInt32LE(1 << 30, changed.lastIndexOf(Buffer.from('domain.bin')) - 46 + 24)
      return changed
    },
    code: 'ERR_7004',
    rule: 'passport.archive',
  },
  'an encrypted part': {
    made: () => {
      const changed = Buffer.from(passport)
      changed.writeUInt16LE(1, changed.lastIndexOf(Buffer.from('card.json')) - 46 + 8)
      return changed
    },
    code: 'ERR_7004',
    part: 'card.json',
  },
  'a path out of the folder': {
    made: () => zip(new Map([...parts, ['../../evil.json', Buffer.from('{}')]])),
    code: 'ERR_7004',
    part: 'directory',
  },
  'an extra file': { made: () => zip(new Map([...parts, ['run.sh', Buffer.from('#!/bin/sh')]])), code: 'ERR_7004' },
  'a part that is missing': {
    made: () => zip(new Map([...parts].filter(([name]) => name !== 'kernels.bin'))),
    code: 'ERR_7004',
    part: MANIFEST_FILE,
  },
  'a part that is missing everywhere but in the card': {
    made: () => {
      const less: Parts = new Map([...parts].filter(([name]) => name !== 'kernels.bin'))
      const kernels = jsonOf<ModelCard>(parts, 'card.json').files.kernels!
      return zip(
        forge(less.set(MANIFEST_FILE, withoutKernels(parts)), {
          card: card => {
            card.files.kernels = kernels
          },
        }),
      )
    },
    code: 'ERR_7003',
    part: 'kernels.bin',
  },
  'a manifest of megabytes': {
    made: () => zip(new Map([...parts, [MANIFEST_FILE, Buffer.alloc(2_000_000, 32)]])),
    code: 'ERR_2004',
    part: MANIFEST_FILE,
  },
  'a manifest of another format': {
    made: () => zip(forge(parts, { manifest: manifest => Object.assign(manifest, { format: 'bindery-passport-9' }) })),
    code: 'ERR_7004',
    part: MANIFEST_FILE,
  },
  'a bit of the domain': { made: () => flipped('domain.bin', 40), code: 'ERR_7003', part: 'domain.bin' },
  'a bit of the hold-out': { made: () => flipped('holdout.bin', 900), code: 'ERR_7003', part: 'holdout.bin' },
  'a bit of the card': { made: () => flipped('card.json', 2), code: 'ERR_7003', part: 'card.json' },
  'two parts that have changed places': {
    made: () =>
      zip(
        forge(parts, {
          files: new Map([
            ['domain.bin', parts.get('kernels.bin')!],
            ['kernels.bin', parts.get('domain.bin')!],
          ]),
        }),
      ),
    code: 'ERR_7004',
  },
  'a pickle for a model': {
    made: otherOnnx(
      Buffer.from('\x80\x04\x95\x17\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.', 'latin1'),
    ),
    code: 'ERR_7005',
    rule: 'onnx.malformed',
  },
  'weights in another file': {
    made: weight(rawTensor({ name: 'w', dims: [4], external: '../../../etc/passwd' })),
    code: 'ERR_7005',
    rule: 'onnx.externalData',
  },
  'weights that are not numbers': {
    made: weight(rawTensor({ name: 'w', dims: [1], raw: Uint8Array.of(0, 0, 0xc0, 0x7f) })),
    code: 'ERR_7005',
    rule: 'onnx.notANumber',
  },
  'a weight of a petabyte': {
    made: weight(rawTensor({ name: 'w', dims: [2 ** 25, 2 ** 25], raw: new Uint8Array(4) })),
    code: 'ERR_7005',
    rule: 'onnx.sizes',
  },
  'a weight with less than it says': {
    made: weight(rawTensor({ name: 'w', dims: [1000], raw: new Uint8Array(4) })),
    code: 'ERR_7005',
    rule: 'onnx.sizes',
  },
  'a length beyond the end': {
    made: otherOnnx(Uint8Array.of(8, 9, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1)),
    code: 'ERR_7005',
    rule: 'onnx.malformed',
  },
  'a custom operator': {
    made: otherOnnx({
      opsets: { '': 20, 'com.evil': 1 },
      nodes: [{ op: 'Shell', domain: 'com.evil', inputs: [], outputs: ['y'] }],
    }),
    code: 'ERR_7005',
    rule: 'onnx.domain',
  },
  "an operator of the runtime's maker": {
    made: otherOnnx({ nodes: [{ op: 'FusedMatMul', domain: 'com.microsoft', inputs: [], outputs: ['y'] }] }),
    code: 'ERR_7005',
    rule: 'onnx.domain',
  },
  'an operator that there is none of': {
    made: () =>
      zip(
        withOnnx(parts, {
          nodes: [...HONEST_NODES(firstInput()), { op: 'Reticulate', inputs: ['high'], outputs: ['y'] }],
        }),
      ),
    code: 'ERR_7005',
    rule: 'onnx.runtime',
  },
  'another operator set than declared': {
    made: otherOnnx({ opsets: { '': 17 } }),
    code: 'ERR_7005',
    rule: 'onnx.opset',
  },
  'other inputs than declared': {
    made: otherOnnx({ inputs: [{ name: 'smiles', shape: ['molecules', 8] }] }),
    code: 'ERR_7005',
    rule: 'onnx.ports',
  },
  'graphs in graphs without end': {
    made: otherOnnx({ nodes: [{ op: 'If', inputs: ['c'], outputs: ['y'], graphs: { then_branch: nested(500) } }] }),
    code: 'ERR_7005',
    rule: 'onnx.depth',
  },
  'a loop': {
    made: otherOnnx({ nodes: [{ op: 'Loop', inputs: ['n', ''], outputs: ['y'], graphs: { body: nested(0) } }] }),
    code: 'ERR_7005',
    rule: 'onnx.control',
  },
  'random numbers': {
    made: otherOnnx({
      nodes: [{ op: 'RandomNormal', inputs: [], outputs: ['y'], attributes: { shape: { ints: [2] } } }],
    }),
    code: 'ERR_7005',
    rule: 'onnx.random',
  },
  'a model of something else': {
    made: () => zip(forge(parts, { card: card => Object.assign(card.dataset, { sha256: 'f'.repeat(64) }) })),
    code: 'ERR_7005',
    rule: 'onnx.metadata',
  },
  'another model under this card': { made: otherOnnx({}), code: 'ERR_7006', rule: 'passport.results' },
  'a model that eats memory': {
    made: () =>
      zip(
        withOnnx(parts, {
          tensors: [
            { name: 'huge', dtype: 'int64', shape: [2], data: [16_000, 50_000] },
            { name: 'small', dtype: 'int64', shape: [1], data: [1] },
          ],
          nodes: [
            { op: 'Constant', inputs: [], outputs: ['first'], attributes: { value_ints: { ints: [0] } } },
            // From the input, so that nothing of it can be computed beforehand.
            { op: 'Slice', inputs: [firstInput(), 'first', 'small', 'small'], outputs: ['column'] },
            { op: 'Slice', inputs: ['column', 'first', 'small', 'first'], outputs: ['one'] },
            { op: 'Expand', inputs: ['one', 'huge'], outputs: ['grown'] },
            { op: 'Exp', inputs: ['grown'], outputs: ['more'] },
            ...reduceToOutputs('more'),
          ],
        }),
      ),
    code: 'ERR_9003',
    slow: true,
    rule: 'inspect.memory',
  },
  'a model that never ends': {
    made: () =>
      zip(
        withOnnx(parts, {
          tensors: [
            { name: 'square', dtype: 'int64', shape: [2], data: [3000, 3000] },
            { name: 'small', dtype: 'int64', shape: [1], data: [1] },
          ],
          nodes: [
            { op: 'Constant', inputs: [], outputs: ['first'], attributes: { value_ints: { ints: [0] } } },
            { op: 'Slice', inputs: [firstInput(), 'first', 'small', 'small'], outputs: ['column'] },
            { op: 'Slice', inputs: ['column', 'first', 'small', 'first'], outputs: ['one'] },
            { op: 'Expand', inputs: ['one', 'square'], outputs: ['m0'] },
            ...Array.from({ length: 2000 }, (_, i) => ({
              op: 'MatMul',
              inputs: [`m${i}`, 'm0'],
              outputs: [`m${i + 1}`],
            })),
            ...reduceToOutputs('m2000'),
          ],
        }),
      ),
    code: 'ERR_9002',
    rule: 'inspect.time',
  },
  'better figures': {
    made: changedCard(card => {
      card.metrics.test.rmse = card.metrics.test.rmse! * 0.9
    }),
    code: 'ERR_7006',
    part: 'card.json',
  },
  'a better rank correlation': {
    made: changedCard(card => {
      card.metrics.validation.spearman = 0.99
    }),
    code: 'ERR_7006',
  },
  'a worse floor to stand beside': {
    made: changedCard(card => {
      card.baselines.nearest.rmse = 3
    }),
    code: 'ERR_7006',
  },
  'a prettier parity plot': {
    made: changedCard(card => {
      for (const point of card.parity) if (point.part === 'test') point.predicted = point.measured
    }),
    code: 'ERR_7006',
  },
  'narrower intervals': {
    made: changedCard(card => {
      for (const point of card.parity) point.halfWidth /= 2
    }),
    code: 'ERR_7006',
  },
  'a test row that was trained on': {
    made: changedCard(card => {
      card.parity.find(({ part }) => part === 'test')!.row = card.split.train[0]!
    }),
    code: 'ERR_7006',
  },
  'a card with a field of its own': {
    made: changedCard(card => Object.assign(card, { run: 'curl evil' })),
    code: 'ERR_7004',
    part: 'card.json',
  },
}

function withoutKernels(from: Parts): Buffer {
  const manifest = jsonOf<PassportManifest>(from, MANIFEST_FILE)
  manifest.files = manifest.files.filter(({ role }) => role !== 'kernels')
  return Buffer.from(JSON.stringify(manifest))
}

describe('a passport that is not what it says', { timeout: 60_000 }, () => {
  it.each(Object.entries(HOSTILE))('is refused: %s', async (_, { made, code, rule, part, slow }) => {
    const before = readdirSync(path.join(workspace, 'models')).sort()
    const details = { ...(rule === undefined ? {} : { rule }), ...(part === undefined ? {} : { part }) }
    await expect(importIt(made(), undefined, slow ? patient : models)).rejects.toMatchObject({ code, details })
    // Nothing of it stays, and the host has not noticed.
    expect(readdirSync(path.join(workspace, 'models')).sort()).toEqual(before)
  })

  it('does no harm to the next one', async () => {
    expect(await importIt(passport)).toMatchObject({ state: 'verified' })
  })
})
