import type { ChartData, ChartOptions } from 'chart.js'
import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { Chart } from './chart-setup.ts'

interface ChartCanvasProps {
  data: ChartData<'line'>
  options: ChartOptions<'line'>
  /** CSS pixels. */
  width: number
  height: number
  label: string
  onDoubleClick(): void
  handle: Ref<Chart<'line'>>
}

/**
 * A line chart of a size that is given, drawn once for each change and before the browser paints. Charts that measure themselves
 * make the browser lay the page out again for each of them: six took 60 ms so.
 */
export function ChartCanvas({
  data,
  options,
  width,
  height,
  label,
  onDoubleClick,
  handle,
}: ChartCanvasProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const chart = useRef<Chart<'line'> | null>(null)
  useImperativeHandle(handle, () => chart.current as Chart<'line'>)

  useLayoutEffect(() => {
    const drawn = chart.current
    if (drawn === null) {
      chart.current = new Chart(canvas.current as HTMLCanvasElement, {
        type: 'line',
        data,
        options: { ...options, responsive: false },
      })
      return
    }
    drawn.data = data
    drawn.options = { ...options, responsive: false }
    if (drawn.width !== width || drawn.height !== height) drawn.resize(width, height)
    drawn.update('none')
  }, [data, options, width, height])
  useLayoutEffect(
    () => () => {
      chart.current?.destroy()
      chart.current = null
    },
    [],
  )

  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      style={{ display: 'block', width, height }}
      role="img"
      aria-label={label}
      onDoubleClick={onDoubleClick}
    />
  )
}
