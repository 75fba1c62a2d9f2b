/**
 * Compares the gradients of the rules with central differences, in float64. Pure: the caller gives the function that runs a model.
 */
import { Graph, type Value } from '../graph.ts'
import { emitModel } from '../onnx/emit.ts'
import { mul } from '../ops/elementwise.ts'
import { reduceSum } from '../ops/reduce.ts'
import { randomNormal, randomUniform } from '../random.ts'
import type { Shape } from '../types.ts'
import { gradients } from './gradients.ts'

export interface CheckedOperand {
  /** Names of sizes are looked up in `sizes`. */
  readonly shape: Shape
  /** Values to differentiate at. Absent: standard normal. `[low, high]`: uniform between the two. */
  readonly values?: readonly number[] | { readonly low: number; readonly high: number }
}

export interface GradientCheck {
  /** float64 operands, each differentiated. */
  readonly operands: readonly CheckedOperand[]
  readonly sizes?: Readonly<Record<string, number>>
  /** Of the differences; 1e-5 if absent. */
  readonly step?: number
  /** Builds any float64 result from the operands. */
  build(operands: readonly Value[], graph: Graph): Value
}

export interface Float64Tensor {
  readonly data: Float64Array
  readonly dims: readonly number[]
}

/** Runs a model on float64 tensors. */
export type RunModel = (
  model: Uint8Array,
  feeds: readonly Readonly<Record<string, Float64Tensor>>[],
) => Promise<readonly Readonly<Record<string, Float64Tensor>>[]>

export interface GradientComparison {
  /** Over all elements of all operands: |rule − difference| / (1 + |difference|). */
  readonly largestError: number
  readonly elements: number
  /** For each operand the shape its gradient had. */
  readonly shapes: readonly (readonly number[])[]
}

/**
 * Differentiates Σ cotangent · build(operands), with a fixed random cotangent, by the rules and by central differences.
 * A right rule shows an error near 1e-9; a wrong one of order 1.
 */
export async function checkGradient(check: GradientCheck, run: RunModel): Promise<GradientComparison> {
  const { step = 1e-5 } = check
  const operands = check.operands.map((operand, i) => drawOperand(operand, { index: i, sizes: check.sizes ?? {} }))
  const { model, cotangent } = buildModel(check, operands.length)
  const named = Object.fromEntries(operands.map((tensor, i) => [`x${i}`, tensor]))
  const weights = cotangentFor(cotangent, check.sizes ?? {})
  const base = { ...named, ...weights }
  const [analytic] = await run(model.gradient, [base])
  const places = operands.flatMap(({ data }, operand) => Array.from(data, (_, element) => ({ operand, element })))
  const feeds = places.flatMap(({ operand, element }) =>
    [-1, 1].map(direction => ({ ...base, [`x${operand}`]: shift(operands[operand]!, element, direction * step) })),
  )
  const losses = (await run(model.loss, feeds)).map(result => result.loss!.data[0]!)

  let largestError = 0
  places.forEach(({ operand, element }, i) => {
    const difference = (losses[2 * i + 1]! - losses[2 * i]!) / (2 * step)
    const ruled = analytic![`g${operand}`]!.data[element]!
    const error = Math.abs(ruled - difference) / (1 + Math.abs(difference))
    largestError = Number.isFinite(error) ? Math.max(largestError, error) : Number.POSITIVE_INFINITY
  })
  return { largestError, elements: places.length, shapes: operands.map((_, i) => analytic![`g${i}`]!.dims) }
}

function buildModel(check: GradientCheck, count: number) {
  const build = (withGradients: boolean) => {
    const graph = new Graph()
    const values = check.operands.map(({ shape }, i) => graph.input(`x${i}`, { dtype: 'float64', shape }))
    const result = check.build(values, graph)
    const cotangent =
      result.shape.length === 0 ? undefined : graph.input('c', { dtype: 'float64', shape: result.shape })
    const loss = cotangent === undefined ? result : reduceSum(mul(result, cotangent))
    if (withGradients) {
      const found = gradients(loss, values)
      for (let i = 0; i < count; i++) graph.output(`g${i}`, found[i]!)
    } else graph.output('loss', loss)
    return { bytes: emitModel(graph, { name: 'check' }).bytes, shape: cotangent?.shape }
  }
  const { bytes: gradient, shape: cotangent } = build(true)
  return { model: { gradient, loss: build(false).bytes }, cotangent }
}

function drawOperand(
  { shape, values }: CheckedOperand,
  options: { index: number; sizes: Readonly<Record<string, number>> },
) {
  const dims = resolveShape(shape, options.sizes)
  const count = dims.reduce((a, b) => a * b, 1)
  const key = { seed: 7, stream: 'operand', step: options.index }
  if (values === undefined) return { data: Float64Array.from(randomNormal(key, count)), dims }
  if (!('low' in values)) return { data: Float64Array.from(values), dims }
  const { low, high } = values
  return { data: Float64Array.from(randomUniform(key, count), u => low + (high - low) * u), dims }
}

function cotangentFor(
  shape: Shape | undefined,
  sizes: Readonly<Record<string, number>>,
): Record<string, Float64Tensor> {
  if (shape === undefined) return {}
  return { c: drawOperand({ shape }, { index: 99, sizes }) }
}

function resolveShape(shape: Shape, sizes: Readonly<Record<string, number>>): readonly number[] {
  return shape.map(dim => {
    if (typeof dim === 'number') return dim
    const size = sizes[dim] ?? sumOfNames(dim, sizes)
    if (size === undefined) throw new Error(`size "${dim}" is not given`)
    return size
  })
}

/** The size of a joined axis, `a+b`. */
function sumOfNames(dim: string, sizes: Readonly<Record<string, number>>): number | undefined {
  const parts = dim.split('+').map(part => sizes[part] ?? Number(part))
  return parts.length > 1 && parts.every(Number.isFinite) ? parts.reduce((a, b) => a + b, 0) : undefined
}

function shift({ data, dims }: Float64Tensor, element: number, by: number): Float64Tensor {
  return { data: data.with(element, data[element]! + by), dims }
}
