import { gradients } from './grad/gradients.ts'
import { Graph, type Value } from './graph.ts'
import {
  declareInputs,
  type ForwardContext,
  type InputSpec,
  lookup,
  type ModelDefinition,
  thetaName,
} from './model-definition.ts'
import { type EmittedModel, emitModel } from './onnx/emit.ts'
import { add, mul, sub } from './ops/elementwise.ts'
import { concat, reshape } from './ops/layout.ts'
import { reduceSum } from './ops/reduce.ts'
import { clipByNorm, gradientNorm } from './optim/gradient-norm.ts'
import { applyOptimiser, momentNames, type OptimiserSpec, scalarNames } from './optim/optimiser.ts'
import { layoutParameters, unpackParameters } from './parameters.ts'
import { fuseGemmAdd } from './passes/fuse-gemm.ts'

export interface LossContext {
  readonly graph: Graph
  /** What `forward` returned. */
  output(name: string): Value
  input(name: string): Value
}

export interface TrainingDefinition extends ModelDefinition {
  /** Read by the loss, and by `forward` while training: targets, relations, dropout masks. */
  readonly trainingInputs: readonly InputSpec[]
  /** The loss of every item, [items]. Weights are applied by the step. */
  itemLoss(context: LossContext): Value
  readonly optimiser: OptimiserSpec
  /** Largest norm of the whole gradient; longer ones are scaled down. */
  readonly clipNorm?: number | undefined
  /** Whether to keep an exponential moving average of theta, `ema`; the step is then fed `emaDecay` [1]. */
  readonly ema?: boolean | undefined
}

/**
 * The name of an input of part `part` of a step that takes its batch in parts: part 0 goes by the plain names. Named sizes of
 * the inputs are each part's own, so a forward pass that is to be taken in parts names none of them (`squeeze`, not `reshape`).
 */
export function partName(name: string, part: number): string {
  return part === 0 ? name : `${name}.${part}`
}

/** A vector carried from step to step: read as `name`, written as `next`, both float32 [count]. */
export interface StateTensor {
  readonly name: string
  readonly next: string
}

export interface TrainingStep {
  readonly model: EmittedModel
  readonly state: readonly StateTensor[]
  /** Inputs of shape [1] to feed with each step. */
  readonly scalars: readonly string[]
  readonly parameterCount: number
  /** How many parts the batch is fed in. */
  readonly parts: number
  /** Copies each vector from `name` to `next`; how they are read out of device memory. */
  readonly copyState: EmittedModel
}

function buildCopy(state: readonly StateTensor[], count: number): EmittedModel {
  const graph = new Graph()
  for (const { name, next } of state) graph.output(next, graph.input(name, { dtype: 'float32', shape: [count] }))
  return emitModel(graph, { name: 'copy-state' })
}

const stateTensor = (name: string): StateTensor => ({ name, next: `${name}Next` })

/**
 * One whole training step as a graph.
 *
 * inputs:  the batch, `weight` [items], `lossScale` [1], theta and the optimiser's vectors [count], its scalars [1]
 * outputs: the vectors' successors, `loss` [], `gradientNorm` [] (before clipping), `itemLoss` [items] (before weighting)
 *
 * loss = lossScale · Σ weight·itemLoss. The caller sets lossScale to 1 / Σ weight, over all parts when a batch is accumulated
 * in parts, so no node has to know how many items there are.
 *
 * @param options.parts The batch is fed in so many parts (`partName`), which go through forward and backward pass one after the other
 * within the one run: what a pass writes is then still in the processor's cache when the next one reads it. Loss and gradient are
 * their sums, `itemLoss` is theirs one after the other.
 */
export function buildTrainingStep(definition: TrainingDefinition, { parts = 1 } = {}): TrainingStep {
  const graph = new Graph()
  const { theta, gradient, loss, itemLoss, count } = differentiate(graph, definition, parts)
  const update = appendUpdate(graph, { definition, theta, gradient, count })
  graph.output('loss', loss)
  graph.output('itemLoss', itemLoss)
  return {
    model: emitModel(fuseGemmAdd(graph), { name: 'training-step' }),
    state: update.state,
    scalars: ['lossScale', ...update.scalars],
    parameterCount: count,
    parts,
    copyState: buildCopy(update.state, count),
  }
}

/**
 * The same step in two graphs, for batches that are accumulated in parts.
 * `accumulate`: the batch part, theta, `gradient` [count] → `gradientNext`, loss and itemLoss of the part.
 * `apply`: `gradient`, theta, the optimiser's vectors and scalars → their successors and `gradientNorm`.
 */
export function buildAccumulatedStep(definition: TrainingDefinition): {
  accumulate: TrainingStep
  apply: TrainingStep
} {
  return { accumulate: buildAccumulate(definition), apply: buildApply(definition) }
}

function buildAccumulate(definition: TrainingDefinition): TrainingStep {
  const graph = new Graph()
  const { gradient, loss, itemLoss, count } = differentiate(graph, definition)
  const accumulated = stateTensor('gradient')
  const sum = add(graph.input(accumulated.name, { dtype: 'float32', shape: [count] }), gradient)
  graph.output(accumulated.next, sum)
  graph.output('loss', loss)
  graph.output('itemLoss', itemLoss)
  const model = emitModel(fuseGemmAdd(graph), { name: 'accumulate-step' })
  const state = [accumulated]
  return { model, state, scalars: ['lossScale'], parameterCount: count, parts: 1, copyState: buildCopy(state, count) }
}

