import { describe, expect, it } from 'vitest'
import { axisTop, isHighest } from './headroom.ts'

describe('the room above the highest line', () => {
  it('is a share of what is drawn', () => {
    expect(axisTop({ lines: [1.02, 1.17], curves: [Float64Array.of(0.9, 0.17)], logarithmic: false })).toBeCloseTo(
      1.31,
      10,
    )
  })

  it('is the same share of a logarithmic axis, where zero has no place', () => {
    const top = axisTop({ lines: [10], curves: [Float64Array.of(0, 0.1, 1)], logarithmic: true })
    expect(Math.log10(top as number)).toBeCloseTo(1.28, 10)
  })

  it('is not asked for without lines', () => {
    expect(axisTop({ lines: [], curves: [Float64Array.of(1, 2)], logarithmic: false })).toBeNull()
  })

  it('does not fail before the first point', () => {
    expect(axisTop({ lines: [0.8, 1.2], curves: [new Float64Array()], logarithmic: false })).toBeCloseTo(1.256, 10)
  })
})

it('only the highest line has its label above', () => {
  expect([0.84, 1.14].map(value => isHighest(value, [0.84, 1.14]))).toEqual([false, true])
})
