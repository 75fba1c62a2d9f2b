import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell, csvLine } from './csv-text.ts'

describe('csvLine', () => {
  it('quotes what needs it and leaves numbers as they are', () => {
    expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', -7.5, null, '-7.5', Number.NaN])).toBe(
      'a,"b,c","say ""x""","two\nlines",-7.5,,-7.5,\r\n',
    )
  })

  it.each(['=1+1', '+SUM(A1)', '-2+3', '@cmd', '\tx', '\r=1', '=HYPERLINK("http://x")'])(
    'keeps %j from running',
    text => {
      expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/)
    },
  )

  it('is read back as it was written', () => {
    const cell = fc.string({ maxLength: 20 }).filter(text => !/^[=+\-@\t\r]/.test(text))
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), cells => {
        expect(parse(csvLine(cells), { record_delimiter: '\r\n' })).toEqual([cells])
      }),
    )
  })
})
