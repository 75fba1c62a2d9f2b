import { describe, expect, it } from 'vitest'
import { chooseLandmarks, createLandmarkMap, LANDMARKS } from './landmark-map.ts'

/** Similarities whose squared distances 2 − 2 s are those of points in the plane. */
function similaritiesOf(a: readonly (readonly [number, number])[], b: readonly (readonly [number, number])[]) {
  return Float64Array.from(a.flatMap(p => b.map(q => 1 - ((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) / 2)))
}

const points = Array.from(
  { length: 60 },
  (_, i) => [Math.cos(i * 1.7) * 0.6 + i / 200, Math.sin(i * 2.3) * 0.2] as const,
)

describe('landmark map', () => {
  it('gives points of the plane back, up to how the plane lies', () => {
    const landmarks = points.slice(0, 25)
    const map = createLandmarkMap(similaritiesOf(landmarks, landmarks))
    const placed = points.map(point => map.place(similaritiesOf([point], landmarks)))
    for (let i = 0; i < points.length; i++) {
      for (let j = 0; j < i; j++) {
        const [p, q, a, b] = [points[i]!, points[j]!, placed[i]!, placed[j]!]
        expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeCloseTo(Math.hypot(p[0] - q[0], p[1] - q[1]), 6)
      }
    }
  })

  it('has its first axis along the largest spread, centred on the landmarks', () => {
    const map = createLandmarkMap(similaritiesOf(points, points))
    const placed = points.map(point => map.place(similaritiesOf([point], points)))
    const spread = (axis: 0 | 1): number => placed.reduce((sum, point) => sum + point[axis] ** 2, 0)
    expect(spread(0)).toBeGreaterThan(spread(1))
    for (const axis of [0, 1] as const) expect(placed.reduce((sum, point) => sum + point[axis], 0)).toBeCloseTo(0, 9)
    expect(placed.reduce((sum, [x, y]) => sum + x * y, 0)).toBeCloseTo(0, 6)
  })

  it('does not depend on the order of the landmarks', () => {
    const turned = points.toReversed()
    const one = createLandmarkMap(similaritiesOf(points, points))
    const other = createLandmarkMap(similaritiesOf(turned, turned))
    for (const point of points.slice(0, 10)) {
      const a = one.place(similaritiesOf([point], points))
      const b = other.place(similaritiesOf([point], turned))
      expect(Math.abs(a[0])).toBeCloseTo(Math.abs(b[0]), 6)
      expect(Math.abs(a[1])).toBeCloseTo(Math.abs(b[1]), 6)
    }
  })

  it('places equal compounds together, and everything at the centre where nothing differs', () => {
    const map = createLandmarkMap(new Float64Array(16).fill(1))
    expect(map.place([1, 1, 1, 1])).toEqual([0, 0])
    expect(createLandmarkMap(Float64Array.of(1)).place([1])).toEqual([0, 0])
    expect(createLandmarkMap(new Float64Array()).place([])).toEqual([0, 0])
  })
})

it('chooses landmarks all over a list, the same ones each time', () => {
  expect(chooseLandmarks(4)).toEqual([0, 1, 2, 3])
  const chosen = chooseLandmarks(10_000)
  expect(new Set(chosen).size).toBe(LANDMARKS)
  expect(chooseLandmarks(10_000)).toEqual(chosen)
  expect(chosen.filter(position => position < 5_000).length).toBeGreaterThan(LANDMARKS / 3)
})
