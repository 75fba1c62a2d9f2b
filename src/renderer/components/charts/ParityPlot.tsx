import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChartDots } from '@tabler/icons-react'
import type { ChartOptions } from 'chart.js'
import { type ReactNode, useMemo, useRef } from 'react'
import { Chart as ReactChart } from 'react-chartjs-2'
import { saveBlob } from '../../api/host.ts'
import { fixed, formatPX } from '../../format/affinity.ts'
import { useT } from '../../i18n/translate.ts'
import { useChartColours } from './chart-colours.ts'
import { axis, type Chart, chartImage, tooltipLook } from './chart-setup.ts'
import classes from './charts.module.css'

export interface ParityPoint {
  part: 'validation' | 'test'
  /** Index in the data set. */
  row: number
  measured: number
  predicted: number
}

interface ParityPlotProps {
  points: readonly ParityPoint[]
  unit: string
  fileName: string
  size?: number
  /** Standard deviation of replicates: nobody can be asked to predict better. */
  noiseSd?: number | null
  /** Drawn larger: the compound that is open beside the plot. */
  selected?: ParityPoint | null
  /** The compound under the pointer; `null` when it has left. */
  onHover?: (point: ParityPoint | null) => void
  onSelect?: (point: ParityPoint) => void
}

/** In the order of the chart's data sets; the test compounds lie on top. */
const PARTS = ['test', 'validation'] as const

/** Predicted against measured: square, with the identity and the bands of half a log unit and a whole one. */
export function ParityPlot(props: ParityPlotProps): ReactNode {
  const { points, unit, fileName, size = 360, noiseSd = null, selected = null, onHover, onSelect } = props
  const { t } = useT()
  const colours = useChartColours()
  const chart = useRef<Chart<'scatter'>>(null)
  const [low, high] = useMemo(() => range(points), [points])

  const data = useMemo(() => {
    const line = (offset: number, style: object) => ({
      type: 'line' as const,
      data: [
        { x: low, y: low + offset },
        { x: high, y: high + offset },
      ],
      pointRadius: 0,
      pointHitRadius: 0,
      borderWidth: 0,
      ...style,
    })
    const dots = (part: ParityPoint['part'], colour: string | undefined) => ({
      type: 'scatter' as const,
      label: t(`part.${part}`),
      data: ofPart(points, part).map(point => ({ x: point.measured, y: point.predicted })),
      pointRadius: points.length > 2000 ? 1.5 : 2.5,
      pointHoverRadius: 4,
      borderWidth: 0,
      backgroundColor: `${colour}b0`,
    })
    return {
      datasets: [
        dots(PARTS[0], colours.series[1]),
        dots(PARTS[1], colours.series[0]),
        line(0, { borderColor: colours.muted, borderWidth: 1 }),
        line(-0.5, {}),
        line(0.5, { fill: '-1', backgroundColor: colours.band }),
        line(-1, {}),
        line(1, { fill: '-1', backgroundColor: colours.band }),
        ...(noiseSd === null ? [] : [-2, 2].map(k => line(k * noiseSd, NOISE_LINE(colours.muted)))),
        ...(selected === null ? [] : [ring(selected, colours.text)]),
      ],
    }
  }, [points, low, high, colours, t, noiseSd, selected])

  const options = useMemo<ChartOptions<'scatter'>>(() => {
    const scale = { type: 'linear' as const, min: low, max: high }
    return {
      animation: false,
      aspectRatio: 1,
      onHover: (_event, [element]) => {
        const part = element && PARTS[element.datasetIndex]
        onHover?.((part && ofPart(points, part)[element.index]) ?? null)
      },
      onClick: (_event, [element]) => {
        const part = element && PARTS[element.datasetIndex]
        const point = part && ofPart(points, part)[element.index]
        if (point) onSelect?.(point)
      },
      scales: {
        x: unitSteps({ ...scale, ...axis(colours, t('parity.measured', { unit })) }),
        y: unitSteps({ ...scale, ...axis(colours, t('parity.predicted', { unit })) }),
      },
      plugins: {
        tooltip: {
          ...tooltipLook(colours),
          filter: item => item.datasetIndex < PARTS.length,
          callbacks: {
            label: item => t('parity.point', { measured: formatPX(item.parsed.x), predicted: formatPX(item.parsed.y) }),
          },
        },
      },
    }
  }, [points, low, high, colours, unit, t, onHover, onSelect])

  return (
    <figure
      className={classes.chart}
      style={{ margin: 0, width: size, maxWidth: '100%' }}
      aria-label={t('parity.title')}
    >
      <div className={classes.head}>
        <div className={classes.legend}>
          {PARTS.map(
            (part, index) =>
              points.some(point => point.part === part) && (
                <span key={part} className={classes.key}>
                  <span
                    className={classes.swatch}
                    style={{ background: colours.series[1 - index], height: 8, width: 8, borderRadius: 4 }}
                  />
                  {t(`part.${part}`)}
                </span>
              ),
          )}
          <span>{t('parity.bands')}</span>
          {noiseSd !== null && <span>{t('parity.noise', { sd: fixed(noiseSd, 2) })}</span>}
        </div>
        <div className={classes.tools}>
          <Tooltip label={t('chart.savePng')}>
            <ActionIcon
              size="sm"
              aria-label={t('chart.savePng')}
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
      <ReactChart
        type="scatter"
        ref={chart as never}
        data={data as never}
        options={options}
        role="img"
        aria-label={t('parity.title')}
      />
    </figure>
  )
}

const NOISE_LINE = (colour: string) => ({ borderColor: colour, borderWidth: 1, borderDash: [3, 3] })

/** Around the open compound. */
function ring({ measured, predicted }: ParityPoint, colour: string) {
  return {
    type: 'scatter' as const,
    data: [{ x: measured, y: predicted }],
    pointRadius: 7,
    pointHitRadius: 0,
    borderColor: colour,
    borderWidth: 2,
    backgroundColor: 'transparent',
  }
}

/** A tick at every log unit. */
function unitSteps<Scale extends { ticks: object }>(scale: Scale): Scale {
  return { ...scale, ticks: { ...scale.ticks, stepSize: 1, autoSkipPadding: 4, includeBounds: true } }
}

function ofPart(points: readonly ParityPoint[], part: ParityPoint['part']): ParityPoint[] {
  return points.filter(point => point.part === part)
}

function range(points: readonly ParityPoint[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { measured, predicted } of points) {
    low = Math.min(low, measured, predicted)
    high = Math.max(high, measured, predicted)
  }
  return points.length === 0 ? [0, 1] : [Math.floor(low - 0.1), Math.ceil(high + 0.1)]
}
