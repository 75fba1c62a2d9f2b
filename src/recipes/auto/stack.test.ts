import { expect, it } from 'vitest'
import { randomNormal } from '../../tensor/random.ts'
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
  expect(stackTwo(few).winner).toBe('first')
})

it('takes the first of two equal models, right or wrong', () => {
  const same = error(1, 0.2)
  expect(stackTwo({ measured, first: same, second: same })).toMatchObject({ weight: 1, winner: 'first' })
  expect(stackTwo({ measured, first: measured, second: measured })).toMatchObject({ weight: 1, winner: 'first' })
})

it('costs next to nothing where the second is no better and rows are few', () => {
  // Errors with a correlation of 0.8, the second's a tenth larger, as of two good models of one assay. What the chosen weight truly costs
  // follows from the covariance: the rows it was chosen on take no part in that.
  const [correlation, larger] = [0.8, 1.1]
  const trueError = (weight: number) =>
    Math.sqrt(weight ** 2 + ((1 - weight) * larger) ** 2 + 2 * weight * (1 - weight) * correlation * larger)
  const trials = Array.from({ length: 400 }, (_, trial) => {
    const [a, b] = [1, 2].map(step => randomNormal({ seed: trial, stream: 'errors', step }, 60)) as [
      Float32Array,
      Float32Array,
    ]
    const first = [...a]
    const second = [...b].map((own, i) => larger * (correlation * a[i]! + Math.sqrt(1 - correlation ** 2) * own))
    return trueError(stackTwo({ measured: first.map(() => 0), first, second }).weight)
  })
  expect(trials.reduce((sum, value) => sum + value) / trials.length).toBeLessThan(1.002)
  expect(trials.filter(value => value > 1.03).length / trials.length).toBeLessThan(0.01)
})

it('refuses lists of different lengths', () => {
  expect(() => stackTwo({ measured: [1, 2], first: [1], second: [1, 2] })).toThrow('2, 1, 2')
})
