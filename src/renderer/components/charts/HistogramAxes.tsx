import type { ReactNode } from 'react'
import classes from './charts.module.css'
import { niceTicks } from './scale.ts'

interface HistogramAxesProps {
  /** Of the picture and its left margin, in its own units. */
  size: { width: number; height: number; left: number }
  range: { min: number; max: number }
  highest: number
  x(value: number): number
  y(value: number): number
  formatHeight(value: number): string
  unit: string
}

/** The lines and figures around the bars of a histogram. */
export function HistogramAxes(props: HistogramAxesProps): ReactNode {
  const { size, range, highest, x, y, formatHeight, unit } = props
  const { width, height, left } = size
  return (
    <g className={classes.axis}>
      <line x1={left} x2={width - 8} y1={y(0)} y2={y(0)} />
      {niceTicks(range.min, range.max, Math.max(3, width / 90)).map(tick => (
        <text key={tick} x={x(tick)} y={y(0) + 14} textAnchor="middle">
          {tick}
        </text>
      ))}
      {niceTicks(0, highest, 3).map(tick => (
        <text key={tick} x={left - 6} y={y(tick) + 4} textAnchor="end">
          {formatHeight(tick)}
        </text>
      ))}
      <text x={(left + width) / 2} y={height - 4} textAnchor="middle">
        {unit}
      </text>
    </g>
  )
}
