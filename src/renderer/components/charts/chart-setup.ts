/** Chart.js with only the parts that are used. */
import {
  Chart,
  type ChartType,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  type Plugin,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js'
import annotation from 'chartjs-plugin-annotation'
import zoom from 'chartjs-plugin-zoom'
import type { ChartColours } from './chart-colours.ts'

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    crosshair?: { group: string }
  }
}

/** Charts of one group have their crosshair at the same x. */
const groups = new Map<string, { charts: Set<Chart>; x: number | null; frame: number }>()

function groupOf(chart: Chart): ReturnType<typeof groups.get> {
  const name = chart.options.plugins?.crosshair?.group
  if (name === undefined) return undefined
  const known = groups.get(name) ?? { charts: new Set<Chart>(), x: null, frame: 0 }
  groups.set(name, known)
  known.charts.add(chart)
  return known
}

/** A vertical line through the values that the tooltip tells, and at the same place in the other charts of the group. */
const crosshair: Plugin = {
  id: 'crosshair',
  beforeEvent(chart, { event }) {
    const group = groupOf(chart)
    const scale = chart.scales.x
    if (group === undefined || scale === undefined || event.x === null) return
    const { left, right } = chart.chartArea
    const inside = event.type === 'mousemove' && event.x >= left && event.x <= right
    const x = inside ? (scale.getValueForPixel(event.x) ?? null) : null
    if (x === group.x || (!inside && event.type !== 'mouseout')) return
    group.x = x
    cancelAnimationFrame(group.frame)
    group.frame = requestAnimationFrame(() => {
      for (const other of group.charts) other.draw()
    })
  },
  afterDraw(chart) {
    const x = groupOf(chart)?.x
    const scale = chart.scales.x
    if (x === null || x === undefined || scale === undefined || x < scale.min || x > scale.max) return
    const { ctx, chartArea } = chart
    const pixel = scale.getPixelForValue(x)
    ctx.save()
    ctx.strokeStyle = String(chart.options.color ?? 'gray')
    ctx.globalAlpha = 0.5
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.moveTo(pixel, chartArea.top)
    ctx.lineTo(pixel, chartArea.bottom)
    ctx.stroke()
    ctx.restore()
  },
  afterDestroy(chart) {
    for (const [name, { charts }] of groups) if (charts.delete(chart) && charts.size === 0) groups.delete(name)
  },
}

Chart.register(
  LineController,
  ScatterController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  Filler,
  Tooltip,
  annotation,
  zoom,
  crosshair,
)
Chart.defaults.font.family = "'Inter Variable', 'Noto Sans CJK SC', system-ui, sans-serif"
Chart.defaults.font.size = 11

export function axis(colours: ChartColours, title: string) {
  return {
    title: { display: title !== '', text: title, color: colours.muted, font: { size: 11 } },
    ticks: { color: colours.muted, maxRotation: 0, autoSkipPadding: 16, includeBounds: false },
    grid: { color: colours.grid, tickLength: 0 },
    border: { color: colours.line },
  }
}

export function tooltipLook(colours: ChartColours) {
  return {
    backgroundColor: colours.surface,
    borderColor: colours.line,
    borderWidth: 1,
    titleColor: colours.text,
    bodyColor: colours.text,
    titleFont: { weight: 'normal' as const },
    cornerRadius: 4,
    padding: 8,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 4,
    animation: false as const,
  }
}

export { Chart }

/** The chart as it is seen, on the page's own background. */
export function chartImage(chart: Chart, background: string): Promise<Blob> {
  const source = chart.canvas
  const canvas = document.createElement('canvas')
  canvas.width = source.width
  canvas.height = source.height
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  context.fillStyle = background
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(source, 0, 0)
  return new Promise((resolve, reject) =>
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the chart could not be made an image')))),
  )
}
