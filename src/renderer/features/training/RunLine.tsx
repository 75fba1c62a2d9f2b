import type { ReactNode } from 'react'
import { lineStyle } from '../../components/charts/line-style.ts'

/** The line a run is drawn with, wherever it is named. */
export function RunLine({ number }: { number: number }): ReactNode {
  const { colour, dash } = lineStyle(number)
  return (
    <svg width={16} height={10} aria-hidden style={{ flex: 'none' }}>
      <line
        x1={0}
        x2={16}
        y1={5}
        y2={5}
        strokeWidth={3}
        stroke={`var(--series-${colour + 1})`}
        strokeDasharray={dash.length === 0 ? undefined : dash.map(length => length * 0.8).join(' ')}
      />
    </svg>
  )
}
