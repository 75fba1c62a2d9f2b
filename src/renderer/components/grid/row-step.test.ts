import { describe, expect, it } from 'vitest'
import { compareValues } from './compare.ts'
import { nextOrder, tracksWidth } from './grid-column.ts'
import { rowStep } from './row-step.ts'

describe('rowStep', () => {
  it.each([
    ['j', -1, 0],
    ['ArrowDown', 4, 5],
    ['ArrowDown', 9, 9],
    ['k', 0, 0],
    ['ArrowUp', -1, 9],
    ['PageDown', 2, 6],
    ['PageUp', 2, 0],
    ['Home', 7, 0],
    ['End', 7, 9],
    ['x', 7, null],
  ])('%s from row %d of ten leads to %s', (key, active, expected) => {
    expect(rowStep(key, active, 10, 4)).toBe(expected)
  })

  it('stays out of an empty grid', () => {
    expect(rowStep('j', -1, 0, 4)).toBeNull()
  })
})

it('nextOrder turns the direction of the same column only', () => {
  const first = nextOrder(null, 'name')
  expect(first).toEqual({ column: 'name', descending: false })
  expect(nextOrder(first, 'name').descending).toBe(true)
  expect(nextOrder({ column: 'name', descending: true }, 'rows')).toEqual({ column: 'rows', descending: false })
})

it('compareValues sorts text with numbers the way people do', () => {
  expect(['run 10', 'Run 2', 'run 1'].sort(compareValues)).toEqual(['run 1', 'Run 2', 'run 10'])
  expect([10, 9, -1].sort(compareValues)).toEqual([-1, 9, 10])
})

it('tracksWidth adds up what the tracks need at least', () => {
  expect(tracksWidth(['80px', 'minmax(140px, 2fr)', '1fr'])).toBe(220)
})
