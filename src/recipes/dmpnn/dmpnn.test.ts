import { describe, expect, it } from 'vitest'
import { OrtSession } from '../../node/ort-session.ts'
import { TrainingSession } from '../../node/training-session.ts'
import { buildForward, exportModel } from '../../tensor/model-definition.ts'
import { optimiserScalars } from '../../tensor/optim/optimiser.ts'
import { initialiseTheta } from '../../tensor/parameters.ts'
import { buildTrainingStep } from '../../tensor/training-step.ts'
import type { GradientModel } from '../recipe.ts'
import { ensembleModel, ensembleTheta } from '../serving/ensemble.ts'
import { predictRecords, recordsInMemory } from '../serving/predict-records.ts'
import { batchSizes, columnOf } from './batch.ts'
import { naivePrediction } from './fixtures/naive-dmpnn.ts'
import { learnableValue, randomRecord, randomRecords } from './fixtures/random-records.ts'
import { createDmpnn } from './recipe.ts'
import { type DmpnnSettings, dmpnnSettings } from './settings.ts'

const tiny: DmpnnSettings = {
  ...dmpnnSettings.presets.smoke,
  hidden: 16,
  headHidden: 12,
  depth: 4,
  fingerprintColumns: 32,
  fingerprintDropout: 0,
  dropout: 0,
  emaDecay: 0,
}
const cpu = { provider: 'cpu', threads: 1 } as const

async function predict(model: GradientModel, theta: Float32Array, records = randomRecords(40)): Promise<Float32Array> {
  const session = await OrtSession.create(buildForward(model.evaluation).bytes, cpu)
  const weights = { theta: { dtype: 'float32', data: theta, dims: [theta.length] } } as const
  const run = (batch: object) => session.runArrays({ ...batch, ...weights })
  const { prediction } = await predictRecords(model, recordsInMemory(records), { run, outputs: ['prediction'] })
  await session.release()
  return prediction
}

describe('dmpnn forward pass', () => {
  it.each([
    ['with a fingerprint', tiny],
    ['alone', { ...tiny, fingerprintColumns: 0, depth: 2, aggregationNorm: 100 }],
  ])('agrees with a naive implementation, one molecule at a time, %s', async (_, settings) => {
    const model = createDmpnn(settings)
    const specs = model.evaluation.parameters
    // Biases too are drawn, so that a bias that leaks through padding shows.
    const theta = initialiseTheta(
      specs.map(spec => ({ ...spec, initialiser: { kind: 'normal', deviation: 0.3 } })),
      3,
    )
    const records = randomRecords(40)
    const predicted = await predict(model, theta, records)
    for (const [i, record] of records.entries()) {
      const expected = naivePrediction(record, settings, { specs, theta })
      expect(Math.abs(predicted[i]! - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)))
    }
  })

  it('does not depend on which molecules share a batch', async () => {
    const model = createDmpnn(tiny)
    const theta = initialiseTheta(model.evaluation.parameters, 5)
    const records = randomRecords(40)
    const together = await predict(model, theta, records)
    for (const i of [0, 7, 39]) {
      const [alone] = await predict(model, theta, [records[i]!])
      expect(alone).toBeCloseTo(together[i]!, 5)
    }
  })

  it('takes a molecule of one atom and a batch of one', async () => {
    const single = Array.from({ length: 200 }, (_, i) => randomRecord(i)).find(
      record => record['graph.chemprop-v1'].atomCount === 1,
    )!
    const model = createDmpnn(tiny)
    const theta = initialiseTheta(model.evaluation.parameters, 5)
    const [value] = await predict(model, theta, [single])
    expect(value).toBeCloseTo(naivePrediction(single, tiny, { specs: model.evaluation.parameters, theta }), 5)
  })
})

describe('batches', () => {
  it('repeat their shapes', () => {
    const records = randomRecords(320)
    const shapes = Array.from({ length: 10 }, (_, i) => {
      const slice = records.slice(32 * i, 32 * i + 32)
      return JSON.stringify(batchSizes(slice.map(r => ({ graph: r['graph.chemprop-v1'], fingerprints: [] }))))
    })
    expect(new Set(shapes).size).toBeLessThan(8)
  })

  it('leave the records alone', () => {
    const records = randomRecords(8)
    const before = structuredClone(records)
    const model = createDmpnn({ ...tiny, dropout: 0.5 })
    const labels = { values: records.map(() => 0), bounds: records.map(() => 0) }
    model.assembleTraining(records, labels, { seed: 1, member: 0, step: 1 })
    expect(records).toEqual(before)
  })

  it('spread the keys of all fingerprints over the columns', () => {
    // Packed codes that differ in their upper bits only, as those of atom pairs do.
    const keys = Array.from({ length: 2_000 }, (_, i) => i << 12)
    const used = (kind: number) => new Set(keys.map(key => columnOf(key, kind, 4096)))
    // 2,000 balls in 4,096 boxes leave 1,582 boxes used on average, with a standard deviation of about 15.
    expect(Math.abs(used(0).size - 1582)).toBeLessThan(60)
    expect(keys.filter(key => columnOf(key, 0, 4096) === columnOf(key, 1, 4096)).length).toBeLessThan(8)
    expect([columnOf(864662311, 0, 4096), columnOf(864662311, 2, 4096)]).toEqual([3052, 2493])
  })

  it('draw dropout by seed, member and step alone', () => {
    const model = createDmpnn({ ...tiny, dropout: 0.5 })
    const records = randomRecords(8)
    const labels = { values: records.map(() => 0), bounds: records.map(() => 0) }
    const mask = (seed: number, member: number, step: number) => [
      ...model.assembleTraining(records, labels, { seed, member, step }).headDropout!.data,
    ]
    expect(mask(1, 0, 1)).toEqual(mask(1, 0, 1))
    expect(mask(1, 0, 1)).not.toEqual(mask(1, 0, 2))
    expect(mask(1, 0, 1)).not.toEqual(mask(1, 1, 1))
    expect(mask(1, 0, 1)).not.toEqual(mask(2, 0, 1))
  })
})

