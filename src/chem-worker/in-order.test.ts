import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inOrder } from './in-order.ts'

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

it('gives every result once and in order, and never has more in work than it may', async () => {
  const delays = fc.array(fc.nat({ max: 3 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(delays, fc.integer({ min: 1, max: 5 }), async (list, width) => {
      let inWork = 0
      let most = 0
      const work = async ([i, delay]: [number, number]): Promise<number> => {
        most = Math.max(most, ++inWork)
        await new Promise(resolve => setTimeout(resolve, delay))
        inWork--
        return i
      }
      const results: number[] = []
      for await (const result of inOrder(each([...list.entries()]), work, width)) results.push(result)
      expect(results).toEqual([...list.keys()])
      expect(most).toBeLessThanOrEqual(width)
      if (list.length >= width) expect(most).toBe(width)
    }),
    { numRuns: 30 },
  )
})

it('fails with the first failure in order, and takes no more items', async () => {
  const begun: number[] = []
  const work = async (i: number): Promise<number> => {
    begun.push(i)
    if (i >= 2) throw new Error(`item ${i}`)
    return i
  }
  const results: number[] = []
  const all = async (): Promise<void> => {
    for await (const result of inOrder(each([0, 1, 2, 3, 4, 5, 6]), work, 3)) results.push(result)
  }
  await expect(all()).rejects.toThrow('item 2')
  expect(results).toEqual([0, 1])
  expect(begun).toEqual([0, 1, 2, 3, 4])
})
