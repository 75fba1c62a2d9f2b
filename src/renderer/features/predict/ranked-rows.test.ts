import { describe, expect, it } from 'vitest'
import { listCsv, rankedRows, smilesOf } from './ranked-rows.ts'

it('smilesOf takes the first word of each line, whatever the line ends and separators', () => {
  expect(smilesOf('CCO ethanol\r\n\n  c1ccccc1,benzene\nC#N\tcyanide\n')).toEqual(['CCO', 'c1ccccc1', 'C#N'])
})

const answer = { smiles: 'CCO', prediction: 7.2, lower: 6.6, upper: 7.8, domainDistance: 0.4, nearest: [] }
const items = [
  { ok: true as const, prediction: answer },
  { ok: false as const, smiles: '=C"x', error: { code: 'ERR_2003' as const, message: 'not a structure, at atom 1' } },
]

describe('rankedRows', () => {
  it('keeps the place of every compound, read or not', () => {
    expect(rankedRows(items)).toEqual([
      { id: '0', line: 1, smiles: 'CCO', prediction: 7.2, lower: 6.6, upper: 7.8, domainDistance: 0.4, error: null },
      {
        id: '1',
        line: 2,
        smiles: '=C"x',
        prediction: null,
        lower: null,
        upper: null,
        domainDistance: null,
        error: 'not a structure, at atom 1',
      },
    ])
  })

  it('becomes a CSV that no spreadsheet runs', () => {
    expect(listCsv(rankedRows(items))).toBe(
      'smiles,prediction,lower,upper,domain_distance,error\r\n' +
        'CCO,7.2,6.6,7.8,0.4,\r\n' +
        '"\'=C""x",,,,,"not a structure, at atom 1"\r\n',
    )
  })
})
