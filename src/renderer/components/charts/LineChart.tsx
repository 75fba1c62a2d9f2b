import { ActionIcon, Tooltip } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconChartLine, IconDownload, IconZoomReset } from '@tabler/icons-react'
import type { ChartOptions } from 'chart.js'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { Line } from 'react-chartjs-2'
import { saveBlob } from '../../api/host.ts'
import { useT } from '../../i18n/translate.ts'
import { useChartColours } from './chart-colours.ts'
import { axis, type Chart, chartImage, tooltipLook } from './chart-setup.ts'
import classes from './charts.module.css'
import { axisTop, isHighest } from './headroom.ts'
import { downsample, type Series, smooth } from './series.ts'

export interface ChartSeries {
  label: string
  series: Series
  /** Index into the series colours; one thing has one colour everywhere. */
  colour: number
}

export interface ChartMark {
  label: string
  value: number
  axis: 'x' | 'y'
}

interface LineChartProps {
  title: string
  fileName: string
  series: readonly ChartSeries[]
  /** Changes when points were added. */
  version: number
  xLabel: string
  yLabel: string
  logarithmic?: boolean
  /** The axis begins at zero. */
  fromZero?: boolean
  /** 0–0.99 */
  smoothing?: number
  marks?: readonly ChartMark[]
  height?: number
}

/** Curves of a run. Ctrl + wheel or a drawn box zooms; what lies between the drawn points is never lost to a spike. */
export function LineChart(props: LineChartProps): ReactNode {
  const {
    title,
    series,
    version,
    logarithmic = false,
    fromZero = false,
    smoothing = 0,
    marks = [],
    height = 180,
  } = props
  const { t } = useT()
  const colours = useChartColours()
  const { ref: sizeRef, width } = useElementSize()
  const chart = useRef<Chart<'line'>>(null)
  const [view, setView] = useState<[from: number, to: number] | null>(null)
  const empty = series.every(each => each.series.length === 0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const data = useMemo(() => {
    const window = { from: view?.[0] ?? -Infinity, to: view?.[1] ?? Infinity, buckets: Math.max(100, width) }
    const datasets = series.flatMap(({ label, series: points, colour }) => {
      const raw = points.points()
      const line = colours.series[colour] ?? colours.accent
      const style = { borderWidth: 1.5, pointRadius: points.length === 1 ? 2 : 0, pointHoverRadius: 3, tension: 0 }
      const own = { label, borderColor: line, backgroundColor: line, ...style }
      if (smoothing === 0) return [{ ...own, data: downsample(raw, window) }]
      const faint = { ...own, label: '', borderColor: `${line}40`, borderWidth: 1, data: downsample(raw, window) }
      return [faint, { ...own, data: downsample({ xs: raw.xs, ys: smooth(raw.ys, smoothing) }, window) }]
    })
    return { datasets }
  }, [series, version, view, width, smoothing, colours])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const top = useMemo(
    () => axisTop({ lines: linesOf(marks), series, logarithmic }),
    [marks, series, logarithmic, version],
  )

  const options = useMemo<ChartOptions<'line'>>(() => {
    const follow = ({ chart: drawn }: { chart: Chart }): void => {
      const { min, max } = drawn.scales.x as { min: number; max: number }
      setView([min, max])
    }
    return {
      animation: false,
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      color: colours.muted,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: { type: 'linear', ...axis(colours, props.xLabel), ...(view ? { min: view[0], max: view[1] } : {}) },
        y: {
          type: logarithmic ? 'logarithmic' : 'linear',
          ...axis(colours, props.yLabel),
          ...(fromZero ? { min: 0 } : { grace: '4%' }),
          ...(top === null ? {} : { suggestedMax: top }),
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(colours),
          mode: 'x',
          filter: (item, index, items) =>
            item.dataset.label !== '' && items.findIndex(other => other.datasetIndex === item.datasetIndex) === index,
          callbacks: {
            title: items => `${props.xLabel} ${Math.round(items[0]?.parsed.x ?? 0)}`,
            label: item => `${item.dataset.label}: ${Number((item.parsed.y ?? 0).toPrecision(4))}`,
          },
        },
        annotation: { annotations: marks.map(mark => annotationOf(mark, { colours, marks })) },
        zoom: {
          zoom: {
            mode: 'x',
            wheel: { enabled: true, modifierKey: 'ctrl' },
            pinch: { enabled: true },
            drag: { enabled: true, backgroundColor: colours.band, borderColor: colours.accent, borderWidth: 1 },
            onZoomComplete: follow,
          },
          pan: { enabled: true, mode: 'x', modifierKey: 'shift', onPanComplete: follow },
        },
      },
    }
  }, [colours, logarithmic, fromZero, marks, top, view, props.xLabel, props.yLabel])

  const resetZoom = (): void => setView(null)

  async function saveImage(): Promise<void> {
    if (chart.current) saveBlob(await chartImage(chart.current as Chart, colours.surface), `${props.fileName}.png`)
  }

  return (
    <figure className={classes.chart} style={{ margin: 0 }} aria-label={title}>
      <div className={classes.head}>
        <h3 className={classes.title}>{title}</h3>
        <div className={classes.legend}>
          {series.length > 1 &&
            series.map(each => (
              <span key={each.label} className={classes.key}>
                <span className={classes.swatch} style={{ background: colours.series[each.colour] }} />
                {each.label}
              </span>
            ))}
        </div>
        <div className={classes.tools}>
          {view && <Tool label={t('chart.resetZoom')} icon={<IconZoomReset size={15} />} onClick={resetZoom} />}
          {!empty && (
            <>
              <Tool label={t('chart.savePng')} icon={<IconChartLine size={15} />} onClick={() => void saveImage()} />
              <Tool label={t('chart.saveCsv')} icon={<IconDownload size={15} />} onClick={() => saveTable(props)} />
            </>
          )}
        </div>
      </div>
      <div ref={sizeRef} className={classes.canvas} style={{ height }} title={empty ? undefined : t('chart.zoomHint')}>
        {empty ? (
          <div className={classes.waiting}>{t('chart.noPoints')}</div>
        ) : (
          <Line ref={chart} data={data} options={options} aria-label={title} role="img" onDoubleClick={resetZoom} />
        )}
      </div>
    </figure>
  )
}

