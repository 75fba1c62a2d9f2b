import { expect, it } from 'vitest'
import { countKeys, type SparseCounts, tanimotoCounts } from '../../chem/fingerprints/sparse-counts.ts'
import { randomWords } from '../../tensor/random.ts'
import { plainGemm } from '../linear-algebra/gemm-engine.ts'
import { type LearningCurveTask, learningCurve } from './learning-curve.ts'

/** Fingerprints of ten keys out of thirty, and a value that is the sum of what each key adds. */
function compounds(count: number, seed: number): { fingerprints: SparseCounts[]; values: Float64Array } {
  const fingerprints = Array.from({ length: count }, (_, i) =>
    countKeys(randomWords({ seed, stream: 'keys', step: i }, 10).map(word => word % 30)),
  )
  const worth = (key: number): number => Math.sin(7 * key)
  const values = Float64Array.from(fingerprints, ({ keys, counts }) =>
    keys.reduce((sum, key, k) => sum + worth(key) * counts[k]!, 6),
  )
  return { fingerprints, values }
}

const learned = compounds(160, 1)
const test = compounds(60, 2)
const task: LearningCurveTask = {
  learned: learned.fingerprints,
  y: learned.values,
  test: test.fingerprints,
  measured: test.values,
  seed: 3,
}

it('falls with the compounds that are learned from, repeats, and tells how far it is', async () => {
  const told: string[] = []
  const points = await learningCurve(plainGemm, { ...task, beforeFit: (done, total) => told.push(`${done}/${total}`) })
  expect(points.map(({ rows }) => rows)).toEqual([20, 40, 80, 120, 160])
  expect(points.at(-1)!.rmse).toBeLessThan(0.75 * points[0]!.rmse)
  expect(points.at(-1)!.lowest).toBe(points.at(-1)!.highest)
  for (const { rmse, lowest, highest } of points) {
    expect(lowest).toBeLessThanOrEqual(rmse)
    expect(highest).toBeGreaterThanOrEqual(rmse)
  }
  expect(told).toEqual(Array.from({ length: 13 }, (_, i) => `${i}/13`))
  expect(await learningCurve(plainGemm, task)).toEqual(points)
})

it('is, with all compounds, better than the value of the nearest one', async () => {
  const points = await learningCurve(plainGemm, task)
  const errors = test.fingerprints.map((query, i) => {
    const similarities = learned.fingerprints.map(other => tanimotoCounts(query, other))
    const nearest = similarities.indexOf(Math.max(...similarities))
    return (test.values[i]! - learned.values[nearest]!) ** 2
  })
  const floor = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length)
  expect(points.at(-1)!.rmse).toBeLessThan(floor)
})

it('takes what there is where there is little, also where all values are equal', async () => {
  const few = { ...task, learned: task.learned.slice(0, 9), y: task.y.slice(0, 9) }
  expect((await learningCurve(plainGemm, few)).map(({ rows }) => rows)).toEqual([8, 9])
  const [point] = await learningCurve(plainGemm, { ...few, y: new Float64Array(9).fill(5) })
  const spread = Math.sqrt(test.values.reduce((sum, value) => sum + (value - 5) ** 2, 0) / test.values.length)
  expect(point!.rmse).toBeCloseTo(spread, 6)
})
