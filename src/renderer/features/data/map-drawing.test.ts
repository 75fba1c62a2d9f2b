import { describe, expect, it } from 'vitest'
import { colourOf, createProjection, nearestPoint, RAMP } from './map-drawing.ts'

const places = { rows: [4, 5, 6], x: [-1, 0, 3], y: [0, 2, -2], pX: [5, 6, 9] }

describe('the map', () => {
  it('keeps every point inside, at one scale, and knows the way back', () => {
    const projection = createProjection(places, 400, 300)
    for (let i = 0; i < 3; i++) {
      const [x, y] = projection.toScreen(places.x[i]!, places.y[i]!)
      expect(x).toBeGreaterThanOrEqual(13.9)
      expect(x).toBeLessThanOrEqual(386.1)
      expect(y).toBeGreaterThanOrEqual(13.9)
      expect(y).toBeLessThanOrEqual(286.1)
      const [bx, by] = projection.fromScreen([x, y])
      expect(bx).toBeCloseTo(places.x[i]!, 9)
      expect(by).toBeCloseTo(places.y[i]!, 9)
    }
    const [x0, y0] = projection.toScreen(0, 0)
    const [x1, y1] = projection.toScreen(1, 1)
    expect(x1 - x0).toBeCloseTo(y0 - y1, 9)
    expect(projection.values).toEqual({ min: 5, max: 9 })
  })

  it('finds the point that is meant, and none far away', () => {
    const projection = createProjection(places, 400, 300)
    const [x, y] = projection.toScreen(0, 2)
    expect(nearestPoint(places, projection, [x + 3, y - 3])).toBe(1)
    expect(nearestPoint(places, projection, [x + 40, y])).toBeNull()
  })

  it('colours from end to end, and does not break on a single value', () => {
    expect(colourOf(0, 'light')).toBe('rgb(201 184 46)')
    expect(colourOf(1, 'dark')).toBe('rgb(253 231 37)')
    expect(colourOf(2, 'light')).toBe(colourOf(1, 'light'))
    expect(RAMP.light).toHaveLength(RAMP.dark.length)
    expect(createProjection({ rows: [], x: [], y: [], pX: [] }, 0, 0).toScreen(0, 0).every(Number.isFinite)).toBe(true)
  })
})
