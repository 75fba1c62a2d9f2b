import {
  add,
  and,
  cast,
  div,
  erf,
  exp,
  greater,
  hardSigmoid,
  less,
  log,
  mul,
  neg,
  or,
  pow,
  sigmoid,
  sign,
  square,
  sub,
  where,
} from '../../ops/elementwise.ts'
import { notDifferentiable, type Rules, rule, unbroadcast } from '../rule.ts'

type Elementwise =
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Min'
  | 'Max'
  | 'Neg'
  | 'Abs'
  | 'Sign'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Erf'
  | 'Relu'
  | 'Gelu'
  | 'Sigmoid'
  | 'Tanh'
  | 'Softplus'
  | 'HardSigmoid'
  | 'Clip'
  | 'Where'
  | 'Cast'
  | 'Identity'
  | 'Greater'
  | 'Less'
  | 'Equal'
  | 'And'
  | 'Or'
  | 'Not'
  | 'IsNaN'
  | 'IsInf'

/** The largest float32; times the smallest normal number it is 4. */
const steepest = 3.4028234663852886e38

const boolean = notDifferentiable('its output is a truth value')

export const elementwiseRules: Rules<Elementwise> = {
  Add: rule(({ inputs: [a, b] }, g) => [() => unbroadcast(g, a!), () => unbroadcast(g, b!)]),
  Sub: rule(({ inputs: [a, b] }, g) => [() => unbroadcast(g, a!), () => unbroadcast(neg(g), b!)]),
  Mul: rule(({ inputs: [a, b] }, g) => [() => unbroadcast(mul(g, b!), a!), () => unbroadcast(mul(g, a!), b!)]),
  Div: rule(({ inputs: [a, b], outputs: [y] }, g) => [
    () => unbroadcast(div(g, b!), a!),
    () => unbroadcast(neg(div(mul(g, y!), b!)), b!),
  ]),
  Pow: rule(({ inputs: [a, b], outputs: [y] }, g) => [
    () => unbroadcast(mul(g, mul(b!, pow(a!, sub(b!, 1)))), a!),
    () => unbroadcast(mul(g, mul(y!, log(a!))), b!),
  ]),
  // equal operands: the gradient goes to the first
  Min: rule(({ inputs: [a, b] }, g) => [
    () => unbroadcast(where(less(b!, a!), 0, g), a!),
    () => unbroadcast(where(less(b!, a!), g, 0), b!),
  ]),
  Max: rule(({ inputs: [a, b] }, g) => [
    () => unbroadcast(where(greater(b!, a!), 0, g), a!),
    () => unbroadcast(where(greater(b!, a!), g, 0), b!),
  ]),
  Neg: rule((_, g) => [() => neg(g)]),
  Abs: rule(({ inputs: [x] }, g) => [() => mul(g, sign(x!))]),
  Exp: rule(({ outputs: [y] }, g) => [() => mul(g, y!)]),
  Log: rule(({ inputs: [x] }, g) => [() => div(g, x!)]),
  Sqrt: rule(({ outputs: [y] }, g) => [() => div(mul(g, 0.5), y!)]),
  Reciprocal: rule(({ outputs: [y] }, g) => [() => neg(mul(g, square(y!)))]),
  Erf: rule(({ inputs: [x] }, g) => [() => mul(g, mul(exp(neg(square(x!))), 2 / Math.sqrt(Math.PI)))]),
  // 0 at 0, as in PyTorch. The output is 0 or positive, so the steepest HardSigmoid is its step function: one pass over
  // memory, where a comparison and a cast take two and Where, on the CPU, as long as four
  Relu: rule(({ outputs: [y] }, g) => [() => mul(g, hardSigmoid(y!, { alpha: steepest, beta: 0 }))]),
  HardSigmoid: rule(({ outputs: [y], attributes: { alpha } }, g) => [
    () => where(and(greater(y!, 0), less(y!, 1)), mul(g, alpha), 0),
  ]),
  // Φ(x) + x·φ(x)
  Gelu: rule(({ inputs: [x] }, g) => [
    () => {
      const cumulative = mul(add(erf(mul(x!, Math.SQRT1_2)), 1), 0.5)
      const density = mul(exp(mul(square(x!), -0.5)), 1 / Math.sqrt(2 * Math.PI))
      return mul(g, add(cumulative, mul(x!, density)))
    },
  ]),
  Sigmoid: rule(({ outputs: [y] }, g) => [() => mul(g, mul(y!, sub(1, y!)))]),
  Tanh: rule(({ outputs: [y] }, g) => [() => mul(g, sub(1, square(y!)))]),
  Softplus: rule(({ inputs: [x] }, g) => [() => mul(g, sigmoid(x!))]),
  // 1 on the bounds, as in PyTorch
  Clip: rule(({ inputs: [x], attributes: { min, max } }, g) => [
    () => {
      const outside = [...(min === undefined ? [] : [less(x!, min)]), ...(max === undefined ? [] : [greater(x!, max)])]
      return outside.length === 0 ? g : where(outside.reduce(or), 0, g)
    },
  ]),
  Where: rule(({ inputs: [condition, a, b] }, g) => [
    undefined,
    () => unbroadcast(where(condition!, g, 0), a!),
    () => unbroadcast(where(condition!, 0, g), b!),
  ]),
  Cast: rule(({ inputs: [x] }, g) => [() => cast(g, x!.dtype)]),
  Identity: rule((_, g) => [() => g]),
  Sign: notDifferentiable('its derivative is zero wherever it exists'),
  Greater: boolean,
  Less: boolean,
  Equal: boolean,
  And: boolean,
  Or: boolean,
  Not: boolean,
  IsNaN: boolean,
  IsInf: boolean,
}
