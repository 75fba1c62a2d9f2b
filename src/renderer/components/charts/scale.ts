/** Axes for hand-drawn charts: round ticks and a linear map to pixels. */

/** Round values that cover [min, max] in about `count` steps; steps are 1, 2 or 5 times a power of ten. */
export function niceTicks(min: number, max: number, count: number): number[] {
  if (!(max > min) || count < 1) return [min]
  const raw = (max - min) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find(factor => factor * power >= raw * (1 - 1e-9)) as number) * power
  const ticks: number[] = []
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)))
  }
  return ticks
}

export function linear(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const [a, b] = from
  const [x, y] = to
  const slope = b === a ? 0 : (y - x) / (b - a)
  return value => x + (value - a) * slope
}
