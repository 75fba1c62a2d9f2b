/** What goes into a step and what comes out, as tensors. */
import type { Tensor } from 'onnxruntime-node'
import { createTensor, type HostTensor, pickTensors, readTensor } from './ort-session.ts'
import type { StepModel } from './training-state.ts'

export type BatchArrays = Readonly<Record<string, HostTensor>>
export type ScalarValues = Readonly<Record<string, number>>

/** The batch and the scalars a step reads. `carried` names the inputs that come from elsewhere. */
export function createStepFeeds(
  step: StepModel,
  inputs: { batch: BatchArrays; scalars: ScalarValues; carried: readonly string[] },
): Record<string, Tensor> {
  const { batch, scalars, carried } = inputs
  const others = new Set([...step.scalars, ...carried])
  const batchNames = step.model.inputs.map(({ name }) => name).filter(name => !others.has(name))
  return { ...pickTensors(batchNames, batch), ...scalarTensors(step.scalars, scalars) }
}

function scalarTensors(names: readonly string[], scalars: ScalarValues): Record<string, Tensor> {
  return Object.fromEntries(
    names.map(name => {
      const value = scalars[name]
      if (value === undefined) throw new Error(`the step reads the scalar "${name}", which was not given`)
      return [name, createTensor({ dtype: 'float32', data: Float32Array.of(value), dims: [1] })]
    }),
  )
}

/** Reads a result of one element and frees its tensor. */
export function takeNumber(tensor: Tensor): number {
  const value = readFloats(tensor)[0]!
  tensor.dispose()
  return value
}

export function readFloats(tensor: Tensor): Float32Array {
  return readTensor(tensor).data as Float32Array
}

/** Names of the numbers that are not finite. */
export function findNotFinite(numbers: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(numbers).flatMap(([name, value]) => (Number.isFinite(value) ? [] : [name]))
}
