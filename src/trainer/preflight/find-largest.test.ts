import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLargest } from './find-largest.ts'

test('finds a size that fits, within an eighth of the largest, in few questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 4_096 }), async (limit, to) => {
      const asked: number[] = []
      const fits = async (size: number) => {
        asked.push(size)
        return size <= limit
      }
      const found = await findLargest({ from: 16, to, fits })
      const best = Math.min(limit, to)
      expect(new Set(asked).size).toBe(asked.length)
      expect(Math.max(...asked)).toBeLessThanOrEqual(to)
      expect(asked.length).toBeLessThanOrEqual(12)
      if (best < Math.min(16, to)) expect(found).toBe(0)
      else {
        expect(found).toBeLessThanOrEqual(best)
        expect(found).toBeGreaterThanOrEqual(Math.floor((8 / 9) * best))
      }
    }),
  )
})
