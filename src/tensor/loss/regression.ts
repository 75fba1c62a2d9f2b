/** Losses of a prediction against a target, element by element: both and the result are of one shape. */
import type { Value } from '../graph.ts'
import { abs, equal, less, mul, neg, relu, square, sub, where } from '../ops/elementwise.ts'

export const squaredError = (prediction: Value, target: Value): Value => square(sub(prediction, target))

export const absoluteError = (prediction: Value, target: Value): Value => abs(sub(prediction, target))

/** d²/2 where |d| ≤ delta, delta·(|d| − delta/2) beyond (Huber 1964). */
export function huber(prediction: Value, target: Value, delta = 1): Value {
  const distance = abs(sub(prediction, target))
  const near = mul(square(distance), 0.5)
  const far = mul(sub(distance, delta / 2), delta)
  return where(less(distance, delta), near, far)
}

/**
 * Squared error that a censored label charges on one side only.
 *
 * @param relation −1: the true value is below the target ("<"), a prediction below costs nothing; +1: it is above (">"); 0: exact.
 */
export function censoredSquaredError(prediction: Value, target: Value, relation: Value): Value {
  const difference = sub(prediction, target)
  // towards the allowed side `difference · relation` is positive and costs nothing
  const oneSided = relu(neg(mul(difference, relation)))
  return square(where(equal(relation, 0), difference, oneSided))
}
