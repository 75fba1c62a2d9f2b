import { expect, it } from 'vitest'
import { minimise } from './minimise.ts'

it("finds the minimum of Rosenbrock's valley, which is at (1, 1)", async () => {
  const rosenbrock = async ([x, y]: readonly number[]) => ({
    value: (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
    gradient: [-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)],
  })
  const found = await minimise(rosenbrock, [-1.2, 1], { maxEvaluations: 200, gradientTolerance: 1e-6, maxStep: 1 })
  expect(found.converged).toBe(true)
  expect(found.at[0]).toBeCloseTo(1, 5)
  expect(found.at[1]).toBeCloseTo(1, 5)
})

it('never takes a point where the function is not finite', async () => {
  const barrier = async ([x]: readonly number[]) => ({
    value: x! > 0 ? x! - Math.log(x!) : Number.POSITIVE_INFINITY,
    gradient: [1 - 1 / x!],
  })
  const found = await minimise(barrier, [5], { maxEvaluations: 100, gradientTolerance: 1e-8, maxStep: 10 })
  expect(found.at[0]).toBeCloseTo(1, 6)
})

it('stops at the limit of evaluations and says that it has not converged', async () => {
  const line = async ([x]: readonly number[]) => ({ value: x!, gradient: [1] })
  const found = await minimise(line, [0], { maxEvaluations: 7, gradientTolerance: 1e-8, maxStep: 1 })
  expect(found).toMatchObject({ evaluations: 7, converged: false })
})
