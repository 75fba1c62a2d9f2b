import { describe, expect, it } from 'vitest'
import { cleared, filterOf, formatPolygon, isFiltered, parsePolygon, searchOf } from './row-filter.ts'

describe('the rows that an address asks for', () => {
  it('are all of them without parameters', () => {
    expect(filterOf({})).toEqual({ search: '', minPX: null, maxPX: null, relations: [], splits: [], scaffold: null })
    expect(searchOf({})).toBeNull()
    expect(isFiltered({ rmode: 'similarity', rt: '0.7' })).toBe(false)
  })

  it('meet every condition, and what cannot be read is none', () => {
    expect(filterOf({ rq: 'abc', rmin: '5.5', rmax: 'x', rrel: 'weaker', rsplit: 'test', rsc: 'c1ccccc1' })).toEqual({
      search: 'abc',
      minPX: 5.5,
      maxPX: null,
      relations: ['>', '>='],
      splits: ['test'],
      scaffold: 'c1ccccc1',
    })
    expect(filterOf({ rsplit: '-', rsc: '-' })).toMatchObject({ splits: [null], scaffold: '' })
    expect(filterOf({ rrel: 'constructor' }).relations).toEqual([])
  })

  it('are searched by structure as the mode says', () => {
    expect(searchOf({ rs: ' C#N ', rmode: 'substructure' })).toEqual({ kind: 'substructure', pattern: 'C#N' })
    expect(searchOf({ rs: 'CCO', rmode: 'similarity', rt: '0.7' })).toEqual({
      kind: 'similarity',
      smiles: 'CCO',
      threshold: 0.7,
    })
    expect(searchOf({ rs: 'CCO', rmode: 'similarity', rt: '7' })).toMatchObject({ threshold: 0.5 })
    expect(searchOf({ rs: 'CCO' })).toBeNull()
  })

  it('lie in a drawn area that survives the address', () => {
    const drawn = [
      [0.12345, -1],
      [2, 3],
      [-0.5, 0],
    ] as const
    expect(parsePolygon(formatPolygon(drawn))).toEqual([
      [0.1235, -1],
      [2, 3],
      [-0.5, 0],
    ])
    expect(parsePolygon('1,2_3,4')).toBeNull()
    expect(parsePolygon('1,2_3,4_x,5')).toBeNull()
    expect(searchOf({ rarea: formatPolygon(drawn) })).toMatchObject({ kind: 'area' })
  })

  it('are all again once cleared', () => {
    expect(isFiltered(cleared())).toBe(false)
    expect(isFiltered({ rmin: '5' })).toBe(true)
  })
})
