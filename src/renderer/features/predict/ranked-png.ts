/** The first rows of a ranked table as a picture: structures, values with their intervals, and a heat map where several models answer. */
import { depictionOf } from '../../api/depictions.ts'
import { type Endpoint, formatWithHalfWidth, halfWidthOf, pXName } from '../../format/affinity.ts'
import { heatOf, type ResultRow, type TableModel } from './ranked-rows.ts'

export const PNG_ROWS = 40

const ROW = 76
const HEAD = 34
const [RANK, STRUCTURE, NAME, VALUE] = [44, 120, 300, 132]
/** Of a screen with twice the density. */
const SCALE = 2

interface Picture {
  rows: readonly ResultRow[]
  models: readonly TableModel[]
  endpoint: Endpoint
}

export async function rankedPng({ rows, models, endpoint }: Picture): Promise<Blob> {
  const columns = Math.max(1, models.length)
  const width = RANK + STRUCTURE + NAME + columns * VALUE
  const canvas = document.createElement('canvas')
  canvas.width = SCALE * width
  canvas.height = SCALE * (HEAD + rows.length * ROW)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser has no canvas to draw on')
  context.scale(SCALE, SCALE)
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, width, HEAD + rows.length * ROW)
  context.textBaseline = 'middle'
  for (let k = 0; k < columns; k++) {
    const left = RANK + STRUCTURE + NAME + k * VALUE
    const name = columns === 1 ? pXName(endpoint) : (models[k]?.name ?? '')
    text(context, { value: name, x: left + 8, y: HEAD / 2, most: VALUE - 12, bold: true })
  }
  for (const [i, row] of rows.entries()) await drawRow(context, { row, place: i + 1, top: HEAD + i * ROW, width })
  const { promise, resolve, reject } = Promise.withResolvers<Blob>()
  canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the picture could not be made'))), 'image/png')
  return promise
}

interface DrawnRow {
  row: ResultRow
  place: number
  top: number
  width: number
}

async function drawRow(context: CanvasRenderingContext2D, { row, place, top, width }: DrawnRow): Promise<void> {
  const middle = top + ROW / 2
  context.fillStyle = '#e3e6e8'
  context.fillRect(0, top, width, 1)
  text(context, { value: String(place), x: 8, y: middle, most: RANK - 8, muted: true })
  if (row.error === null) {
    const { svg } = await depictionOf({ smiles: row.smiles, width: 100, height: 66, theme: 'light' })
    if (svg !== null) context.drawImage(await imageOf(svg), RANK + 4, top + 5, 100, 66)
  }
  text(context, {
    value: row.smiles,
    x: RANK + STRUCTURE,
    y: middle - (row.error ? 9 : 0),
    most: NAME - 12,
    mono: true,
  })
  if (row.error) text(context, { value: row.error, x: RANK + STRUCTURE, y: middle + 10, most: NAME - 12, bad: true })
  for (const [k, value] of [row, ...row.others].entries()) {
    const left = RANK + STRUCTURE + NAME + k * VALUE
    const prediction = value?.prediction ?? null
    if (value === null || prediction === null) continue
    if (row.others.length > 0) {
      context.fillStyle = heatColour(prediction)
      context.fillRect(left, top + 1, VALUE - 2, ROW - 1)
    }
    const shown = formatWithHalfWidth(prediction, halfWidthOf(value))
    text(context, { value: shown, x: left + 8, y: middle, most: VALUE - 12 })
  }
}

/** From white to teal, light enough for dark text. */
export function heatColour(pX: number): string {
  return `rgb(15 111 104 / ${Math.round(heatOf(pX) * 55)}%)`
}

interface Text {
  value: string
  x: number
  y: number
  most: number
  bold?: boolean
  muted?: boolean
  mono?: boolean
  bad?: boolean
}

function text(context: CanvasRenderingContext2D, { value, x, y, most, ...how }: Text): void {
  context.font = `${how.bold ? '600 ' : ''}${how.mono ? 11 : 13}px ${how.mono ? '"JetBrains Mono", monospace' : '"Inter Variable", sans-serif'}`
  context.fillStyle = how.bad ? '#a8261c' : how.muted ? '#5b636b' : '#1f2429'
  let shown = value
  while (shown.length > 1 && context.measureText(shown).width > most) shown = `${shown.slice(0, -2)}…`
  context.fillText(shown, x, y)
}

function imageOf(svg: string): Promise<HTMLImageElement> {
  const { promise, resolve, reject } = Promise.withResolvers<HTMLImageElement>()
  const image = new Image()
  image.onload = () => resolve(image)
  image.onerror = () => reject(new Error('a drawing could not be read'))
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`
  return promise
}
