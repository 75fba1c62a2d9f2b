import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'

export interface ChartColours {
  text: string
  muted: string
  grid: string
  surface: string
  line: string
  band: string
  accent: string
  warn: string
  bad: string
  series: readonly string[]
}

/** The page's colours for a canvas, which knows no CSS variables. */
export function useChartColours(): ChartColours {
  const scheme = useComputedColorScheme('light')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the variables change with the scheme
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement)
    const read = (name: string): string => style.getPropertyValue(name).trim()
    return {
      text: read('--text'),
      muted: read('--text-muted'),
      grid: read('--chart-grid'),
      surface: read('--surface'),
      line: read('--line-strong'),
      band: read('--chart-band'),
      accent: read('--accent'),
      warn: read('--state-warn'),
      bad: read('--state-bad'),
      series: [1, 2, 3, 4, 5, 6, 7].map(index => read(`--series-${index}`)),
    }
  }, [scheme])
}
