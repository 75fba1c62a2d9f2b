import { expect, test } from 'vitest'
import type { BatchProbe, ProbeProfile } from '../../shared/probe-profile.ts'
import type { TrainingPlan } from '../training/plan.ts'
import { chooseBatch, predictRun } from './predict-run.ts'

const MIB = 1024 ** 2
const probe = (batchSize: number, stepMs: number, mebibytes: number): BatchProbe => ({
  batchSize,
  stepMs,
  peakBytes: mebibytes * MIB,
})
const profile: ProbeProfile = {
  baseBytes: 100 * MIB,
  network: {
    batches: [probe(16, 10, 200), probe(48, 30, 264)],
    refused: [],
    assembleMs: 0.5,
    evaluateMs: 0.25,
    rowBytes: 16_384,
  },
  process: { tuningRows: 900, tuningMs: 4_000, pairMs: 1e-3, squareMs: 1e-4, cubeMs: 2e-7, peakBytes: 300 * MIB },
}
const plan = { batchSize: 32, epochs: 3, members: 2 } as TrainingPlan
const sizes = { rows: 1_500, train: 1_000, validation: 200, test: 300, process: 1_200 }

test('an epoch is its steps and its validation, a run all epochs of all members', () => {
  const { network, process, totalMs } = predictRun(profile, { plan, sizes })
  // 1,000 rows are 32 steps of 32 at most; 20 ms lies half way between 10 and 30.
  expect(network).toMatchObject({ batchSize: 32, stepsPerEpoch: 32, stepMs: 20, epochMs: 32 * 20 + 200 * 0.25 })
  expect(network!.totalMs).toBeCloseTo(2 * (3 * 690 + 200 * 0.5), 6)
  // Tuning compares 900²/2 pairs, the fit 1,200²/2, the test rows all.
  expect(process!.totalMs).toBeCloseTo(4_000 + 405 + 720 + 360 + 144 + 345.6, 6)
  expect(totalMs).toBeCloseTo(network!.totalMs + process!.totalMs, 6)
})

test('memory is what was measured and what grows with the rows', () => {
  const { network, process, peakBytes } = predictRun(profile, { plan, sizes })
  const rows = 1_500 * 5_500
  expect(network!.peakBytes).toBe(232 * MIB + 25 * MIB + rows + 200 * 16_384 + 4 * 1_200 ** 2)
  expect(process!.peakBytes).toBe(300 * MIB + 28 * 1_200 ** 2 + rows)
  expect(peakBytes).toBe(Math.max(network!.peakBytes, process!.peakBytes))
  // Validation batches above 128 MiB are made anew in every epoch instead of being kept.
  const many = { ...sizes, validation: 10_000 }
  const large = predictRun(profile, { plan, sizes: many }).network!
  expect(large.peakBytes).toBe(network!.peakBytes - 200 * 16_384)
  expect(large.totalMs).toBeCloseTo(2 * (3 * (640 + 2_500 + 5_000) + 5_000), 6)
})

test('says nothing of a batch size beyond those measured, nor of a part that is not trained', () => {
  expect(predictRun(profile, { plan: { ...plan, batchSize: 64 }, sizes }).network).toBeNull()
  expect(predictRun(profile, { plan: null, sizes }).network).toBeNull()
  expect(predictRun(profile, { plan, sizes: { ...sizes, process: 0 } }).process).toBeNull()
})

const limits = { longestStepMs: 250, memoryBytes: 1_000 * MIB, largestBatch: 4_096 }
test.each<[string, BatchProbe[], number[], Partial<typeof limits>, { batchSize: number; reason: string }]>([
  [
    'the smallest that is as fast as the best',
    [probe(16, 16, 1), probe(32, 20, 1), probe(64, 39, 1), probe(128, 80, 1)],
    [],
    {},
    { batchSize: 32, reason: 'fastest' },
  ],
  [
    'the largest within the time of a step',
    [probe(16, 100, 1), probe(32, 150, 1), probe(64, 260, 1)],
    [],
    {},
    { batchSize: 32, reason: 'step' },
  ],
  [
    'the largest within the memory',
    [probe(16, 10, 1), probe(32, 12, 900), probe(64, 14, 1_100)],
    [],
    {},
    { batchSize: 32, reason: 'memory' },
  ],
  [
    'the largest that could be allocated',
    [probe(16, 10, 1), probe(32, 12, 1)],
    [64],
    {},
    { batchSize: 32, reason: 'memory' },
  ],
  [
    'the largest that the data allow',
    [probe(16, 10, 1), probe(20, 11, 1)],
    [],
    { largestBatch: 20 },
    { batchSize: 20, reason: 'data' },
  ],
  ['the smallest where none fits', [probe(16, 300, 1), probe(32, 500, 1)], [], {}, { batchSize: 16, reason: 'slow' }],
])('chooses %s', (_, batches, refused, changed, expected) => {
  expect(chooseBatch({ batches, refused }, { ...limits, ...changed })).toEqual(expected)
})
