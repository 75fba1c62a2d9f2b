import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOrderedWork } from './ordered-work.ts'

it('takes results in the order of the inputs, whichever is done first, and holds no more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4), { maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      async (delays, inFlight) => {
        const taken: number[] = []
        let going = 0
        let most = 0
        const work = createOrderedWork<number, number>({
          inFlight,
          work: async position => {
            most = Math.max(most, ++going)
            await sleep(delays[position])
            going--
            return position
          },
          take: async position => {
            await sleep(0)
            taken.push(position)
          },
        })
        for (const position of delays.keys()) await work.push(position)
        await work.end()
        expect(taken).toEqual([...delays.keys()])
        expect(most).toBeLessThanOrEqual(inFlight)
      },
    ),
    { numRuns: 30 },
  )
})

it('ends with the first error, takes nothing behind it, and lets nobody wait for ever', async () => {
  const taken: number[] = []
  const work = createOrderedWork<number, number>({
    inFlight: 2,
    work: async position => {
      await sleep(position === 3 ? 1 : 5)
      if (position === 3) throw new Error('the third')
      return position
    },
    take: position => void taken.push(position),
  })
  const pushing = (async () => {
    for (let position = 0; position < 10; position++) await work.push(position)
  })()
  await expect(pushing).rejects.toThrow('the third')
  await expect(work.end()).rejects.toThrow('the third')
  expect(taken).toEqual([0, 1, 2])
})
