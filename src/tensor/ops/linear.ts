/** Matrix products. */
import type { Value } from '../graph.ts'
import { broadcastShapes } from '../shape.ts'
import type { Shape } from '../types.ts'
import { checkArity, checkFloat, checkSameDtype } from './check.ts'
import type { OpAttributes, OpDefinitions } from './definition.ts'

export const linearOps: OpDefinitions<'MatMul' | 'Gemm'> = {
  MatMul: {
    infer(inputs) {
      checkArity(inputs, 2)
      const dtype = checkSameDtype(inputs)
      checkFloat(inputs[0]!)
      const [a, b] = inputs.map(input => input.shape) as [Shape, Shape]
      if (a.length < 2 || b.length < 2) throw new Error('both operands need at least two axes')
      checkInner(a.at(-1)!, b.at(-2)!)
      const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2))
      return [{ dtype, shape: [...batch, a.at(-2)!, b.at(-1)!] }]
    },
  },
  Gemm: {
    infer(inputs, { transA, transB }) {
      checkArity(inputs, 2, 3)
      const dtype = checkSameDtype(inputs)
      checkFloat(inputs[0]!)
      const [a, b] = inputs.map(input => input.shape) as [Shape, Shape]
      if (a.length !== 2 || b.length !== 2) throw new Error('both factors need exactly two axes')
      checkInner(a[transA ? 0 : 1]!, b[transB ? 1 : 0]!)
      const shape = [a[transA ? 1 : 0]!, b[transB ? 0 : 1]!]
      const added = inputs[2]?.shape
      if (added !== undefined && broadcastShapes(shape, added).some((dim, i) => dim !== shape[i])) {
        throw new Error(`the added term must broadcast to [${shape.join(', ')}]`)
      }
      return [{ dtype, shape }]
    },
    emit({ inputs, outputs, attributes: { transA, transB, alpha, beta } }, writer) {
      writer.node('Gemm', inputs, outputs, {
        ...(transA ? { transA: { i: 1 } } : {}),
        ...(transB ? { transB: { i: 1 } } : {}),
        ...(alpha === 1 ? {} : { alpha: { f: alpha } }),
        ...(beta === 1 ? {} : { beta: { f: beta } }),
      })
    },
  },
}

function checkInner(a: number | string, b: number | string): void {
  if (a !== b) throw new Error(`inner sizes differ: ${a} and ${b}`)
}

/** a·b. Two axes become one `Gemm`, whose gradients need no transposed copies; more axes become a batched `MatMul`. */
export function matmul(a: Value, b: Value): Value {
  if (a.shape.length === 2 && b.shape.length === 2) return gemm(a, b)
  return a.graph.apply('MatMul', [a, b], {})[0]!
}

/** alpha·op(a)·op(b) + beta·added, op transposing where asked. `added` broadcasts to the product. */
export function gemm(a: Value, b: Value, options: { added?: Value } & Partial<OpAttributes['Gemm']> = {}): Value {
  const { added, transA = false, transB = false, alpha = 1, beta = 1 } = options
  const inputs = added === undefined ? [a, b] : [a, b, added]
  return a.graph.apply('Gemm', inputs, { transA, transB, alpha, beta })[0]!
}

/** x·weight + bias: [rows, in], [in, out], [out] → [rows, out]. */
export function linear(x: Value, weight: Value, bias: Value): Value {
  return gemm(x, weight, { added: bias })
}
