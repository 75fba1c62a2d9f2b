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

describe('a series', () => {
  const filled = (...points: readonly (readonly [number, number])[]): Series => {
    const series = new Series()
    for (const [x, y] of points) series.set(x, y)
    return series
  }

  it('replaces a point that comes again and puts a late one in its place', () => {
    const { xs, ys, means, counts } = filled([1, 10], [2, 9], [5, 8], [2, 7], [3, 6]).points()
    expect([xs, ys, means, counts].map(column => [...column])).toEqual([
      [1, 2, 3, 5],
      [10, 7, 6, 8],
      [10, 7, 6, 8],
      [1, 1, 1, 1],
    ])
  })

  it('keeps its order through every reallocation', () => {
    const series = new Series()
    for (let x = 2_000; x > 0; x--) series.set((x * 7) % 2_003, x)
    const { xs } = series.points()
    expect([...xs]).toEqual([...new Set(xs)].sort((a, b) => a - b))
    expect(xs).toHaveLength(2_000)
  })

  it('knows from where on it is more than an outline', () => {
    const series = new Series()
    expect(series.isExactFrom(0)).toBe(true)
    series.set(10, 1, 2, 8)
    series.set(20, 1)
    expect([0, 10, 11, 20].map(x => series.isExactFrom(x))).toEqual([false, false, true, true])
  })
})

describe('downsample', () => {
  it('keeps the spike of a million points and answers within 100 ms', () => {
    const series = new Series()
    for (let step = 0; step < 1_000_000; step++) series.set(step, step === 654_321 ? 50 : Math.sin(step / 1000))
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

  it('draws a gap only where there is nothing else', () => {
    const series = new Series()
    for (let x = 0; x < 100; x++) series.set(x, x < 50 ? Number.NaN : x % 2 ? 5 : 7)
    const points = downsample(series.points(), { from: 0, to: 99, buckets: 4 })
    expect(points.filter(({ y }) => Number.isNaN(y)).every(({ x }) => x < 50)).toBe(true)
    expect(points.filter(({ x }) => x >= 50).map(({ y }) => y)).toEqual([7, 5, 5, 7])
  })

  it('gives few points back as they are, with one beyond each edge of the window', () => {
    const series = new Series()
    for (const x of [0, 1, 2, 3, 4, 5, 6]) series.set(x, x * x)
    const points = downsample(series.points(), { from: 2, to: 4, buckets: 50 })
    expect(points).toEqual([1, 2, 3, 4, 5].map(x => ({ x, y: x * x })))
  })
})

it('lowerBound finds the first value that is not below', () => {
  const values = Float64Array.of(1, 2, 2, 5)
  expect([0, 2, 3, 6].map(x => lowerBound(values, x))).toEqual([0, 1, 3, 4])
})

describe('smooth', () => {
  const once = (...means: number[]) => ({
    means: Float64Array.from(means),
    counts: new Float64Array(means.length).fill(1),
  })

  it('of a constant is the constant from the first point on', () => {
    expect([...smooth(once(3, 3, 3), 0.9)].every(value => Math.abs(value - 3) < 1e-12)).toBe(true)
  })

  it('weighs as the recursion says', () => {
    // By hand: m1 = 0.5·1, /0.5 = 1; m2 = 0.25 + 0.5·4 = 2.25, /0.75 = 3
    expect([...smooth(once(1, 4), 0.5)]).toEqual([1, 3])
  })

  it('is the same for an outline as for what it outlines, where ranges are level', () => {
    const measured = once(...Array.from({ length: 64 }, (_, i) => Math.floor(i / 8)))
    const outline = { means: Float64Array.from({ length: 8 }, (_, i) => i), counts: new Float64Array(8).fill(8) }
    const fine = smooth(measured, 0.9)
    const coarse = smooth(outline, 0.9)
    for (let i = 0; i < 8; i++) expect(coarse[i]).toBeCloseTo(fine[i * 8 + 7]!, 12)
  })

  it('passes over what is not a number and leaves its input alone', () => {
    const points = once(2, Number.NaN, 2)
    expect([...smooth(points, 0.5)]).toEqual([2, 2, 2])
    expect(points.means[1]).toBeNaN()
  })
})
