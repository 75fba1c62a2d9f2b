import { describe, expect, it } from 'vitest'
import { linear, niceTicks } from './scale.ts'
import { downsample, lowerBound, type Point, Series, smooth } from './series.ts'

describe('niceTicks', () => {
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [4.13, 9.87, 6, [5, 6, 7, 8, 9]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [5, 5, 4, [5]],
  ])('covers %d to %d in about %d steps', (min, max, count, ticks) => {
    expect(niceTicks(min, max, count)).toEqual(ticks)
  })
})

it('linear maps the ends to the ends and survives an empty range', () => {
  const map = linear([2, 4], [100, 0])
  expect([2, 3, 4].map(map)).toEqual([100, 50, 0])
  expect(linear([1, 1], [0, 10])(1)).toBe(0)
})

it('a series whose run went back to a checkpoint follows the new course', () => {
  const series = new Series()
  for (const [x, y] of [
    [1, 10],
    [2, 9],
    [3, 8],
    [2, 7],
    [3, 6],
  ] as const) {
    series.push(x, y)
  }
  const { xs, ys } = series.points()
  expect([[...xs], [...ys]]).toEqual([
    [1, 2, 3],
    [10, 7, 6],
  ])
})

describe('downsample', () => {
  it('keeps the spike of a million points and answers within 100 ms', () => {
    const series = new Series()
    for (let step = 0; step < 1_000_000; step++) series.push(step, step === 654_321 ? 50 : Math.sin(step / 1000))
    const run = (): Point[] => downsample(series.points(), { from: 0, to: 1_000_000, buckets: 600 })
    // The best of several runs: the machine may be busy with other tests.
    const fastestMs = Math.min(
      ...Array.from({ length: 8 }, () => {
        const started = performance.now()
        run()
        return performance.now() - started
      }),
    )
    expect(fastestMs).toBeLessThan(100)
    const points = run()
    expect(points.length).toBeLessThanOrEqual(1200)
    expect(points).toContainEqual({ x: 654_321, y: 50 })
    expect(points.every((point, index) => index === 0 || point.x > (points[index - 1]?.x ?? 0))).toBe(true)
  })

  it('gives few points back as they are, with one beyond each edge of the window', () => {
    const series = new Series()
    for (const x of [0, 1, 2, 3, 4, 5, 6]) series.push(x, x * x)
    const points = downsample(series.points(), { from: 2, to: 4, buckets: 50 })
    expect(points).toEqual([1, 2, 3, 4, 5].map(x => ({ x, y: x * x })))
  })
})

it('lowerBound finds the first value that is not below', () => {
  const values = Float64Array.of(1, 2, 2, 5)
  expect([0, 2, 3, 6].map(x => lowerBound(values, x))).toEqual([0, 1, 3, 4])
})

describe('smooth', () => {
  it('of a constant is the constant from the first point on', () => {
    expect([...smooth(Float64Array.of(3, 3, 3), 0.9)].every(value => Math.abs(value - 3) < 1e-12)).toBe(true)
  })

  it('weighs as the recursion says', () => {
    // By hand: m1 = 0.5·1, /0.5 = 1; m2 = 0.25 + 0.5·4 = 2.25, /0.75 = 3
    expect([...smooth(Float64Array.of(1, 4), 0.5)]).toEqual([1, 3])
  })

  it('passes over what is not a number and leaves its input alone', () => {
    const ys = Float64Array.of(2, Number.NaN, 2)
    expect([...smooth(ys, 0.5)]).toEqual([2, 2, 2])
    expect(ys[1]).toBeNaN()
  })
})
