import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOrderOf, isDateText, parseDate, weighDate } from './dates.ts'

const read = (text: string, order: 'day' | 'month' | null = null): string | null => {
  const reading = parseDate(text, order)
  return reading.ok ? reading.date : null
}

describe('parseDate', () => {
  it.each([
    ['2019', '2019'],
    ['2019.0', '2019'],
    ['2019-03', '2019-03'],
    ['3/2019', '2019-03'],
    ['2019-03-14', '2019-03-14'],
    ['2019/3/4', '2019-03-04'],
    ['20190314', '2019-03-14'],
    ['2019-03-14T09:30:00.000Z', '2019-03-14'],
    ['2019-03-14 09:30', '2019-03-14'],
    ['14.03.2019', '2019-03-14'],
    ['14/03/2019', '2019-03-14'],
    ['03/14/2019 2:05 PM', '2019-03-14'],
    ['14-Mar-2019', '2019-03-14'],
    ['14. März 2019', '2019-03-14'],
    ['March 14th, 2019', '2019-03-14'],
    ['Dec 2019', '2019-12'],
  ])('reads %s', (text, date) => expect(read(text)).toBe(date))

  it.each([
    '',
    'n/a',
    '14/03/19',
    '14-Mar-19',
    '2019-13',
    '2019-02-30',
    '31.02.2019',
    '0019-01-01',
    '3',
    '12.5',
    '62 nM',
    'Marx',
  ])('refuses %s', text => expect(read(text, 'day')).toBeNull())

  it('reads what may be one of two days only where it is told which', () => {
    expect(read('03/04/2019')).toBeNull()
    expect(read('03/04/2019', 'day')).toBe('2019-04-03')
    expect(read('03/04/2019', 'month')).toBe('2019-03-04')
  })

  it('reads any day in every way of writing it', () => {
    const days = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('2100-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(days, day => {
        const iso = day.toISOString().slice(0, 10)
        const [y, m, d] = iso.split('-')
        const month = day.toLocaleDateString('en-GB', { month: 'short', timeZone: 'UTC' })
        const written = [
          iso,
          `${y}${m}${d}`,
          `${d}.${m}.${y}`,
          `${Number(d)}-${month}-${y}`,
          `${month} ${Number(d)}, ${y}`,
        ]
        for (const text of written) expect(read(text)).toBe(iso)
        expect(read(`${d}/${m}/${y}`, 'day')).toBe(iso)
        expect(read(`${m}/${d}/${y}`, 'month')).toBe(iso)
      }),
    )
  })
})

it('tells the order of a column from the days above 12', () => {
  const evidence = { dayFirst: 0, monthFirst: 0 }
  for (const cell of ['03/04/2019', '', '1.2.2019', '05/06/2019']) weighDate(evidence, cell)
  expect(dateOrderOf(evidence)).toBeNull()
  weighDate(evidence, '03/24/2019 10:00')
  expect(dateOrderOf(evidence)).toBe('month')
  weighDate(evidence, '24/03/2019')
  expect(dateOrderOf(evidence)).toBeNull()
})

it('tells dates from values', () => {
  expect(['2019', '03/04/2019'].every(isDateText)).toBe(true)
  expect(['62', '7.31', 'CCO', '>10000', ''].some(isDateText)).toBe(false)
})
