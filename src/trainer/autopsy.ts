/** What went wrong in a step whose loss or gradient is not finite: its items, what its tensors held, the first that was not finite. */
import { type HostTensor, OrtSession } from '../node/ort-session.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { BatchTensors } from '../recipes/tensor-data.ts'
import type { Autopsy, TensorExtremes } from '../shared/contract/autopsy.ts'
import type { RunSpec } from '../shared/trainer-protocol.ts'
import { Graph, type Value } from '../tensor/graph.ts'
import { emitModel } from '../tensor/onnx/emit.ts'
import { layoutParameters, unpackParameters } from '../tensor/parameters.ts'
import type { BadStepError } from './member.ts'

export async function performAutopsy(options: {
  bad: BadStepError
  /** Over all members. */
  step: number
  /** Counted from 0. */
  member: number
  model: GradientModel
  rows: RunSpec['rows']
}): Promise<Autopsy> {
  const { bad, step, member, model, rows } = options
  return {
    format: 'bindery-autopsy-1',
    step,
    member: member + 1,
    learningRate: bad.learningRate,
    notFinite: [...bad.notFinite],
    firstBad: await findBadTensor(model, bad),
    items: bad.rows.map((row, i) => {
      const loss = bad.itemLoss[i]!
      const known = { row, smiles: rows.smiles[row]!, measured: rows.y[row]!, bound: rows.bound[row]! }
      return { ...known, loss: Number.isFinite(loss) ? loss : null }
    }),
    inputs: Object.entries(bad.batch).map(([name, { dims, data }]) => extremesOf(name, dims, data)),
    parameters: layoutParameters(model.training.parameters).slots.map(({ name, shape, offset, size }) =>
      extremesOf(name, shape, bad.theta.subarray(offset, offset + size)),
    ),
  }
}

function extremesOf(name: string, shape: readonly number[], values: ArrayLike<number | bigint>): TensorExtremes {
  let smallest = Number.POSITIVE_INFINITY
  let largest = Number.NEGATIVE_INFINITY
  let notFinite = 0
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i])
    if (!Number.isFinite(value)) notFinite++
    else {
      smallest = Math.min(smallest, value)
      largest = Math.max(largest, value)
    }
  }
  const isEmpty = notFinite === values.length
  return { name, shape: [...shape], smallest: isEmpty ? null : smallest, largest: isEmpty ? null : largest, notFinite }
}

/** In the order a step computes: inputs, weights, forward pass; what is left is the gradient. */
async function findBadTensor(model: GradientModel, { batch, theta }: BadStepError): Promise<Autopsy['firstBad']> {
  const input = Object.entries(batch).find(([, tensor]) => !isFinite32(tensor.data))
  if (input) return { kind: 'input', name: input[0] }
  const { slots } = layoutParameters(model.training.parameters)
  const slot = slots.find(({ offset, size }) => !isFinite32(theta.subarray(offset, offset + size)))
  if (slot) return { kind: 'parameter', name: slot.name }
  const node = await firstBadNode(model, batch, theta)
  return node === null ? { kind: 'gradient', name: '' } : { kind: 'node', name: node }
}

/** Runs the forward pass with every node as an output. */
async function firstBadNode(model: GradientModel, batch: BatchTensors, theta: Float32Array): Promise<string | null> {
  const graph = new Graph()
  const { training } = model
  const { count } = layoutParameters(training.parameters)
  const weights = unpackParameters(graph.input('theta', { dtype: 'float32', shape: [count] }), training.parameters)
  const specs = [...training.inputs, ...training.trainingInputs]
  const inputs = Object.fromEntries(specs.map(spec => [spec.name, graph.input(spec.name, spec)]))
  const pick = (values: Record<string, Value>) => (name: string) => values[name]!
  const outputs = training.forward({ graph, parameter: pick(weights), input: pick(inputs), training: true })
  training.itemLoss({ graph, output: pick({ ...outputs }), input: pick(inputs) })
  const names = graph.nodes.map(({ op, outputs: [value] }, i) => {
    const name = `${op} [${value!.shape.join(', ')}], ${i + 1} of ${graph.nodes.length}`
    graph.output(name, value!)
    return name
  })
  const session = await OrtSession.create(emitModel(graph, { name: 'autopsy' }).bytes, {
    provider: 'cpu',
    optimisation: 'disabled',
  })
  try {
    const feeds = { ...batch, theta: { dtype: 'float32', data: theta, dims: [count] } } as Record<string, HostTensor>
    const results = await session.runArrays(feeds)
    return names.find(name => results[name]!.dtype === 'float32' && !isFinite32(results[name]!.data)) ?? null
  } finally {
    await session.release()
  }
}

function isFinite32(values: ArrayLike<number | bigint>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Number(values[i]))) return false
  return true
}
