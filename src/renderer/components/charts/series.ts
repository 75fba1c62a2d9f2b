/** A growing run of points, and what is drawn of it. */

/** Points in ascending x; arrays grow by doubling, so that a million points cost no copies per point. */
export class Series {
  private xs = new Float64Array(256)
  private ys = new Float64Array(256)
  length = 0

  /** A point that does not come after the last one replaces what was there: a resumed run goes back to its checkpoint. */
  push(x: number, y: number): void {
    if (this.length > 0 && x <= this.x(this.length - 1)) this.length = lowerBound(this.points().xs, x)
    if (this.length === this.xs.length) {
      this.xs = grown(this.xs)
      this.ys = grown(this.ys)
    }
    this.xs[this.length] = x
    this.ys[this.length] = y
    this.length++
  }

  x(index: number): number {
    return this.xs[index] as number
  }

  y(index: number): number {
    return this.ys[index] as number
  }

  /** Views, not copies: valid until the next `push`. */
  points(): { xs: Float64Array; ys: Float64Array } {
    return { xs: this.xs.subarray(0, this.length), ys: this.ys.subarray(0, this.length) }
  }
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
  { xs, ys }: { xs: Float64Array; ys: Float64Array },
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
      if ((ys[index] as number) < (ys[low] as number)) low = index
      if ((ys[index] as number) > (ys[high] as number)) high = index
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
 * Exponential moving average without the pull towards zero at the start (Kingma & Ba 2015, section 3). `weight` 0 is the
 * series itself. Non-finite values are passed over.
 */
export function smooth(ys: Float64Array, weight: number): Float64Array {
  const out = new Float64Array(ys.length)
  let mean = 0
  let correction = 1
  for (let index = 0; index < ys.length; index++) {
    const y = ys[index] as number
    if (Number.isFinite(y)) {
      mean = weight * mean + (1 - weight) * y
      correction *= weight
    }
    out[index] = correction < 1 ? mean / (1 - correction) : y
  }
  return out
}
