/** What a job used, as curves over the time since its first reading. Pure. */
import type { UsagePoint } from '../../../shared/contract/resources.ts'
import { Series } from '../../components/charts/series.ts'
import type { MessageKey } from '../../i18n/translate.ts'

export interface UsagePanel {
  figure: Exclude<keyof UsagePoint, 'at' | 'readings'>
  title: MessageKey
  unit: string
  /** What one unit of the axis is. */
  scale: number
  fromZero: boolean
  /** Shown though nothing is known. */
  isExpected: boolean
}

export const USAGE_PANELS: readonly UsagePanel[] = [
  { figure: 'cpuPercent', title: 'usage.cpu', unit: '%', scale: 1, fromZero: true, isExpected: true },
  { figure: 'memoryBytes', title: 'usage.memory', unit: 'GB', scale: 1e9, fromZero: true, isExpected: true },
  { figure: 'gpuPercent', title: 'usage.gpu', unit: '%', scale: 1, fromZero: true, isExpected: false },
  { figure: 'gpuMemoryBytes', title: 'usage.gpuMemory', unit: 'GB', scale: 1e9, fromZero: true, isExpected: false },
  {
    figure: 'gpuTemperatureC',
    title: 'usage.gpuTemperature',
    unit: '°C',
    scale: 1,
    fromZero: false,
    isExpected: false,
  },
  { figure: 'gpuPowerWatts', title: 'usage.gpuPower', unit: 'W', scale: 1, fromZero: true, isExpected: false },
]

export interface TimeUnit {
  label: MessageKey
  ms: number
}

const SECONDS: TimeUnit = { label: 'usage.seconds', ms: 1_000 }
const MINUTES: TimeUnit = { label: 'usage.minutes', ms: 60_000 }
/** Up to so many seconds they are easier to read than minutes. */
const MOST_SECONDS_MS = 600_000

export function timeUnitOf(points: readonly UsagePoint[]): TimeUnit {
  const [first, last] = [points[0], points.at(-1)]
  return first !== undefined && last !== undefined && last.at - first.at > MOST_SECONDS_MS ? MINUTES : SECONDS
}

/** Where the job had no process for a while, and where a figure is not available, the curve has a gap. */
export function usageSeries(points: readonly UsagePoint[], panel: UsagePanel, unit: TimeUnit): Series {
  const series = new Series()
  const [first] = points
  let before: UsagePoint | undefined
  for (const point of points) {
    const x = (at: number): number => (at - first!.at) / unit.ms
    if (before !== undefined && point.at - before.at > (Math.max(before.readings, point.readings) + 10) * 1_500) {
      series.set(x((before.at + point.at) / 2), Number.NaN)
    }
    const value = point[panel.figure]
    series.set(x(point.at), value === null ? Number.NaN : value / panel.scale)
    before = point
  }
  return series
}

export function isKnown(points: readonly UsagePoint[], figure: UsagePanel['figure']): boolean {
  return points.some(point => point[figure] !== null)
}

/** Comma-separated, one line a point; empty where a figure is not available. */
export function usageCsv(points: readonly UsagePoint[]): string {
  const names = ['at', 'readings', ...USAGE_PANELS.map(({ figure }) => figure)]
  const lines = points.map(point =>
    [new Date(point.at).toISOString(), point.readings, ...USAGE_PANELS.map(({ figure }) => point[figure] ?? '')].join(
      ',',
    ),
  )
  return `${[names.join(','), ...lines].join('\n')}\n`
}
