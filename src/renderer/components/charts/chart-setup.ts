/** Chart.js with only the parts that are used. */
import {
  Chart,
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

/** A vertical line through the values that the tooltip tells. */
const crosshair: Plugin = {
  id: 'crosshair',
  afterDraw(chart) {
    const active = chart.tooltip?.getActiveElements()[0]
    if (!active || chart.options.interaction?.axis !== 'x') return
    const { ctx, chartArea } = chart
    ctx.save()
    ctx.strokeStyle = String(chart.options.color ?? 'gray')
    ctx.globalAlpha = 0.5
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.moveTo(active.element.x, chartArea.top)
    ctx.lineTo(active.element.x, chartArea.bottom)
    ctx.stroke()
    ctx.restore()
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
