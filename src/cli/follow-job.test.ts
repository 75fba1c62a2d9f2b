import { expect, it } from 'vitest'
import type { JobProgress } from '../shared/contract/jobs.ts'
import { describeProgress } from './follow-job.ts'

const progress = (given: Partial<JobProgress>): JobProgress => ({
  stage: 'training',
  done: 0,
  total: null,
  etaMs: null,
  epoch: null,
  epochs: null,
  ...given,
})

it.each([
  [
    progress({ epoch: 3, epochs: 40, done: 120, total: 1600, etaMs: 83_000 }),
    'training, epoch 3 of 40, 1 min 23 s left',
  ],
  [progress({ stage: 'reading', done: 105, total: 631 }), 'reading, 105 of 631'],
  [progress({ done: 0.1363577, total: 1 }), 'training, 13 %'],
  [progress({ stage: 'predicting', done: 512 }), 'predicting, 512'],
  [progress({ stage: 'evaluating' }), 'evaluating'],
])('tells progress %#', (given, expected) => {
  expect(describeProgress(given)).toBe(expected)
})
