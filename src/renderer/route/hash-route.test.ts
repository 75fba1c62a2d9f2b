import { describe, expect, it } from 'vitest'
import { formatRoute, parseRoute, withParams } from './hash-route.ts'

describe('parseRoute', () => {
  it('reads page, selection, tab and parameters', () => {
    expect(parseRoute('#/data/ds_4f0c2a9b1d7e/rows?q=benz%26&sort=pX')).toEqual({
      page: 'data',
      id: 'ds_4f0c2a9b1d7e',
      tab: 'rows',
      params: { q: 'benz&', sort: 'pX' },
    })
  })

  it.each(['', '#', '#/', '#/nowhere/x', 'garbage'])('takes %j for the home page', hash => {
    expect(parseRoute(hash)).toEqual({ page: 'home', id: null, tab: null, params: {} })
  })

  it('survives a stray percent sign', () => {
    expect(parseRoute('#/models/%E0%A4%A').id).toBe('%E0%A4%A')
  })
})

describe('formatRoute', () => {
  it('comes back as it went in', () => {
    const route = {
      page: 'predict' as const,
      id: 'mdl_0',
      tab: 'batch',
      params: { smiles: 'C#N c1ccccc1', q: '100 %' },
    }
    expect(parseRoute(formatRoute(route))).toEqual(route)
  })

  it('leaves out empty parameters and a tab without a selection', () => {
    expect(formatRoute({ page: 'data', id: null, tab: 'rows', params: { q: '' } })).toBe('#/data')
  })
})

it('withParams sets and takes out without touching the route it was given', () => {
  const before = parseRoute('#/data/x/rows?q=a&sort=id')
  expect(withParams(before, { q: '', desc: '1' }).params).toEqual({ sort: 'id', desc: '1' })
  expect(before.params).toEqual({ q: 'a', sort: 'id' })
})
