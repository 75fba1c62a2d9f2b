import { expect, it } from 'vitest'
import { randomNormal, randomPermutation } from '../../tensor/random.ts'
import { plainGemm } from '../linear-algebra/gemm-engine.ts'
import { scramble } from './scramble.ts'

/** Points on a line, whose labels are a smooth function of where they are. */
function line(rows: number, step: number) {
  const at = Float64Array.from(randomPermutation({ seed: 3, stream: 'line', step }, rows), i => i / rows)
  const noise = randomNormal({ seed: 3, stream: 'noise', step }, rows)
  return {
    inputs: [{ kind: 'radial', rows: [...at].map(x => Float32Array.of(4 * x)) }] as const,
    y: at.map((x, i) => 6 + Math.sin(6 * x) + 0.05 * noise[i]!),
  }
}

it('explains the test labels from the labels as they are, and nothing of them from scrambled ones', async () => {
  const learned = line(120, 1)
  const test = line(60, 2)
  const before = learned.y.slice()
  const told: number[] = []
  const result = await scramble(plainGemm, {
    ...learned,
    queries: test.inputs,
    measured: test.y,
    seed: 42,
    repeats: 4,
    beforeFit: done => told.push(done),
  })
  expect(result).toMatchObject({ recipe: 'tanimoto-gp', rows: 120 })
  expect(result.unscrambled.r2).toBeGreaterThan(0.95)
  expect(result.repeats).toHaveLength(4)
  for (const { r2, rmse } of result.repeats) {
    expect(r2).toBeLessThan(0.3)
    expect(rmse).toBeGreaterThan(3 * result.unscrambled.rmse!)
  }
  expect(new Set(result.repeats.map(({ rmse }) => rmse)).size).toBe(4)
  expect(told).toEqual([0, 1, 2, 3, 4])
  expect(learned.y).toEqual(before)
})
