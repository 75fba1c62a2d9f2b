import { describe, expect, it } from 'vitest'
import { verdictKey } from './verdict.ts'
import { worstOf } from './worst-of.ts'

describe('worstOf', () => {
  it('looks at test compounds only and leaves its input in order', () => {
    const points = [
      { part: 'test' as const, measured: 6, predicted: 6.5 },
      { part: 'validation' as const, measured: 6, predicted: 9 },
      { part: 'test' as const, measured: 8, predicted: 6 },
      { part: 'test' as const, measured: 5, predicted: 6 },
    ]
    expect(worstOf(points, 2)).toEqual([points[2], points[3]])
    expect(points[0]?.predicted).toBe(6.5)
  })
})

describe('verdictKey', () => {
  const floors = (nearest: number | null, mean: number | null) => ({ nearest: { rmse: nearest }, mean: { rmse: mean } })

  it.each([
    [0.7, floors(1, 1.3), 'verdict.better'],
    [0.97, floors(1, 1.3), 'verdict.equal'],
    [1.2, floors(1, 1.3), 'verdict.worse'],
    [1.2, floors(null, 1.3), 'verdict.better'],
    [null, floors(1, 1.3), 'verdict.unknown'],
    [0.7, floors(null, null), 'verdict.unknown'],
  ])('a test RMSE of %d beside %j is %s', (rmse, baselines, key) => {
    expect(verdictKey(rmse, baselines)).toBe(key)
  })
})
