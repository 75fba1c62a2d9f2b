import type { Value } from '../../tensor/graph.ts'
import type { ModelDefinition } from '../../tensor/model-definition.ts'
import { add, mul } from '../../tensor/ops/elementwise.ts'

/** A model whose outputs are `prediction` and `spread`, [molecules] each, in pX units. */
export interface StackedPart {
  readonly name: string
  readonly definition: ModelDefinition
  readonly theta: Float32Array
  readonly weight: number
}

/**
 * Both as one model that reads the inputs of both, rows in the same places. `prediction` is the weighted sum; `spread` is the first
 * one's alone, since the spread of a small ensemble says little about its error.
 */
export function stackedModel(parts: readonly [StackedPart, StackedPart]): {
  definition: ModelDefinition
  theta: Float32Array
} {
  const definition: ModelDefinition = {
    parameters: parts.flatMap(part =>
      part.definition.parameters.map(spec => ({ ...spec, name: parameterName(part, spec.name) })),
    ),
    inputs: parts.flatMap(part => part.definition.inputs),
    forward: context => {
      const outputs = parts.map(part => {
        const parameter = (name: string): Value => context.parameter(parameterName(part, name))
        return part.definition.forward({ ...context, parameter })
      })
      const [first, second] = outputs.map((output, k) => mul(output.prediction!, parts[k]!.weight)) as [Value, Value]
      return { prediction: add(first, second), spread: outputs[0]!.spread! }
    },
  }
  const theta = new Float32Array(parts[0].theta.length + parts[1].theta.length)
  theta.set(parts[0].theta)
  theta.set(parts[1].theta, parts[0].theta.length)
  return { definition, theta }
}

function parameterName({ name }: StackedPart, parameter: string): string {
  return `${name}.${parameter}`
}
