import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeDomain } from '../recipes/domain/domain-file.ts'
import { autopsySchema } from '../shared/contract/autopsy.ts'
import { trainResultSchema } from '../shared/contract/jobs.ts'
import { type ModelCard, modelCardSchema } from '../shared/contract/models.ts'
import type { MetricLine, TrainerMessage } from '../shared/trainer-protocol.ts'
import { decodeCheckpoint } from './checkpoint.ts'
import {
  createRunFolder,
  type RunFolder,
  readLines,
  sha256Of,
  startTrainer,
  type TrainerProcess,
  trainToEnd,
} from './fixtures/run-folder.ts'

type Of<T extends TrainerMessage['type']> = Extract<TrainerMessage, { type: T }>
const cardOf = (folder: string): ModelCard =>
  modelCardSchema.parse(JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8')))

/** Every test starts processes, which takes long on a machine that is busy. */
const patient = { timeout: 90_000 }

describe('a trainer process', patient, () => {
  let run: RunFolder
  let trainer: TrainerProcess
  beforeAll(async () => {
    run = createRunFolder()
    trainer = await trainToEnd(run.folder)
  }, patient.timeout)

  it('trains, judges and exports, and ends with code 0', () => {
    const { folder, spec } = run
    const { result } = trainer.messages.at(-1) as Of<'completed'>
    trainResultSchema.parse(result)
    const card = cardOf(folder)
    expect(card.metrics).toEqual(result.metrics)
    expect(card.metrics.test.n).toBe(12)
    expect(card.split.train.length + card.split.validation.length + card.split.test.length).toBe(60)
    expect(card.settings).toMatchObject({ epochs: 4, members: 2, depth: 2 })
    expect(card.files.model.sha256).toBe(sha256Of(folder, 'model.onnx'))
    expect(card.files.domain.sha256).toBe(sha256Of(folder, 'domain.bin'))
    expect(card.application.runtime).toMatch(/^onnxruntime-node \d/)

    const domain = decodeDomain(readFileSync(path.join(folder, 'domain.bin')))
    const learned = [...card.split.train, ...card.split.validation].sort((a, b) => a - b)
    expect(domain.smiles).toEqual(learned.map(row => spec.rows.smiles[row]))
    // Both members' validation rows calibrate: nine each, disjoint.
    expect(card.conformal).toMatchObject({ level: 0.9, calibrationRows: 18 })
    expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  it('reports steps and epochs over all members, each once', () => {
    const lines = readLines<MetricLine>(run.folder, 'metrics.jsonl')
    const steps = (name: string) => lines.filter(line => line.name === name).map(line => line.step)
    // 39 training rows in batches of 8: five steps an epoch, four epochs, two members.
    expect(steps('train.loss')).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(steps('validation.rmse')).toEqual([5, 10, 15, 20, 25, 30, 35, 40])
    expect(new Set(lines.map(line => `${line.step} ${line.name}`)).size).toBe(lines.length)
    const progress = trainer.messages.filter(message => message.type === 'progress')
    expect(progress.map(message => message.progress.stage)).toEqual(
      expect.arrayContaining(['reading', 'training', 'exporting', 'evaluating', 'saving']),
    )
  })

  it('gives the same model for the same seed, another for another', async () => {
    const again = createRunFolder()
    const other = createRunFolder({ change: (_, spec) => Object.assign(spec, { seed: 43 }) })
    await Promise.all([trainToEnd(again.folder), trainToEnd(other.folder)])
    expect(sha256Of(again.folder, 'model.onnx')).toBe(sha256Of(run.folder, 'model.onnx'))
    expect(sha256Of(other.folder, 'model.onnx')).not.toBe(sha256Of(run.folder, 'model.onnx'))
  })

  it('learns from bounds but is not judged on them, and names a row without features', async () => {
    const { folder } = createRunFolder({
      change: (records, spec) => {
        for (let row = 0; row < 15; row++) spec.rows.bound[row] = -1
        Object.assign(records, { 20: null })
      },
    })
    await trainToEnd(folder)
    const card = cardOf(folder)
    for (let row = 0; row < 15; row++) expect(card.split.train).toContain(row)
    expect(card.parity.every(({ row }) => row >= 15)).toBe(true)
    const { train, validation, test } = card.split
    expect([...train, ...validation, ...test]).not.toContain(20)
    const log = readLines<{ message: string }>(folder, 'log.jsonl').map(line => line.message)
    expect(log).toContainEqual(expect.stringContaining('row 20 (C20) has no features'))
  })
})

describe('a trainer that is asked to stop', patient, () => {
  const long = { epochs: 2_000, patience: 10_000 }

  it('acknowledges a cancel at once, keeps the best weights and ends with code 0', async () => {
    const { folder } = createRunFolder({ settings: long })
    const trainer = startTrainer(folder)
    await until(() => lineCount(folder) > 50)
    const asked = performance.now()
    trainer.send({ type: 'cancel' })
    await trainer.next('acknowledged')
    const { code, signal } = await trainer.exit
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(2_000)
    expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'cancel', hasCheckpoint: true })
    const best = decodeCheckpoint(readFileSync(path.join(folder, 'checkpoint-best.bin')))
    expect(best.current?.best).toBeInstanceOf(Float32Array)
    expect(existsSync(path.join(folder, 'model.onnx'))).toBe(false)
    readLines(folder, 'metrics.jsonl')
  })

  it('obeys at any moment: starting, reading, training', async () => {
    for (const delayMs of [0, 60, 250]) {
      const { folder } = createRunFolder({ settings: long })
      const trainer = startTrainer(folder)
      await trainer.next('ready')
      await new Promise(resolve => setTimeout(resolve, delayMs))
      trainer.send({ type: 'cancel' })
      expect(await trainer.exit).toEqual({ code: 0, signal: null })
      expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'cancel' })
    }
  })

  it('pauses, and goes on to the model of an undisturbed run', async () => {
    const settings = { epochs: 40, patience: 100 }
    const [paused, undisturbed] = [createRunFolder({ settings }), createRunFolder({ settings })]
    const reference = trainToEnd(undisturbed.folder)
    const trainer = startTrainer(paused.folder)
    await until(() => lineCount(paused.folder) > 60)
    trainer.send({ type: 'pause' })
    expect((await trainer.exit).code).toBe(0)
    expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'pause', hasCheckpoint: true })
    await trainToEnd(paused.folder)
    await reference
    expect(sha256Of(paused.folder, 'model.onnx')).toBe(sha256Of(undisturbed.folder, 'model.onnx'))
  })

  it('saves on demand and goes on', async () => {
    const { folder } = createRunFolder({ settings: long })
    const trainer = startTrainer(folder)
    await trainer.next('progress')
    trainer.send({ type: 'saveNow' })
    const { file, step } = (await trainer.next('checkpointed')) as Of<'checkpointed'>
    expect(decodeCheckpoint(readFileSync(path.join(folder, file))).step).toBe(step)
    trainer.send({ type: 'cancel' })
    expect((await trainer.exit).code).toBe(0)
  })

  it('saves and ends when the host goes away', async () => {
    const { folder } = createRunFolder({ settings: long })
    const trainer = startTrainer(folder)
    await until(() => lineCount(folder) > 50)
    trainer.child.disconnect()
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    const [newest] = checkpoints(folder)
    expect(decodeCheckpoint(readFileSync(path.join(folder, newest!))).step).toBeGreaterThan(0)
  })

  it('saves and ends on SIGTERM', async () => {
    const { folder } = createRunFolder({ settings: long })
    const trainer = startTrainer(folder)
    await until(() => lineCount(folder) > 50)
    trainer.child.kill('SIGTERM')
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    expect(trainer.messages.at(-1)).toMatchObject({ type: 'stopped', by: 'pause', hasCheckpoint: true })
  })
})

