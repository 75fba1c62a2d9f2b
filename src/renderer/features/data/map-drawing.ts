/** From places on the map to pixels and colours, and back. Pure. */
export interface Places {
  rows: readonly number[]
  x: readonly number[]
  y: readonly number[]
  pX: readonly number[]
}

export interface Projection {
  toScreen(x: number, y: number): [number, number]
  fromScreen(point: readonly [number, number]): [number, number]
  values: { min: number; max: number }
}

const MARGIN = 14

/** One scale for both axes: a distance means the same in every direction. */
export function createProjection({ x, y, pX }: Places, width: number, height: number): Projection {
  const [left, right] = ends(x)
  const [bottom, top] = ends(y)
  const scale = Math.min(
    Math.max(1, width - 2 * MARGIN) / (right - left || 1),
    Math.max(1, height - 2 * MARGIN) / (top - bottom || 1),
  )
  const [middleX, middleY] = [(left + right) / 2, (bottom + top) / 2]
  const [min, max] = ends(pX)
  return {
    toScreen: (px, py) => [width / 2 + (px - middleX) * scale, height / 2 - (py - middleY) * scale],
    fromScreen: ([sx, sy]) => [middleX + (sx - width / 2) / scale, middleY - (sy - height / 2) / scale],
    values: { min, max },
  }
}

/** How far off a click may be. */
const REACH_PX = 10

/** Index of the point nearest to a place on the screen, `null` where none is near. */
export function nearestPoint({ x, y }: Places, { toScreen }: Projection, at: readonly [number, number]): number | null {
  let best: number | null = null
  let least = REACH_PX
  for (let i = 0; i < x.length; i++) {
    const [px, py] = toScreen(x[i]!, y[i]!)
    const distance = Math.hypot(px - at[0], py - at[1])
    if (distance >= least) continue
    least = distance
    best = i
  }
  return best
}

/** From weak to strong, told apart with any colour vision and in grey (after viridis). */
export const RAMP = {
  light: ['#c9b82e', '#5ec962', '#21918c', '#3b528b', '#440154'],
  dark: ['#5c4a8a', '#4a78b5', '#2fa39a', '#7bd26a', '#fde725'],
} as const

/** Of a share from 0 to 1. */
export function colourOf(share: number, scheme: 'light' | 'dark'): string {
  const ramp = RAMP[scheme]
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1)
  const low = Math.min(ramp.length - 2, Math.floor(at))
  const [a, b] = [channels(ramp[low]!), channels(ramp[low + 1]!)]
  return `rgb(${a.map((value, k) => Math.round(value + (b[k]! - value) * (at - low))).join(' ')})`
}

function channels(hex: string): number[] {
  return [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16))
}

function ends(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1]
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
}
