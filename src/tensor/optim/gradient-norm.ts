import type { Value } from '../graph.ts'
import { add, div, min, mul, sqrt, square } from '../ops/elementwise.ts'
import { reduceSum } from '../ops/reduce.ts'

/** The Euclidean norm of a flat gradient [count] → []. */
export function gradientNorm(gradient: Value): Value {
  return sqrt(reduceSum(square(gradient), { axes: [0] }))
}

/** Scales a gradient down to norm `limit` where it is longer (Pascanu et al. 2013), with PyTorch's margin of 1e-6. */
export function clipByNorm(gradient: Value, norm: Value, limit: number): Value {
  if (!(limit > 0)) throw new Error(`the norm limit must be positive, got ${limit}`)
  return mul(gradient, min(div(limit, add(norm, 1e-6)), 1))
}
