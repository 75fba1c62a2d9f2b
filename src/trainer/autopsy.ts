/** What went wrong in a step whose loss or gradient is not finite: its items, and the first tensor that was not finite. */
import { type HostTensor, OrtSession } from '../node/ort-session.ts'
import type { GradientModel } from '../recipes/recipe.ts'
import type { BatchTensors } from '../recipes/tensor-data.ts'
import type { RunSpec } from '../shared/trainer-protocol.ts'
import { Graph, type Value } from '../tensor/graph.ts'
import { emitModel } from '../tensor/onnx/emit.ts'
import { layoutParameters, unpackParameters } from '../tensor/parameters.ts'
import type { BadStepError } from './member.ts'

export interface Autopsy {
  step: number
  member: number
  /** `loss`, `gradientNorm` */
  notFinite: readonly string[]
  /** In words: an input, a parameter, a node of the forward pass, or the gradient. */
  firstBadTensor: string
  items: { row: number; smiles: string; pX: number; bound: number; loss: number | null }[]
}

export async function performAutopsy(options: {
  bad: BadStepError
  member: number
  model: GradientModel
  rows: RunSpec['rows']
}): Promise<Autopsy> {
  const { bad, member, model, rows } = options
  return {
    step: bad.step,
    member,
    notFinite: bad.notFinite,
    firstBadTensor: await findBadTensor(model, bad),
    items: bad.rows.map((row, i) => {
      const loss = bad.itemLoss[i]!
      const known = { row, smiles: rows.smiles[row]!, pX: rows.y[row]!, bound: rows.bound[row]! }
      return { ...known, loss: Number.isFinite(loss) ? loss : null }
    }),
  }
}

/** In the order a step computes: inputs, weights, forward pass; what is left is the gradient. */
async function findBadTensor(model: GradientModel, { batch, theta }: BadStepError): Promise<string> {
  const input = Object.entries(batch).find(([, tensor]) => !isFinite32(tensor.data))
  if (input) return `input ${input[0]}`
  const { slots } = layoutParameters(model.training.parameters)
  const slot = slots.find(({ offset, size }) => !isFinite32(theta.subarray(offset, offset + size)))
  if (slot) return `parameter ${slot.name}`
  return (await firstBadNode(model, batch, theta)) ?? 'gradient'
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
    const name = `node ${i + 1} of ${graph.nodes.length}, ${op} [${value!.shape.join(', ')}]`
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