describe('a trainer that is killed', patient, () => {
  it('loses nothing but time: the resumed run ends in the same bytes', async () => {
    const often = (_: unknown, spec: object) => Object.assign(spec, { checkpointEveryMs: 0 })
    const settings = { epochs: 12, patience: 100 }
    const undisturbed = createRunFolder({ settings })
    const killed = createRunFolder({ settings, change: often })
    const reference = trainToEnd(undisturbed.folder)
    // In the first member, in the second, and near the end; 4 lines a step.
    for (const lines of [100, 300, 460]) {
      const trainer = startTrainer(killed.folder)
      await until(() => lineCount(killed.folder) > lines)
      trainer.child.kill('SIGKILL')
      expect((await trainer.exit).signal).toBe('SIGKILL')
      expect(trainer.messages.map(message => message.type)).not.toContain('completed')
    }
    await trainToEnd(killed.folder)
    await reference
    expect(sha256Of(killed.folder, 'model.onnx')).toBe(sha256Of(undisturbed.folder, 'model.onnx'))
    const known = new Map<string, MetricLine['value']>()
    for (const { step, name, value } of readLines<MetricLine>(killed.folder, 'metrics.jsonl')) {
      if (name === 'itemsPerSecond' || name === 'dataWaitShare') continue
      // A step that was done twice was done the same way twice.
      expect(known.get(`${step} ${name}`) ?? value).toBe(value)
      known.set(`${step} ${name}`, value)
    }
    expect(checkpoints(killed.folder)).toHaveLength(2)
  })
})

