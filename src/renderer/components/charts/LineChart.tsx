import { IconChartLine, IconDownload, IconZoomReset } from '@tabler/icons-react'
import { memo, type ReactNode, useMemo, useRef } from 'react'
import { saveBlob } from '../../api/host.ts'
import { useT } from '../../i18n/translate.ts'
import { ChartCanvas } from './ChartCanvas.tsx'
import { type ChartColours, useChartColours } from './chart-colours.ts'
import { type Chart, chartImage } from './chart-setup.ts'
import classes from './charts.module.css'
import { axisTop } from './headroom.ts'
import { type ChartLine, drawnLine, type StepWindow } from './line-data.ts'
import { type ChartMark, lineOptions } from './line-options.ts'

interface LineChartProps {
  title: string
  fileName: string
  lines: readonly ChartLine[]
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
  /** CSS pixels. */
  width: number
  height: number
  /** Charts of one group show the crosshair at the same x. */
  group: string
  window: StepWindow | null
  extent: StepWindow | null
  /** `null`: the whole. */
  onWindow(window: StepWindow | null): void
  /** Hands out all points, not only the drawn ones. */
  onSaveTable(): void
}

const NO_MARKS: readonly ChartMark[] = []

/** Curves of runs. Ctrl + wheel or a drawn box zooms, Shift + drag moves; no spike is lost between the points that are drawn. */
export const LineChart = memo((props: LineChartProps): ReactNode => {
  const { title, lines, version, logarithmic = false, fromZero = false, smoothing = 0, marks = NO_MARKS } = props
  const { window, extent, onWindow, xLabel, yLabel, group, width, height } = props
  const { t } = useT()
  const colours = useChartColours()
  const chart = useRef<Chart<'line'>>(null)
  const empty = lines.every(({ series }) => series.length === 0)
  const isFine = window === null || lines.every(({ series, detail }) => detail ?? series.isExactFrom(window[0]))

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const data = useMemo(
    () => ({ datasets: datasetsOf(lines, { colours, window, buckets: Math.max(100, width), smoothing }) }),
    [lines, version, window, width, smoothing, colours],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the points inside the series
  const top = useMemo(() => {
    const horizontal = marks.filter(mark => mark.axis === 'y').map(mark => mark.value)
    return axisTop({ lines: horizontal, curves: lines.map(({ series }) => series.points().ys), logarithmic })
  }, [marks, lines, logarithmic, version])

  const options = useMemo(
    () => lineOptions({ colours, xLabel, yLabel, logarithmic, fromZero, marks, top, window, extent, group, onWindow }),
    [colours, xLabel, yLabel, logarithmic, fromZero, marks, top, window, extent, group, onWindow],
  )

  async function saveImage(): Promise<void> {
    if (chart.current) saveBlob(await chartImage(chart.current as Chart, colours.surface), `${props.fileName}.png`)
  }

  return (
    <figure
      className={classes.chart}
      style={{ margin: 0 }}
      aria-label={title}
      data-resolution={empty ? 'none' : window === null ? 'whole' : isFine ? 'window' : 'outline'}
    >
      <div className={classes.head}>
        <h3 className={classes.title}>{title}</h3>
        <div className={classes.tools}>
          {window && (
            <Tool label={t('chart.resetZoom')} icon={<IconZoomReset size={15} />} onClick={() => onWindow(null)} />
          )}
          {!empty && (
            <>
              <Tool label={t('chart.savePng')} icon={<IconChartLine size={15} />} onClick={() => void saveImage()} />
              <Tool label={t('chart.saveCsv')} icon={<IconDownload size={15} />} onClick={props.onSaveTable} />
            </>
          )}
        </div>
      </div>
      <div className={classes.canvas} style={{ height }} title={empty ? undefined : t('chart.zoomHint')}>
        {empty || width === 0 ? (
          <div className={classes.waiting}>{t('chart.noPoints')}</div>
        ) : (
          <ChartCanvas
            handle={chart}
            data={data}
            options={options}
            width={width}
            height={height}
            label={title}
            onDoubleClick={() => onWindow(null)}
          />
        )}
      </div>
    </figure>
  )
})

interface DrawContext {
  colours: ChartColours
  window: StepWindow | null
  buckets: number
  smoothing: number
}

function datasetsOf(lines: readonly ChartLine[], { colours, ...wanted }: DrawContext) {
  return lines.flatMap(line => {
    const { raw, smoothed } = drawnLine(line, wanted)
    const colour = colours.series[line.style.colour] ?? colours.accent
    const style = {
      // A band of spikes is read by its edges, and a thin line is drawn in a fraction of the time.
      borderWidth: raw.length > wanted.buckets ? 1 : 1.5,
      borderDash: [...line.style.dash],
      pointRadius: raw.length === 1 ? 2 : 0,
      pointHoverRadius: 3,
      tension: 0,
    }
    const own = { label: line.label, borderColor: colour, backgroundColor: colour, ...style }
    if (smoothed === null) return [{ ...own, data: raw }]
    return [
      { ...own, label: '', borderColor: `${colour}40`, borderWidth: 1, borderDash: [], data: raw },
      { ...own, data: smoothed },
    ]
  })
}

function Tool({ label, icon, onClick }: { label: string; icon: ReactNode; onClick(): void }): ReactNode {
  return (
    <button type="button" className={classes.tool} aria-label={label} title={label} onClick={onClick}>
      {icon}
    </button>
  )
}