function buildApply(definition: TrainingDefinition): TrainingStep {
  const graph = new Graph()
  const { count } = layoutParameters(definition.parameters)
  const vector = { dtype: 'float32', shape: [count] } as const
  const theta = graph.input(thetaName, vector)
  const gradient = graph.input('gradient', vector)
  const { state, scalars } = appendUpdate(graph, { definition, theta, gradient, count })
  const model = emitModel(graph, { name: 'apply-step' })
  return { model, state, scalars, parameterCount: count, parts: 1, copyState: buildCopy(state, count) }
}

interface Differentiated {
  readonly loss: Value
  readonly itemLoss: Value
  /** Flat, in the order of theta. */
  readonly gradient: Value
}

/**
 * Appends forward pass, loss and backward pass, of all parts. The gradients are added as whole vectors, not parameter by parameter:
 * the runtime visits what a node needs before it visits the next operand, so one part is finished before another begins.
 */
function differentiate(graph: Graph, definition: TrainingDefinition, parts = 1) {
  if (!Number.isInteger(parts) || parts < 1) throw new Error(`a batch has at least one part, got ${parts}`)
  const { count } = layoutParameters(definition.parameters)
  const theta = graph.input(thetaName, { dtype: 'float32', shape: [count] })
  const parameters = unpackParameters(theta, definition.parameters)
  const lossScale = graph.input('lossScale', { dtype: 'float32', shape: [1] })
  const done = Array.from({ length: parts }, (_, part) =>
    differentiatePart(graph, { definition, parameters, lossScale, part }),
  )
  const sum = (values: readonly Value[]) => values.reduce((a, b) => add(a, b))
  return {
    theta,
    count,
    loss: sum(done.map(({ loss }) => loss)),
    gradient: sum(done.map(({ gradient }) => gradient)),
    itemLoss: concat(
      done.map(({ itemLoss }) => itemLoss),
      0,
    ),
  }
}

function differentiatePart(
  graph: Graph,
  operands: {
    definition: TrainingDefinition
    parameters: Readonly<Record<string, Value>>
    lossScale: Value
    part: number
  },
): Differentiated {
  const { definition, parameters, lossScale, part } = operands
  const named = (name: string) => partName(name, part)
  const specs = [...definition.inputs, ...definition.trainingInputs].map(({ name, dtype, shape }) => ({
    name: named(name),
    dtype,
    shape: shape.map(dim => (typeof dim === 'string' ? named(dim) : dim)),
  }))
  const known = lookup('input', declareInputs(graph, specs))
  const input = (name: string) => known(named(name))
  const context: ForwardContext = { graph, parameter: lookup('parameter', parameters), input, training: true }
  const output = lookup('output', definition.forward(context))
  const itemLoss = definition.itemLoss({ graph, output, input })
  if (itemLoss.shape.length !== 1) throw new Error(`the loss must be [items], got [${itemLoss.shape.join(', ')}]`)

  const weight = graph.input(named('weight'), { dtype: 'float32', shape: itemLoss.shape })
  const loss = reshape(mul(reduceSum(mul(itemLoss, weight), { axes: [0] }), lossScale), [])
  const { slots } = layoutParameters(definition.parameters)
  const targets = definition.parameters.map(({ name }) => context.parameter(name))
  const flat = gradients(loss, targets).map((value, i) => reshape(value, [slots[i]!.size]))
  return { loss, itemLoss, gradient: concat(flat, 0) }
}

interface UpdateOperands {
  readonly definition: TrainingDefinition
  readonly theta: Value
  readonly gradient: Value
  readonly count: number
}

/** Appends norm, clipping, optimiser and moving average, and names their results as outputs. */
function appendUpdate(graph: Graph, { definition, theta, gradient, count }: UpdateOperands) {
  const { optimiser, clipNorm, ema = false } = definition
  const vector = (name: string) => graph.input(name, { dtype: 'float32', shape: [count] })
  const scalars = [...scalarNames(optimiser), ...(ema ? ['emaDecay'] : [])]
  const scalarValues = Object.fromEntries(
    scalars.map(name => [name, graph.input(name, { dtype: 'float32', shape: [1] })]),
  )
  const moments = Object.fromEntries(momentNames(optimiser).map(name => [name, vector(name)]))
  const norm = gradientNorm(gradient)
  const clipped = clipNorm === undefined ? gradient : clipByNorm(gradient, norm, clipNorm)
  const next = applyOptimiser(optimiser, { graph, theta, gradient: clipped, moments, scalars: scalarValues })

  const results: Record<string, Value> = { [thetaName]: next.theta, ...next.moments }
  if (ema) {
    const average = vector('ema')
    results.ema = add(average, mul(sub(next.theta, average), sub(1, scalarValues.emaDecay!)))
  }
  const state = Object.keys(results).map(stateTensor)
  for (const { name, next: nextName } of state) graph.output(nextName, results[name]!)
  graph.output('gradientNorm', norm)
  return { state, scalars }
}