describe('a run that cannot go on', patient, () => {
  /** On a machine that is busy a heartbeat may come behind it. */
  const lastWord = (trainer: TrainerProcess) => trainer.messages.findLast(({ type }) => type !== 'heartbeat')

  const failureOf = async (folder: string) => {
    const trainer = startTrainer(folder)
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    return (lastWord(trainer) as Of<'failed'>).error
  }
  const haltOf = async (folder: string) => {
    const trainer = startTrainer(folder)
    expect(await trainer.exit).toEqual({ code: 0, signal: null })
    const halted = lastWord(trainer) as Of<'halted'>
    expect(halted.type).toBe('halted')
    return halted
  }
  const autopsyOf = (folder: string) =>
    autopsySchema.parse(JSON.parse(readFileSync(path.join(folder, 'autopsy.json'), 'utf8')))

  it('says which compounds and which tensor made the loss non-finite', async () => {
    const { folder, spec } = createRunFolder({
      change: (records, { rows }) => {
        // A weight of NaN and an atomic mass that overflows: one row that is sure to be trained on.
        rows.bound[5] = -1
        records[5]!['graph.chemprop-v1'].atomMass[0] = Number.NaN
      },
    })
    const { error, hasCheckpoint } = await haltOf(folder)
    expect(error.code).toBe('ERR_6004')
    expect(error.message).toContain('first in input atom')
    expect(error.details?.compounds).toContain(spec.rows.smiles[5])
    const autopsy = autopsyOf(folder)
    expect(autopsy.firstBad).toEqual({ kind: 'input', name: 'atom' })
    expect(autopsy.items.find(item => item.row === 5)?.loss).toBeNull()
    expect(autopsy.items.filter(item => item.loss === null)).toHaveLength(1)
    const atoms = autopsy.inputs.find(({ name }) => name === 'atom')!
    expect(atoms.notFinite).toBe(1)
    expect(atoms.smallest).toBe(0)
    expect(autopsy.inputs.filter(({ notFinite }) => notFinite > 0)).toEqual([atoms])
    expect(
      autopsy.parameters.every(({ notFinite, smallest, largest }) => notFinite === 0 && smallest! <= largest!),
    ).toBe(true)
    // The curve ends in what is no number, at the step that was not committed.
    const lines = readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')
    const bad = lines.map(line => JSON.parse(line) as MetricLine).filter(({ value }) => value === null)
    expect(bad.map(({ name }) => name)).toContain('train.loss')
    expect(new Set(bad.map(({ step }) => step))).toEqual(new Set([autopsy.step]))
    // Everything before the step is kept: what goes on meets the same step again, and nothing else.
    expect(hasCheckpoint).toBe(true)
    expect(decodeCheckpoint(readFileSync(path.join(folder, checkpoints(folder)[0]!))).step).toBe(autopsy.step - 1)
    expect((await haltOf(folder)).error).toEqual(error)
    expect(autopsyOf(folder)).toEqual(autopsy)
  })

  it('names the node where finite inputs overflow', async () => {
    const { folder } = createRunFolder({
      change: (records, { rows }) => {
        rows.bound[5] = -1
        records[5]!['graph.chemprop-v1'].atomMass.fill(3e38)
      },
    })
    const { error } = await haltOf(folder)
    expect(error.code).toBe('ERR_6004')
    expect(error.details?.firstBadTensor).toMatch(/^node \w+ \[[\w, ]*\], \d+ of \d+$/)
    expect(autopsyOf(folder).firstBad.kind).toBe('node')
  })

  it('tells too few rows, settings out of range and a bug apart', async () => {
    const tooFew = createRunFolder({ rows: 20 })
    const settings = createRunFolder({ settings: { epochs: 0 } })
    const bug = createRunFolder({ change: (_, spec) => void spec.rows.smiles.pop() })
    const provider = createRunFolder({ change: (_, spec) => Object.assign(spec, { provider: 'abacus' }) })
    const errors = await Promise.all([tooFew, settings, bug, provider].map(run => failureOf(run.folder)))
    expect(errors.map(error => error.code)).toEqual(['ERR_6001', 'ERR_2001', 'ERR_1001', 'ERR_6006'])
    expect(readLines<{ message: string }>(bug.folder, 'log.jsonl').at(-1)!.message).toContain('at checkRows')
  })

  it('refuses a checkpoint of another configuration', async () => {
    const { folder, spec } = createRunFolder({ settings: { epochs: 2_000, patience: 10_000 } })
    const trainer = startTrainer(folder)
    await trainer.next('progress')
    trainer.send({ type: 'saveNow' })
    await trainer.next('checkpointed')
    trainer.send({ type: 'pause' })
    await trainer.exit
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...spec, seed: 7 }))
    const { code, message } = await failureOf(folder)
    expect(code).toBe('ERR_6005')
    expect(message).toMatch(/belongs to another run: seed was 42, this run has 7$/)
  })
})

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited 60 s for ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

function checkpoints(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => /^checkpoint-\d+\.bin$/.test(name))
    .sort()
    .reverse()
}

function lineCount(folder: string): number {
  const file = path.join(folder, 'metrics.jsonl')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}
