import { randomPermutation } from '../../tensor/random.ts'

/**
 * Points in the plane from similarities to some landmarks (landmark multidimensional scaling: de Silva and Tenenbaum 2004). MinMax
 * similarity is a kernel, so 2 − 2 s is a squared distance in its feature space, and the axes are the first two principal components
 * of the landmarks there. Alike compounds lie close together; far apart means unlike. The plane has no other meaning.
 */
export interface LandmarkMap {
  /** Of a point with these similarities to the landmarks, [landmarks]. */
  place(similarities: ArrayLike<number>): [x: number, y: number]
}

/** Enough to span the series of a data set; placing a compound costs as many comparisons. */
export const LANDMARKS = 300

/** Up to `LANDMARKS` different positions of a list, ascending; the same for the same length. */
export function chooseLandmarks(count: number): number[] {
  if (count <= LANDMARKS) return Array.from({ length: count }, (_, i) => i)
  const order = randomPermutation({ seed: 1, stream: 'landmarks', step: 0 }, count)
  return [...order.slice(0, LANDMARKS)].sort((a, b) => a - b)
}

/** From the similarities of the landmarks with each other. [landmarks, landmarks], row-major */
export function createLandmarkMap(similarities: Float64Array): LandmarkMap {
  const n = Math.sqrt(similarities.length)
  if (!Number.isInteger(n)) throw new RangeError(`expected a square matrix, got ${similarities.length} values`)
  const squared = similarities.map(s => 2 - 2 * s)
  const means = Float64Array.from({ length: n }, (_, i) => meanOf(squared.subarray(i * n, (i + 1) * n)))
  const mean = meanOf(means)
  const gram = squared.map((value, at) => -0.5 * (value - means[Math.floor(at / n)]! - means[at % n]! + mean))
  const axes = leadingAxes(gram, n).map(({ value, vector }) => {
    // Pseudo-inverse of the landmarks' coordinates; an axis without extent places everything at 0.
    const scale = value > 1e-9 * n ? 1 / Math.sqrt(value) : 0
    return vector.map(component => component * scale)
  })
  return {
    place: row => {
      const [x, y] = axes.map(axis => {
        let sum = 0
        for (let i = 0; i < n; i++) sum -= 0.5 * axis[i]! * (2 - 2 * row[i]! - means[i]!)
        return sum
      })
      return [x ?? 0, y ?? 0]
    },
  }
}

interface Axis {
  value: number
  vector: Float64Array
}

const ITERATIONS = 300

/**
 * The two leading eigenvectors of a symmetric matrix by orthogonal iteration. Their signs are chosen so that the component of the
 * largest size is positive: the same data gives the same picture.
 */
function leadingAxes(matrix: Float64Array, n: number): Axis[] {
  const axes: Axis[] = [0, 1].slice(0, n).map(k => ({
    value: 0,
    // Anything that is not orthogonal to what is looked for.
    vector: Float64Array.from({ length: n }, (_, i) => Math.cos((i + 1) * (k + 1)) + 0.01 * k),
  }))
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    for (const [k, axis] of axes.entries()) {
      const next = multiply(matrix, axis.vector)
      for (const before of axes.slice(0, k)) {
        const shared = dot(next, before.vector)
        for (let i = 0; i < n; i++) next[i]! -= shared * before.vector[i]!
      }
      axis.value = Math.sqrt(dot(next, next))
      if (axis.value > 0) axis.vector = next.map(value => value / axis.value)
    }
  }
  for (const axis of axes) {
    const largest = axis.vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-9 ? b : a), 0)
    if (largest < 0) axis.vector = axis.vector.map(value => -value)
  }
  return axes
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length
  return Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), vector))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function meanOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