describe('training', { timeout: 60_000 }, () => {
  const records = randomRecords(32)
  const values = records.map(learnableValue)
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const standardised = values.map(v => (v - mean) / 0.7)

  async function train(model: GradientModel, labels: { values: number[]; bounds: number[] }, steps: number) {
    const theta = initialiseTheta(model.training.parameters, 1)
    const session = await TrainingSession.create({ step: buildTrainingStep(model.training), state: { theta }, ...cpu })
    const losses: number[] = []
    for (let step = 1; step <= steps; step++) {
      const batch = model.assembleTraining(records, labels, { seed: 1, member: 0, step })
      const scalars = {
        ...optimiserScalars(model.training.optimiser, { step, learningRate: 5e-3 }),
        lossScale: 1 / records.length,
        emaDecay: 0.9,
      }
      losses.push((await session.run({ batch, scalars })).loss)
    }
    const state = await session.readState()
    await session.dispose()
    return { losses, theta: state.theta! }
  }

  it('overfits 32 molecules', async () => {
    const exact = { values: standardised, bounds: records.map(() => 0) }
    const { losses } = await train(createDmpnn({ ...tiny, hidden: 48, headHidden: 48, weightDecay: 0 }), exact, 250)
    expect(losses[0]).toBeGreaterThan(0.3)
    expect(losses.at(-1)).toBeLessThan(1e-3)
  })

  it('follows one curve for one seed', async () => {
    const exact = { values: standardised, bounds: records.map(() => 0) }
    const model = createDmpnn({ ...tiny, dropout: 0.3, emaDecay: 0.9 })
    const first = await train(model, exact, 12)
    const second = await train(model, exact, 12)
    expect(second.losses).toEqual(first.losses)
    expect(second.theta).toEqual(first.theta)
  })

  it('learns from bounds on one side only', async () => {
    // "Below −3" for every second molecule, though all labels say 0: the model must go below there and stay at 0 elsewhere.
    const bounds = records.map((_, i) => (i % 2 === 0 ? -1 : 0))
    const labels = { values: records.map((_, i) => (i % 2 === 0 ? -3 : 0)), bounds }
    const model = createDmpnn({ ...tiny, hidden: 48, headHidden: 48, weightDecay: 0 })
    const { theta, losses } = await train(model, labels, 150)
    expect(losses.at(-1)).toBeLessThan(0.02)
    const predicted = await predict(model, theta, records)
    for (const [i, bound] of bounds.entries()) {
      if (bound === -1) expect(predicted[i]).toBeLessThan(-2.6)
      else expect(Math.abs(predicted[i]!)).toBeLessThan(0.6)
    }
  })
})

describe('ensemble', () => {
  it('is the mean of its members in pX units, with their spread, in one self-contained model', async () => {
    const model = createDmpnn(tiny)
    const members = [0, 1, 2].map(k => ({
      theta: initialiseTheta(model.evaluation.parameters, k),
      labelMean: 6 + k / 10,
      labelSd: 1 + k / 10,
    }))
    const definition = ensembleModel(model.evaluation, members)
    const bytes = exportModel(definition, { theta: ensembleTheta(members), metadata: {} })
    const session = await OrtSession.create(bytes, cpu)
    const records = randomRecords(10)
    const outputs = ['prediction', 'spread'] as const
    const result = await predictRecords(model, recordsInMemory(records), {
      run: batch => session.runArrays(batch),
      outputs,
    })
    await session.release()
    const own = await Promise.all(members.map(member => predict(model, member.theta, records)))
    for (let i = 0; i < records.length; i++) {
      const values = members.map((member, k) => own[k]![i]! * member.labelSd + member.labelMean)
      const mean = values.reduce((a, b) => a + b, 0) / 3
      const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3)
      expect(result.prediction[i]).toBeCloseTo(mean, 5)
      expect(result.spread[i]).toBeCloseTo(spread, 5)
    }
  })
})
