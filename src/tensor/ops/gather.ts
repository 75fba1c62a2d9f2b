/**
 * Reading rows by index.
 *
 * `GatherSum` is message passing without scatter: with `lists` of shape [rows, width] it sums, for every output row, the
 * source rows its list names; with `lists` of shape [rows] it reads one. Its gradient is the same op with the two index
 * tensors exchanged, so no provider needs atomics and every provider adds in one order.
 *
 * Contract of the padding: index 0 means "nothing". Row 0 of the source must hold zeros, row 0 of `lists` and of `inverse`
 * must hold zeros, and row 0 of the output must not reach the loss (multiply by a mask after a bias, and where the
 * output is summed into a table without a padding row). The gradient relies on it: there, row 0 of the incoming gradient is
 * what padding adds.
 */
import type { Value } from '../graph.ts'
import { normaliseAxis } from '../shape.ts'
import { checkArity, checkFloat, checkIndex } from './check.ts'
import type { OpDefinitions } from './definition.ts'

export const gatherOps: OpDefinitions<'Gather' | 'GatherSum'> = {
  Gather: {
    infer(inputs, { axis }) {
      checkArity(inputs, 2)
      const [x, indices] = inputs
      checkIndex(indices!)
      const position = normaliseAxis(axis, x!.shape.length)
      return [{ dtype: x!.dtype, shape: x!.shape.toSpliced(position, 1, ...indices!.shape) }]
    },
    emit({ op, inputs, outputs, attributes }, writer) {
      writer.node(op, inputs, outputs, attributes.axis === 0 ? {} : { axis: { i: attributes.axis } })
    },
  },
  GatherSum: {
    infer(inputs) {
      checkArity(inputs, 3)
      const [x, lists, inverse] = inputs
      checkFloat(x!)
      for (const indices of [lists!, inverse!]) {
        checkIndex(indices)
        if (indices.shape.length !== 1 && indices.shape.length !== 2)
          throw new Error('index lists have one or two axes')
      }
      if (x!.shape.length !== 2) throw new Error('expected rows of features, [rows, features]')
      if (inverse!.shape[0] !== x!.shape[0]) {
        throw new Error(`the inverse lists need one row per source row: ${inverse!.shape[0]} and ${x!.shape[0]}`)
      }
      return [{ dtype: x!.dtype, shape: [lists!.shape[0]!, x!.shape[1]!] }]
    },
    written: 2, // not the inverse lists
    emit({ inputs, outputs, inputTypes }, writer) {
      const [x, lists] = inputs as [string, string]
      if (inputTypes[1]!.shape.length === 1) return writer.node('Gather', [x, lists], outputs)
      const gathered = writer.fresh() // [rows, width, features]
      writer.node('Gather', [x, lists], [gathered])
      writer.node('ReduceSum', [gathered, writer.integers([1])], outputs, { keepdims: { i: 0 } })
    },
  },
}

/** x indexed along one axis. Not differentiable in x; see gatherSum. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  return x.graph.apply('Gather', [x, indices], { axis })[0]!
}

export interface IndexLists {
  /** For each output row, the rows of x it sums: [rows] or [rows, width], padded with 0. */
  readonly lists: Value
  /** For each row of x, the output rows it went into: [source rows] or [source rows, width], padded with 0. */
  readonly inverse: Value
}

/** Sums rows of x [source rows, features] → [rows, features]. */
export function gatherSum(x: Value, { lists, inverse }: IndexLists): Value {
  return x.graph.apply('GatherSum', [x, lists, inverse], {})[0]!
}
