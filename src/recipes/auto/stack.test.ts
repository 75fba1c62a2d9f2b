import { expect, it } from 'vitest'
import { stackTwo } from './stack.ts'

const measured = Array.from({ length: 200 }, (_, i) => Math.sin(i))
const error = (frequency: number, size: number) => measured.map((y, i) => y + size * Math.cos(i * frequency))

it('weighs two models of independent errors by the inverse of their variances', () => {
  const { weight, winner, rmse } = stackTwo({ measured, first: error(1.7, 0.3), second: error(2.9, 0.6) })
  expect(winner).toBe('both')
  expect(weight).toBeCloseTo(0.6 ** 2 / (0.3 ** 2 + 0.6 ** 2), 1)
  expect(rmse.stacked).toBeLessThan(rmse.first)
  expect(rmse.first).toBeCloseTo(0.3 * Math.SQRT1_2, 2)
})

it('leaves the better model alone where the other one has nothing to add', () => {
  const good = error(1.7, 0.3)
  const worse = measured.map((y, i) => y + 3 * (good[i]! - y))
  expect(stackTwo({ measured, first: good, second: worse })).toMatchObject({ weight: 1, winner: 'first' })
  expect(stackTwo({ measured, first: worse, second: good })).toMatchObject({ weight: 0, winner: 'second' })
})

it('does not join two models for a gain that one fitted number has by chance', () => {
  const few = { measured: [1, 2, 3, 4], first: [1.1, 2.1, 2.9, 4.2], second: [1.3, 1.9, 3.1, 4.1] }
  expect(stackTwo(few).winner).not.toBe('both')
})

it('takes either of two equal models', () => {
  const same = error(1, 0.2)
  expect(stackTwo({ measured, first: same, second: same })).toMatchObject({ weight: 1, winner: 'first' })
})

it('refuses lists of different lengths', () => {
  expect(() => stackTwo({ measured: [1, 2], first: [1], second: [1, 2] })).toThrow('2, 1, 2')
})
