import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChartDots } from '@tabler/icons-react'
import type { ChartOptions } from 'chart.js'
import { type ReactNode, useMemo, useRef } from 'react'
import { Chart as ReactChart } from 'react-chartjs-2'
import { saveBlob } from '../../api/host.ts'
import { fixed } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { useChartColours } from './chart-colours.ts'
import { axis, type Chart, chartImage, tooltipLook } from './chart-setup.ts'
import classes from './charts.module.css'

export interface XYPoint {
  x: number
  y: number
  /** Told by the tooltip instead of the numbers. */
  label?: string
}

export interface Level {
  y: number
  label: string
}

interface XYPlotProps {
  title: string
  xTitle: string
  yTitle: string
  points: readonly XYPoint[]
  /** Points are joined. */
  line?: boolean
  /** A straight line to compare with, from end to end. */
  reference?: readonly [XYPoint, XYPoint]
  /** Horizontal lines to compare with, each with its name. */
  levels?: readonly Level[]
  xRange?: readonly [number, number]
  yRange?: readonly [number, number]
  /** One sentence below the plot. */
  note?: string
  fileName: string
  onSelect?: (index: number) => void
}

/** A small plot of one relation. What it shows is told in words by its note, and by tables elsewhere. */
export function XYPlot(props: XYPlotProps): ReactNode {
  const {
    title,
    xTitle,
    yTitle,
    points,
    line = false,
    reference,
    levels,
    xRange,
    yRange,
    note,
    fileName,
    onSelect,
  } = props
  const { t } = useT()
  const colours = useChartColours()
  const chart = useRef<Chart<'scatter'>>(null)
  const data = useMemo(
    () => ({
      datasets: [
        {
          type: line ? ('line' as const) : ('scatter' as const),
          data: points.map(({ x, y }) => ({ x, y })),
          pointRadius: line ? 3 : points.length > 2000 ? 1.5 : 2.5,
          pointHoverRadius: 5,
          borderWidth: line ? 1.5 : 0,
          borderColor: colours.series[0],
          backgroundColor: `${colours.series[0]}b0`,
        },
        ...(reference
          ? [
              {
                type: 'line' as const,
                data: reference.map(({ x, y }) => ({ x, y })),
                pointRadius: 0,
                pointHitRadius: 0,
                borderWidth: 1,
                borderColor: colours.muted,
                borderDash: [4, 3],
              },
            ]
          : []),
      ],
    }),
    [points, line, reference, colours],
  )
  const options = useMemo<ChartOptions<'scatter'>>(() => {
    const bounds = (range: readonly [number, number] | undefined) => (range ? { min: range[0], max: range[1] } : {})
    return {
      animation: false,
      maintainAspectRatio: false,
      onClick: (_event, [element]) => {
        if (element?.datasetIndex === 0) onSelect?.(element.index)
      },
      scales: {
        x: { type: 'linear' as const, ...bounds(xRange), ...axis(colours, xTitle) },
        y: { type: 'linear' as const, ...bounds(yRange), ...axis(colours, yTitle) },
      },
      plugins: {
        annotation: { annotations: (levels ?? []).map(level => levelLine(level, colours)) },
        tooltip: {
          ...tooltipLook(colours),
          filter: item => item.datasetIndex === 0,
          callbacks: {
            label: item =>
              points[item.dataIndex]?.label ?? `${fixed(item.parsed.x ?? 0, 2)} · ${fixed(item.parsed.y ?? 0, 2)}`,
          },
        },
      },
    }
  }, [points, colours, levels, xRange, yRange, xTitle, yTitle, onSelect])
  return (
    <figure className={classes.chart} style={{ margin: 0, width: 308, maxWidth: '100%' }} aria-label={title}>
      <div className={classes.head}>
        <h4 className={classes.title}>{title}</h4>
        <div className={classes.tools}>
          <Tooltip label={t('chart.savePng')}>
            <ActionIcon
              size="sm"
              aria-label={`${t('chart.savePng')}: ${title}`}
              onClick={() => {
                if (!chart.current) return
                void chartImage(chart.current as Chart, colours.surface).then(blob => saveBlob(blob, `${fileName}.png`))
              }}
            >
              <IconChartDots size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      <div className={classes.canvas} style={{ height: 230 }}>
        <ReactChart
          type="scatter"
          ref={chart as never}
          data={data as never}
          options={options}
          role="img"
          aria-label={title}
        />
      </div>
      {note && (
        <p className="muted" style={{ margin: '4px 0 0', fontSize: 12 }}>
          {note}
        </p>
      )}
    </figure>
  )
}

function levelLine({ y, label }: Level, colours: ReturnType<typeof useChartColours>) {
  return {
    type: 'line' as const,
    yMin: y,
    yMax: y,
    borderColor: colours.muted,
    borderWidth: 1,
    borderDash: [4, 3],
    label: {
      display: true,
      content: label,
      position: 'end' as const,
      yAdjust: -8,
      backgroundColor: 'transparent',
      color: colours.muted,
      font: { size: 10, weight: 'normal' as const },
      padding: 0,
    },
  }
}
