import { expect, test } from 'vitest'
import { jobCause, readCause } from './job-causes.ts'

test('a cause is read back with what fills its blanks', () => {
  expect(jobCause('done')).toBe('the work is done')
  expect(readCause('the work is done')).toEqual({ name: 'done', values: {} })

  const cause = jobCause('anomaly', { rule: 'spike', metric: 'loss', step: 120 })
  expect(cause).toBe('spike in loss at step 120')
  expect(readCause(cause)).toEqual({ name: 'anomaly', values: { rule: 'spike', metric: 'loss', step: '120' } })

  expect(readCause('attempt 2 follows in 1.3 s')).toEqual({ name: 'retry', values: { attempt: '2', seconds: '1.3' } })
})

test.each(['', 'the work is done.', 'ERR_5004: no memory is left', 'a place in lane was free'])(
  '%j is none of the causes',
  text => {
    expect(readCause(text)).toBeNull()
  },
)
