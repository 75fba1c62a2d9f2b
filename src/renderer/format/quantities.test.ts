import { describe, expect, it } from 'vitest'
import { formatAgo, formatBytes, formatCount, formatDuration, formatPercent, formatRemaining } from './quantities.ts'

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [1000, '1 sec'],
    [59_600, '1 min'],
    [125_000, '2 min 5 sec'],
    [3_600_000, '1 hr'],
    [3_660_000, '1 hr 1 min'],
    [90_000_000, '1 day 1 hr'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms, 'en')).toBe(text)
  })

  it('speaks Chinese', () => {
    expect(formatDuration(125_000, 'zh-CN')).toBe('2分钟 5秒')
  })

  it.each([
    [400, '5 sec'],
    [41_000, '45 sec'],
    [100_000, '2 min'],
    [3_000_000, '50 min'],
    [9_000_000, '2 hr 30 min'],
  ])('%d ms remaining is said as %s', (ms, text) => {
    expect(formatRemaining(ms, 'en')).toBe(text)
  })
})

it('formatAgo turns from seconds to a date', () => {
  const now = Date.UTC(2026, 4, 20, 12)
  expect(formatAgo(now - 5000, now, 'en')).toBe('now')
  expect(formatAgo(now - 180_000, now, 'en')).toBe('3 minutes ago')
  expect(formatAgo(now - 26 * 3_600_000, now, 'en')).toBe('yesterday')
  expect(formatAgo(now - 30 * 86_400_000, now, 'en')).toBe('Apr 20, 2026')
})

it('counts, shares and sizes', () => {
  expect(formatCount(100_000, 'en')).toBe('100,000')
  expect(formatPercent(0.042, 'en')).toBe('4.2%')
  expect(formatPercent(0.9, 'en')).toBe('90%')
  expect(formatBytes(0, 'en')).toBe('0 bytes')
  expect(formatBytes(3_140_000_000, 'en')).toBe('3.1 GB')
  expect(formatBytes(420_000, 'en')).toBe('420 kB')
})
