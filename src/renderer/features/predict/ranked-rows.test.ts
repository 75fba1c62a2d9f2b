import { describe, expect, it } from 'vitest'
import { filterOf, heatOf, orderOf } from './ranked-rows.ts'

it('orderOf knows whose values a column holds', () => {
  expect(orderOf('prediction')).toEqual({ sort: 'prediction', modelIndex: 0 })
  expect(orderOf('prediction3')).toEqual({ sort: 'prediction', modelIndex: 3 })
  expect(orderOf('width')).toEqual({ sort: 'width', modelIndex: 0 })
  expect(orderOf('nonsense')).toEqual({ sort: 'prediction', modelIndex: 0 })
})

describe('filterOf', () => {
  const nothing = { least: null, most: null, widest: null, domain: [], errors: 'all', text: '', lines: null }
  it('asks for nothing where the address says nothing, or nothing that can be meant', () => {
    expect(filterOf({})).toEqual(nothing)
    expect(filterOf({ least: 'x', widest: '-1', domain: 'x', errors: 'x' })).toEqual(nothing)
  })
  it('reads numbers as they are typed, and ± as half a width', () => {
    expect(filterOf({ least: '6,5', widest: '0.4', domain: 'edge,inside', errors: 'none', find: ' a ' })).toEqual({
      ...nothing,
      least: 6.5,
      widest: 0.8,
      domain: ['inside', 'edge'],
      errors: 'none',
      text: ' a ',
    })
  })
})

it('heatOf spans the affinities that occur', () => {
  expect([2, 4, 7, 10, 12].map(heatOf)).toEqual([0, 0, 0.5, 1, 1])
})
