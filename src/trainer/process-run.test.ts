/** Runs with a Gaussian process, alone and joined with networks, in real trainer processes. */
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRecord } from '../chem/features/feature-record.ts'
import { PredictorProcess } from '../predictor/fixtures/predictor-process.ts'
import { type Domain, decodeDomain } from '../recipes/domain/domain-file.ts'
import { sectionsOf } from '../recipes/feature-presets.ts'
import { rmse } from '../recipes/metrics/regression.ts'
import { decodeKernelFile } from '../recipes/serving/kernel-file.ts'
import { TERMS } from '../recipes/tanimoto-gp/process-plan.ts'
import { trainResultSchema } from '../shared/contract/jobs.ts'
import { type ModelCard, modelCardSchema } from '../shared/contract/models.ts'
import type { MetricLine, TrainerMessage } from '../shared/trainer-protocol.ts'
import {
  createRunFolder,
  type RunFolder,
  readLines,
  sha256Of,
  startTrainer,
  trainToEnd,
} from './fixtures/run-folder.ts'

type Of<T extends TrainerMessage['type']> = Extract<TrainerMessage, { type: T }>
const cardOf = (folder: string): ModelCard =>
  modelCardSchema.parse(JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8')))
const domainOf = (folder: string): Domain => decodeDomain(readFileSync(path.join(folder, 'domain.bin')))
const logOf = (folder: string) => readLines<{ message: string }>(folder, 'log.jsonl').map(line => line.message)
const testOf = (card: ModelCard) => card.parity.filter(({ part }) => part === 'test')

/** Every test starts processes, which takes long on a machine that is busy. */
const patient = { timeout: 90_000 }
let predictor: PredictorProcess
beforeAll(() => {
  predictor = new PredictorProcess()
})
afterAll(() => predictor.child.disconnect())

/** What the predictor answers for the test rows, beside what the trainer has written into the card. */
async function servedTest({ folder, records, spec }: Pick<RunFolder, 'folder' | 'records' | 'spec'>) {
  const card = cardOf(folder)
  const encode = (row: number) => encodeRecord(records[row]!, sectionsOf(spec.featurePreset))
  return { card, values: await predictor.values(folder, card.split.test.map(encode)) }
}

describe('a Gaussian process in a trainer', patient, () => {
  let run: RunFolder
  let result: Of<'completed'>['result']
  beforeAll(async () => {
    run = createRunFolder({ recipe: 'tanimoto-gp', rows: 80 })
    const trainer = await trainToEnd(run.folder)
    result = (trainer.messages.at(-1) as Of<'completed'>).result
  }, patient.timeout)

  it('learns, and says all that the card and the result should', () => {
    const card = cardOf(run.folder)
    trainResultSchema.parse(result)
    expect(result).toMatchObject({ epochs: 0, bestEpoch: 0, metrics: card.metrics })
    expect(card).toMatchObject({
      recipe: 'tanimoto-gp',
      featurePreset: 'ligand-2',
      settings: { tuningRows: 200, folds: 4 },
      parts: [{ recipe: 'tanimoto-gp', weight: 1, boundsLeftOut: 0 }],
      conformal: { kind: 'scaled', level: 0.9 },
    })
    expect(card.metrics.test.rmse).toBeLessThan(0.7 * card.baselines.mean.rmse!)
    const { lower, upper } = card.metrics.test.intervals!.rmse!
    expect(lower).toBeLessThan(card.metrics.test.rmse!)
    expect(upper).toBeGreaterThan(card.metrics.test.rmse!)
    expect(card.metrics.test.kendall).toBeGreaterThan(0.4)
    for (const file of [card.files.model, card.files.domain, card.files.kernels!]) {
      expect(file.sha256).toBe(sha256Of(run.folder, file.name))
    }
  })

  it('learns from the validation rows too, and keeps what it compares with in their order', () => {
    const { split } = cardOf(run.folder)
    const learned = [...split.train, ...split.validation].sort((a, b) => a - b)
    expect(domainOf(run.folder).smiles).toEqual(learned.map(row => `C${row}`))
    const kept = decodeKernelFile(readFileSync(path.join(run.folder, 'kernels.bin')), TERMS)
    expect(kept.map(record => record['descriptors-1'])).toEqual(learned.map(row => run.records[row]!['descriptors-1']))
  })

  it('writes the likelihood of each evaluation, each once, and tells how far it is', () => {
    const lines = readLines<MetricLine>(run.folder, 'metrics.jsonl')
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['gp.negativeLogPosterior']))
    expect(lines.map(({ step }) => step)).toEqual(lines.map((_, i) => i + 1))
    expect(lines.at(-1)!.value).toBeLessThan(Number(lines[0]!.value))
    expect(logOf(run.folder)).toContainEqual(expect.stringMatching(/^tanimoto-gp: \d+ compounds, kernels morgan/))
  })

  it('is predicted with as it was judged, to the last bit, intervals included', async () => {
    const { card, values } = await servedTest(run)
    expect(values.map(({ prediction }) => prediction)).toEqual(testOf(card).map(({ predicted }) => predicted))
    const widths = values.map(({ lower, upper }) => (upper! - lower!) / 2)
    for (const [i, { halfWidth }] of testOf(card).entries()) expect(widths[i]).toBeCloseTo(halfWidth, 12)
    expect(new Set(widths.map(width => width.toFixed(6))).size).toBeGreaterThan(5)
  })

  it('is refused by the predictor where the kernels are not those of its card', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bindery-model-'))
    cpSync(run.folder, folder, { recursive: true })
    const file = path.join(folder, 'kernels.bin')
    const bytes = readFileSync(file)
    bytes[200]! ^= 1
    writeFileSync(file, bytes)
    expect(await predictor.failure(folder, [])).toMatchObject({ code: 'ERR_7003', details: { file: 'kernels.bin' } })
  })

  it('gives the same model for the same seed', async () => {
    const again = createRunFolder({ recipe: 'tanimoto-gp', rows: 80 })
    await trainToEnd(again.folder)
    expect(sha256Of(again.folder, 'model.onnx')).toBe(sha256Of(run.folder, 'model.onnx'))
    expect(sha256Of(again.folder, 'kernels.bin')).toBe(sha256Of(run.folder, 'kernels.bin'))
  })

  it('leaves out bounds, counts them, and does not learn from validation rows that the data set names', async () => {
    const part = (row: number) => ['train', 'train', 'train', 'validation', 'test'][row % 5]!
    const { folder } = createRunFolder({
      recipe: 'tanimoto-gp',
      rows: 80,
      change: (_, spec) => {
        spec.split = 'column'
        spec.rows.splitValue = spec.rows.y.map((_, row) => part(row))
        for (const row of [0, 1, 2]) spec.rows.bound[row] = 1
      },
    })
    await trainToEnd(folder)
    const card = cardOf(folder)
    expect(card.parts[0]!.boundsLeftOut).toBe(3)
    expect(logOf(folder)).toContain('tanimoto-gp leaves out 3 rows that are known as bounds only')
    const learned = card.split.train.filter(row => row > 2)
    expect(domainOf(folder).smiles).toEqual(learned.map(row => `C${row}`))
    expect(card.metrics.validation.n).toBe(16)
    expect(card.conformal.calibrationRows).toBe(16)
  })

  it('refuses more rows than it takes before anything is computed', async () => {
    const limited = (_: unknown, spec: object) => Object.assign(spec, { processRowLimit: 40 })
    const { folder } = createRunFolder({ recipe: 'tanimoto-gp', rows: 80, change: limited })
    const trainer = startTrainer(folder)
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    const { error } = trainer.messages.at(-1) as Of<'failed'>
    expect(error).toMatchObject({ code: 'ERR_5003', details: { limit: 40, rows: 64 } })
    expect(error.message).toContain('dmpnn')
    expect(readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8')).toBe('')
  })

  it('ends promptly and keeps nothing where it is cancelled while it fits', async () => {
    // Evaluations of the likelihood on 1,500 rows take far longer than the test waits for the first one.
    const settings = { tuningRows: 3_000 }
    const { folder } = createRunFolder({ recipe: 'tanimoto-gp', rows: 1_900, settings })
    const trainer = startTrainer(folder)
    await trainer.next('progress')
    await expect.poll(() => lineCount(folder), { timeout: 60_000, interval: 5 }).toBeGreaterThan(0)
    const asked = performance.now()
    trainer.send({ type: 'cancel' })
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(2_000)
    expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'cancel', hasCheckpoint: false })
    expect(existsSync(path.join(folder, 'card.json'))).toBe(false)
  })
})

