/** A growing run of points, and what is drawn of it. */

/**
 * Points in ascending x; arrays grow by doubling, so that a million points cost no copies per point. A point is one measurement, or
 * an extreme of a range of them: then `mean` is that of the range and `count` how many of its measurements the point stands for.
 */
export class Series {
  private xs = new Float64Array(256)
  private ys = new Float64Array(256)
  private means = new Float64Array(256)
  private counts = new Float64Array(256)
  length = 0
  /** From here on every point is one measurement. */
  private exactFrom = -Infinity

  /** A point with the x of another one replaces it; what is not finite is a gap, NaN. */
  set(x: number, y: number, mean = y, count = 1): void {
    let index = this.length
    if (index > 0 && x <= this.x(index - 1)) {
      index = lowerBound(this.points().xs, x)
      if (this.xs[index] !== x) this.makeRoom(index)
    } else {
      this.length++
      if (this.length > this.xs.length) this.grow()
    }
    this.xs[index] = x
    this.ys[index] = y
    this.means[index] = mean
    this.counts[index] = count
    if (count !== 1 && x >= this.exactFrom) this.exactFrom = x + 1
  }

  x(index: number): number {
    return this.xs[index] as number
  }

  y(index: number): number {
    return this.ys[index] as number
  }

  get lastX(): number {
    return this.length === 0 ? -Infinity : this.x(this.length - 1)
  }

  /** Is what lies from `from` on as it was measured, not an outline of it? */
  isExactFrom(from: number): boolean {
    return from >= this.exactFrom
  }

  /** Views, not copies: valid until the next `set`. */
  points(): Points {
    const { length } = this
    return {
      xs: this.xs.subarray(0, length),
      ys: this.ys.subarray(0, length),
      means: this.means.subarray(0, length),
      counts: this.counts.subarray(0, length),
    }
  }

  private makeRoom(index: number): void {
    this.length++
    if (this.length > this.xs.length) this.grow()
    for (const values of [this.xs, this.ys, this.means, this.counts])
      values.copyWithin(index + 1, index, this.length - 1)
  }

  private grow(): void {
    this.xs = grown(this.xs)
    this.ys = grown(this.ys)
    this.means = grown(this.means)
    this.counts = grown(this.counts)
  }
}

export interface Points {
  xs: Float64Array
  ys: Float64Array
  means: Float64Array
  counts: Float64Array
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const next = new Float64Array(values.length * 2)
  next.set(values)
  return next
}

export interface Point {
  x: number
  y: number
}

/**
 * At most two points for each of `buckets` equal slices of [from, to]: the lowest and the highest, in their order, so that no
 * spike is lost. Fewer points than that come back as they are.
 * @param xs ascending
 */
export function downsample(
  { xs, ys }: Pick<Points, 'xs' | 'ys'>,
  { from, to, buckets }: { from: number; to: number; buckets: number },
): Point[] {
  // One point beyond each edge, so that the line runs out of the picture.
  const start = Math.max(0, lowerBound(xs, from) - 1)
  const end = Math.min(xs.length, lowerBound(xs, to) + 2)
  const points: Point[] = []
  const add = (index: number): void => void points.push({ x: xs[index] as number, y: ys[index] as number })
  if (end - start <= buckets * 2) {
    for (let index = start; index < end; index++) add(index)
    return points
  }
  const size = (end - start) / buckets
  for (let bucket = 0; bucket < buckets; bucket++) {
    const first = start + Math.floor(bucket * size)
    const last = bucket === buckets - 1 ? end : start + Math.floor((bucket + 1) * size)
    let low = first
    let high = first
    for (let index = first + 1; index < last; index++) {
      // A gap is neither low nor high, unless there is nothing else.
      if ((ys[index] as number) < (ys[low] as number) || Number.isNaN(ys[low])) low = index
      if ((ys[index] as number) > (ys[high] as number) || Number.isNaN(ys[high])) high = index
    }
    add(Math.min(low, high))
    if (low !== high) add(Math.max(low, high))
  }
  return points
}

/** The first index whose value is not below `x`. */
export function lowerBound(values: Float64Array, x: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) < x) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Exponential moving average of the measurements without the pull towards zero at the start (Kingma & Ba 2015, section 3); at a
 * point that stands for several, as if their mean had come that often, so that zooming does not change how smooth a curve is.
 * `weight` 0 is the series itself. What is not finite is passed over.
 */
export function smooth({ means, counts }: Pick<Points, 'means' | 'counts'>, weight: number): Float64Array {
  const out = new Float64Array(means.length)
  let average = 0
  let missing = 1
  for (let index = 0; index < means.length; index++) {
    const mean = means[index] as number
    if (Number.isFinite(mean)) {
      const kept = weight ** (counts[index] as number)
      average = kept * average + (1 - kept) * mean
      missing *= kept
    }
    out[index] = missing < 1 ? average / (1 - missing) : mean
  }
  return out
}
