/** Chart.js options of a line chart. */
import type { ChartOptions } from 'chart.js'
import type { ChartColours } from './chart-colours.ts'
import { axis, type Chart, tooltipLook } from './chart-setup.ts'
import { isHighest } from './headroom.ts'
import type { StepWindow } from './line-data.ts'

export interface ChartMark {
  label: string
  value: number
  axis: 'x' | 'y'
  tone?: 'warn' | 'bad'
}

export interface LineOptions {
  colours: ChartColours
  xLabel: string
  yLabel: string
  logarithmic: boolean
  fromZero: boolean
  marks: readonly ChartMark[]
  /** Upper end the value axis must reach. */
  top: number | null
  /** What is shown of the x axis. */
  window: StepWindow | null
  /** What the x axis can show; where `window` ends when it is reset. */
  extent: StepWindow | null
  group: string
  onWindow(window: StepWindow): void
}

export function lineOptions(options: LineOptions): ChartOptions<'line'> {
  const { colours, marks, window, extent } = options
  const shown = window ?? extent
  const follow = ({ chart }: { chart: Chart }): void => {
    const { min, max } = chart.scales.x as { min: number; max: number }
    options.onWindow([Math.max(0, Math.floor(min)), Math.ceil(max)])
  }
  return {
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    color: colours.muted,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    scales: {
      x: {
        type: 'linear',
        ...axis(colours, options.xLabel),
        ...(shown === null ? {} : { min: shown[0], max: Math.max(shown[1], shown[0] + 1) }),
      },
      y: {
        type: options.logarithmic ? 'logarithmic' : 'linear',
        ...axis(colours, options.yLabel),
        ...(options.fromZero ? { min: 0 } : { grace: '4%' }),
        ...(options.top === null ? {} : { suggestedMax: options.top }),
      },
    },
    plugins: {
      crosshair: { group: options.group },
      tooltip: {
        ...tooltipLook(colours),
        mode: 'x',
        // One row a curve, of its point nearest to the pointer, whatever else lies under it.
        filter: (item, index, items) =>
          item.dataset.label !== '' && items.findIndex(other => other.datasetIndex === item.datasetIndex) === index,
        callbacks: {
          title: items => `${options.xLabel} ${Math.round(items[0]?.parsed.x ?? 0)}`,
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
        ...(extent === null ? {} : { limits: { x: { min: extent[0], max: extent[1], minRange: 2 } } }),
      },
    },
  }
}

interface AnnotationContext {
  colours: ChartColours
  marks: readonly ChartMark[]
}

function annotationOf(mark: ChartMark, { colours, marks }: AnnotationContext) {
  const horizontal = mark.axis === 'y'
  const colour = mark.tone === 'bad' ? colours.bad : mark.tone === 'warn' ? colours.warn : colours.muted
  const lines = marks.filter(each => each.axis === 'y').map(each => each.value)
  return {
    type: 'line' as const,
    scaleID: mark.axis,
    value: mark.value,
    borderColor: colour,
    borderWidth: 1,
    borderDash: [4, 4],
    label: {
      display: mark.label !== '',
      content: mark.label,
      position: (mark.tone === undefined ? 'end' : 'start') as 'end' | 'start',
      backgroundColor: colours.surface,
      color: colour,
      font: { size: 10, weight: 'normal' as const },
      padding: 2,
      yAdjust: horizontal ? (isHighest(mark.value, lines) ? -8 : 8) : 0,
      xAdjust: horizontal ? 0 : 22,
    },
  }
}
