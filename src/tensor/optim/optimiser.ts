import type { Graph, Value } from '../graph.ts'
import { add, div, mul, sqrt, sub } from '../ops/elementwise.ts'

/**
 * sgd: v ← μ·v + g, θ ← θ − lr·v (PyTorch's form, no dampening); weight decay adds λ·θ to g.
 * adam: Kingma & Ba 2015; weight decay adds λ·θ to g.
 * adamw: Loshchilov & Hutter 2019; weight decay multiplies θ by 1 − lr·λ.
 */
export type OptimiserSpec =
  | { readonly kind: 'sgd'; readonly momentum?: number; readonly weightDecay?: number }
  | {
      readonly kind: 'adam' | 'adamw'
      readonly beta1?: number
      readonly beta2?: number
      readonly epsilon?: number
      readonly weightDecay?: number
    }

/** Vectors as long as theta that the optimiser carries from step to step, all zero at first. */
export type MomentName = 'm' | 'v'

export interface OptimiserUpdate {
  readonly theta: Value
  readonly moments: Readonly<Partial<Record<MomentName, Value>>>
}

/** The scalars a step is fed, each [1]. */
export type OptimiserScalars = Readonly<Record<string, number>>

export function momentNames(spec: OptimiserSpec): readonly MomentName[] {
  if (spec.kind !== 'sgd') return ['m', 'v']
  return (spec.momentum ?? 0) === 0 ? [] : ['m']
}

/** Names of the scalar inputs an optimiser reads. */
export function scalarNames(spec: OptimiserSpec): readonly string[] {
  return spec.kind === 'sgd' ? ['learningRate'] : ['learningRate', 'biasCorrection1', 'biasCorrection2']
}

/** The scalars for one step. @param step Counted from 1. */
export function optimiserScalars(
  spec: OptimiserSpec,
  options: { step: number; learningRate: number },
): OptimiserScalars {
  const { step, learningRate } = options
  if (!Number.isInteger(step) || step < 1) throw new Error(`steps are counted from 1, got ${step}`)
  if (spec.kind === 'sgd') return { learningRate }
  const { beta1 = 0.9, beta2 = 0.999 } = spec
  return { learningRate, biasCorrection1: 1 - beta1 ** step, biasCorrection2: 1 - beta2 ** step }
}

export interface OptimiserOperands {
  readonly graph: Graph
  /** theta, its gradient and every moment are flat, [count]. */
  readonly theta: Value
  readonly gradient: Value
  readonly moments: Readonly<Partial<Record<MomentName, Value>>>
  readonly scalars: Readonly<Record<string, Value>>
}

/** Appends one update to the graph. */
export function applyOptimiser(spec: OptimiserSpec, operands: OptimiserOperands): OptimiserUpdate {
  return spec.kind === 'sgd' ? applySgd(spec, operands) : applyAdam(spec, operands)
}

function applySgd(
  spec: OptimiserSpec & { kind: 'sgd' },
  { theta, gradient, moments, scalars }: OptimiserOperands,
): OptimiserUpdate {
  const { momentum = 0, weightDecay = 0 } = spec
  const decayed = weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay))
  const velocity = moments.m === undefined ? decayed : add(mul(moments.m, momentum), decayed)
  return {
    theta: sub(theta, mul(velocity, scalars.learningRate!)),
    moments: moments.m === undefined ? {} : { m: velocity },
  }
}

/**
 * θ − lr·m̂ / (√v̂ + ε) with the bias corrections c1, c2 moved into the scalars, which saves two passes over the vectors:
 * θ − (lr·√c2 / c1)·m / (√v + ε·√c2).
 */
function applyAdam(spec: OptimiserSpec & { kind: 'adam' | 'adamw' }, operands: OptimiserOperands): OptimiserUpdate {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = spec
  const { theta, moments, scalars } = operands
  const { learningRate, biasCorrection1, biasCorrection2 } = scalars as Record<string, Value>
  const coupled = spec.kind === 'adam' && weightDecay !== 0
  const gradient = coupled ? add(operands.gradient, mul(theta, weightDecay)) : operands.gradient
  const m = add(moments.m!, mul(sub(gradient, moments.m!), 1 - beta1))
  const v = add(moments.v!, mul(sub(mul(gradient, gradient), moments.v!), 1 - beta2))
  const correction = sqrt(biasCorrection2!) // [1]
  const stepSize = div(mul(learningRate!, correction), biasCorrection1!) // [1]
  const update = mul(div(m, add(sqrt(v), mul(correction, epsilon))), stepSize)
  const decayed =
    spec.kind === 'adamw' && weightDecay !== 0 ? mul(theta, sub(1, mul(learningRate!, weightDecay))) : theta
  return { theta: sub(decayed, update), moments: { m, v } }
}
