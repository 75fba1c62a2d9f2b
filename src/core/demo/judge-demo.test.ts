import { describe, expect, it } from 'vitest'
import type { TrainResult } from '../../shared/contract/jobs.ts'
import { judgeDemo } from './judge-demo.ts'

function resultWith(test: number | null, mean: number | null, nearest: number | null): TrainResult {
  const metrics = { n: 186, rmse: test, mae: test, r2: 0.8, pearson: 0.9, spearman: 0.9 }
  return {
    metrics: { validation: metrics, test: metrics },
    baselines: { mean: { rmse: mean }, nearest: { rmse: nearest } },
    epochs: 40,
    bestEpoch: 31,
    seconds: 60,
  }
}
const passed = (result: TrainResult) => judgeDemo(result, 0.35).map(check => check.passed)

describe('judgeDemo', () => {
  it('holds the test RMSE against the noise and both floors', () => {
    expect(passed(resultWith(0.524, 0.75, 0.75))).toEqual([true, true, true])
    expect(passed(resultWith(0.526, 0.76, 0.76))).toEqual([false, true, true])
    expect(passed(resultWith(0.5, 0.7, 1.0))).toEqual([true, false, true])
    expect(passed(resultWith(0.5, 1.2, 0.71))).toEqual([true, true, false])
  })

  it('fails a check whose figure is missing', () => {
    expect(passed(resultWith(null, 1, 1))).toEqual([false, false, false])
    expect(passed(resultWith(0.4, null, 1))).toEqual([true, false, true])
  })

  it('says what was compared', () => {
    expect(judgeDemo(resultWith(0.41, 1.17, 0.97), 0.35)[0]!.text).toBe(
      'test RMSE 0.410 ≤ 1.5 × the noise of the assay (0.350 → 0.525)',
    )
  })
})
