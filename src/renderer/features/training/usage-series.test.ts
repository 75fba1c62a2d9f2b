import { expect, it } from 'vitest'
import type { UsagePoint } from '../../../shared/contract/resources.ts'
import { isKnown, timeUnitOf, USAGE_PANELS, usageCsv, usageSeries } from './usage-series.ts'

const point = (second: number, cpuPercent: number | null, memoryBytes: number | null = null): UsagePoint => ({
  at: 1_700_000_000_000 + second * 1_000,
  readings: 1,
  cpuPercent,
  memoryBytes,
  gpuPercent: null,
  gpuMemoryBytes: null,
  gpuTemperatureC: null,
  gpuPowerWatts: null,
})
const [cpu, memory] = [USAGE_PANELS[0]!, USAGE_PANELS[1]!]

it('draws figures over the time since the first, with a gap where there were none', () => {
  const points = [point(0, 50, 2e9), point(1, null, 3e9), point(300, 70, 1e9)]
  const unit = timeUnitOf(points)
  const series = usageSeries(points, cpu, unit).points()
  expect([...series.xs]).toEqual([0, 1, 150.5, 300])
  expect([...series.ys]).toEqual([50, Number.NaN, Number.NaN, 70])
  expect([...usageSeries(points, memory, unit).points().ys]).toEqual([2, 3, Number.NaN, 1])
  expect(isKnown(points, 'cpuPercent')).toBe(true)
  expect(isKnown(points, 'gpuPercent')).toBe(false)
})

it('counts a long job in minutes', () => {
  const points = [point(0, 1), point(1_200, 2)]
  expect(usageSeries(points, cpu, timeUnitOf(points)).lastX).toBe(20)
})

it('writes a table that leaves empty what is not available', () => {
  expect(usageCsv([point(0, 12.5, 8)]).split('\n')[1]).toBe('2023-11-14T22:13:20.000Z,1,12.5,8,,,,')
})