function Tool({ label, icon, onClick }: { label: string; icon: ReactNode; onClick(): void }): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

function linesOf(marks: readonly ChartMark[]): number[] {
  return marks.filter(mark => mark.axis === 'y').map(mark => mark.value)
}

interface AnnotationContext {
  colours: ReturnType<typeof useChartColours>
  marks: readonly ChartMark[]
}

function annotationOf(mark: ChartMark, { colours, marks }: AnnotationContext) {
  return {
    type: 'line' as const,
    scaleID: mark.axis,
    value: mark.value,
    borderColor: colours.muted,
    borderWidth: 1,
    borderDash: [4, 4],
    label: {
      display: true,
      content: mark.label,
      position: 'end' as const,
      backgroundColor: colours.surface,
      color: colours.muted,
      font: { size: 10, weight: 'normal' as const },
      padding: 2,
      yAdjust: mark.axis === 'x' ? 0 : isHighest(mark.value, linesOf(marks)) ? -8 : 8,
      xAdjust: mark.axis === 'x' ? 22 : 0,
    },
  }
}

/** All points, not only the drawn ones. */
function saveTable({ series, fileName }: LineChartProps): void {
  const lines = ['step,name,value']
  for (const each of series) {
    for (let index = 0; index < each.series.length; index++) {
      lines.push(`${each.series.x(index)},${each.label},${each.series.y(index)}`)
    }
  }
  saveBlob(new Blob([`${lines.join('\n')}\n`], { type: 'text/csv' }), `${fileName}.csv`)
}
