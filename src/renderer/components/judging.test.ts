import { describe, expect, it } from 'vitest'
import { verdictKey } from './verdict.ts'

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