describe('auto in a trainer', patient, () => {
  /** Nothing but noise for the process to compare by, so that only the graph tells. */
  const blindfold = (records: RunFolder['records']) => {
    const [first] = records
    for (const record of records) {
      for (const { section } of TERMS) Object.assign(record, { [section]: first![section] })
    }
  }

  it('joins both by their errors on unseen rows, in one model', async () => {
    // Each knows what the other cannot see: the network the graph, the process a number of its own.
    const run = createRunFolder({
      recipe: 'auto',
      rows: 200,
      settings: { epochs: 50, patience: 100, fingerprintColumns: 0 },
      change: (records, spec) => {
        blindfold(records)
        for (const [row, record] of records.entries()) {
          const hidden = Math.sin(row * 7)
          Object.assign(record, { 'descriptors-1': Float32Array.of(hidden) })
          spec.rows.y[row]! += 1.2 * hidden
        }
      },
    })
    await trainToEnd(run.folder)
    const { card, values } = await servedTest(run)
    expect(values.map(({ prediction }) => prediction)).toEqual(testOf(card).map(({ predicted }) => predicted))
    const [process, network] = card.parts
    expect([process!.recipe, network!.recipe]).toEqual(['tanimoto-gp', 'dmpnn'])
    expect(process!.weight + network!.weight).toBe(1)
    expect(process!.weight).toBeGreaterThan(0.1)
    expect(network!.weight).toBeGreaterThan(0.1)
    expect(card.conformal.kind).toBe('scaled')
    expect(logOf(run.folder)).toContainEqual(expect.stringMatching(/both together .* % tanimoto-gp and .* % dmpnn$/))
    const parity = testOf(card)
    expect(card.metrics.test.rmse).toBe(
      rmse(
        parity.map(({ measured }) => measured),
        parity.map(({ predicted }) => predicted),
      ),
    )
    const names = new Set(readLines<MetricLine>(run.folder, 'metrics.jsonl').map(({ name }) => name))
    expect([...names]).toEqual(expect.arrayContaining(['gp.negativeLogPosterior', 'train.loss', 'validation.rmse']))
  })

  it('keeps only the network where the process knows nothing, and needs no kernels then', async () => {
    const settings = { epochs: 25, patience: 100, fingerprintColumns: 0, outOfFold: true }
    const run = createRunFolder({ recipe: 'auto', rows: 240, settings, change: blindfold })
    await trainToEnd(run.folder)
    const { card, values } = await servedTest(run)
    // Each of the two networks left out an eighth of its own.
    expect(card.conformal.calibrationRows).toBe(2 * card.metrics.validation.n)
    expect(card.parts.map(({ recipe, weight }) => [recipe, weight])).toEqual([
      ['tanimoto-gp', 0],
      ['dmpnn', 1],
    ])
    expect(card.files.kernels).toBeUndefined()
    expect(card.conformal.kind).toBe('absolute')
    expect(values.map(({ prediction }) => prediction)).toEqual(testOf(card).map(({ predicted }) => predicted))
    expect(logOf(run.folder)).toContainEqual(expect.stringContaining('the model is dmpnn alone'))
  })

  it('trains the network alone where there are too many rows for a process, and says so', async () => {
    const limited = (_: unknown, spec: object) => Object.assign(spec, { processRowLimit: 30 })
    const run = createRunFolder({ recipe: 'auto', change: limited })
    await trainToEnd(run.folder)
    expect(cardOf(run.folder).parts).toMatchObject([{ recipe: 'dmpnn', weight: 1 }])
    expect(logOf(run.folder)).toContain('tanimoto-gp is left out: it learns from at most 30 compounds, got 48')
  })

  it('goes on after a pause to the model of an undisturbed run', async () => {
    const settings = { epochs: 40, patience: 100 }
    const [paused, undisturbed] = [
      createRunFolder({ recipe: 'auto', settings }),
      createRunFolder({ recipe: 'auto', settings }),
    ]
    const reference = trainToEnd(undisturbed.folder)
    const trainer = startTrainer(paused.folder)
    await expect.poll(() => lineCount(paused.folder), { timeout: 60_000, interval: 5 }).toBeGreaterThan(120)
    trainer.send({ type: 'pause' })
    await trainer.exit
    expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'pause', hasCheckpoint: true })
    await trainToEnd(paused.folder)
    await reference
    expect(sha256Of(paused.folder, 'model.onnx')).toBe(sha256Of(undisturbed.folder, 'model.onnx'))
  })
})

function lineCount(folder: string): number {
  const file = path.join(folder, 'metrics.jsonl')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}
