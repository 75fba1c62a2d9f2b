import type { Value } from '../../tensor/graph.ts'
import type { ForwardContext, ModelDefinition } from '../../tensor/model-definition.ts'
import { add, div, mul, sqrt, square, sub } from '../../tensor/ops/elementwise.ts'

/** A trained member: its weights, and the scale its labels were standardised with. */
export interface Member {
  readonly theta: Float32Array
  readonly labelMean: number
  readonly labelSd: number
}

/**
 * All members as one model. Outputs in pX units, [molecules] each: `prediction`, the mean of the members', and `spread`, their standard
 * deviation (divisor: members), 0 for one member.
 */
export function ensembleModel(model: ModelDefinition, members: readonly Member[]): ModelDefinition {
  return {
    parameters: members.flatMap((_, k) => model.parameters.map(spec => ({ ...spec, name: memberName(k, spec.name) }))),
    inputs: model.inputs,
    forward: context => combine(members.map((member, k) => memberPrediction(context, model, { member, k }))),
  }
}

/** The members' weights one after the other: theta of `ensembleModel`. */
export function ensembleTheta(members: readonly Member[]): Float32Array {
  const size = members.reduce((sum, member) => sum + member.theta.length, 0)
  const theta = new Float32Array(size)
  let at = 0
  for (const member of members) {
    theta.set(member.theta, at)
    at += member.theta.length
  }
  return theta
}

function memberPrediction(
  context: ForwardContext,
  model: ModelDefinition,
  { member, k }: { member: Member; k: number },
): Value {
  const own = { ...context, parameter: (name: string) => context.parameter(memberName(k, name)) }
  const { prediction } = model.forward(own)
  return add(mul(prediction!, member.labelSd), member.labelMean)
}

function combine(predictions: readonly Value[]): Record<string, Value> {
  const count = predictions.length
  const prediction = div(
    predictions.reduce((a, b) => add(a, b)),
    count,
  )
  const variance = div(
    predictions.map(own => square(sub(own, prediction))).reduce((a, b) => add(a, b)),
    count,
  )
  return { prediction, spread: sqrt(variance) }
}

function memberName(member: number, name: string): string {
  return `member${member}.${name}`
}
