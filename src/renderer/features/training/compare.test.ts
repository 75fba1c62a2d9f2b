import { describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/contract/jobs.ts'
import { configRows, figureRows, parseMarked, sameTest } from './compare.ts'

function run(train: Partial<Job['train']>, rmse: number | null = null): Job {
  const metrics = { n: 10, rmse, mae: null, r2: rmse === null ? null : 1 - rmse, pearson: null, spearman: null }
  return {
    datasetId: 'ds_000000000000',
    train: { datasetId: 'ds_000000000000', recipe: 'dmpnn', preset: 'production', seed: 1, settings: {}, ...train },
    result: rmse === null ? null : { metrics: { test: metrics, validation: metrics } },
  } as unknown as Job
}

it('marked runs are read from the address, each once', () => {
  expect(parseMarked('a,b,,a')).toEqual(['a', 'b'])
  expect(parseMarked(undefined)).toEqual([])
})

describe('figures', () => {
  it('point out the lowest error and the highest correlation', () => {
    const rows = figureRows([run({}, 0.8), run({}, 0.6), run({})])
    expect(rows.map(({ part, figure, values, best }) => [part, figure, values, best])).toEqual([
      ['test', 'rmse', [0.8, 0.6, null], 1],
      ['test', 'r2', [1 - 0.8, 1 - 0.6, null], 1],
      ['validation', 'rmse', [0.8, 0.6, null], 1],
      ['validation', 'r2', [1 - 0.8, 1 - 0.6, null], 1],
    ])
  })

  it('name no winner of a tie or of one', () => {
    expect(figureRows([run({}, 0.7), run({}, 0.7)])[0]!.best).toBe(-1)
    expect(figureRows([run({}, 0.7), run({})])[0]!.best).toBe(-1)
  })
})

it('runs have the same test where nothing that decides it differs', () => {
  expect(sameTest([run({ split: 'scaffold', seed: 1 }), run({ split: 'scaffold', seed: 1 })])).toBe(true)
  expect(sameTest([run({ split: 'scaffold', seed: 1 }), run({ split: 'scaffold', seed: 2 })])).toBe(false)
  expect(sameTest([run({ split: 'column', seed: 1 }), run({ split: 'column', seed: 2 })])).toBe(true)
  expect(sameTest([run({ split: 'column' }), run({ split: 'random' })])).toBe(false)
})

it('choices come with the important ones first, presets filled in', () => {
  const specs = [
    { name: 'patience', kind: 'int', default: 10 },
    { name: 'learningRate', kind: 'number', default: 1e-3 },
  ] as const
  const rows = configRows([run({ settings: { learningRate: 0.01 } }), run({ seed: 2 })], () => specs)
  expect(rows.map(({ key }) => key)).toEqual([
    'datasetId',
    'recipe',
    'preset',
    'split',
    'seed',
    'provider',
    'learningRate',
    'patience',
  ])
  expect(rows.filter(({ differs }) => differs).map(({ key, values }) => [key, values])).toEqual([
    ['seed', [1, 2]],
    ['learningRate', [0.01, 1e-3]],
  ])
})
