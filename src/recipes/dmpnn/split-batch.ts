import type { BatchTensors, TensorData } from '../tensor-data.ts'

type Axis = 'atoms' | 'bonds' | 'molecules'

/** What the rows of a tensor are, and of what its values are rows, where they are. */
const TENSORS: Readonly<Record<string, { readonly rows: Axis; readonly of?: Axis }>> = {
  atom: { rows: 'atoms' },
  realAtom: { rows: 'atoms' },
  incoming: { rows: 'atoms', of: 'bonds' },
  outgoing: { rows: 'atoms', of: 'bonds' },
  moleculeOf: { rows: 'atoms', of: 'molecules' },
  bond: { rows: 'bonds' },
  source: { rows: 'bonds', of: 'atoms' },
  target: { rows: 'bonds', of: 'atoms' },
  reverse: { rows: 'bonds', of: 'bonds' },
  atomsOf: { rows: 'molecules', of: 'atoms' },
  fingerprint: { rows: 'molecules' },
  label: { rows: 'molecules' },
  relation: { rows: 'molecules' },
  weight: { rows: 'molecules' },
  moleculeDropout: { rows: 'molecules' },
  headDropout: { rows: 'molecules' },
}

/** First row and the one after the last. */
interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Cuts an assembled training batch between its molecules: each part is a batch of its own, with a padding row 0, and holds what the whole
 * one held for its molecules, dropout included. Atoms and bonds of a batch lie in the order of its molecules (`assembleGraphs`).
 *
 * @param molecules From the first to the one after the last, counted from 0.
 */
export function cutBatch(batch: BatchTensors, molecules: Range): BatchTensors {
  const rows = { start: molecules.start + 1, end: molecules.end + 1 }
  const atoms = rowsWithin(batch.moleculeOf!, rows)
  const ranges: Readonly<Record<Axis, Range>> = { molecules: rows, atoms, bonds: rowsWithin(batch.source!, atoms) }
  return Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => {
      const kind = TENSORS[name]
      if (!kind) throw new Error(`the batch holds "${name}", which nobody knows how to cut`)
      const cut = cutRows(tensor, ranges[kind.rows])
      if (kind.of) rebase(cut, ranges[kind.of])
      return [name, cut]
    }),
  )
}

/** Rows whose value lies in a range; they follow one another. */
function rowsWithin({ data }: TensorData, { start, end }: Range): Range {
  const first = data.findIndex(value => value >= start && value < end)
  if (first === -1) return { start: 1, end: 1 } // molecules without bonds
  return { start: first, end: data.findLastIndex(value => value >= start && value < end) + 1 }
}

/** Row 0, which is padding, and the range. */
function cutRows({ dtype, data, dims }: TensorData, { start, end }: Range): TensorData {
  const width = data.length / dims[0]!
  const shape = [1 + end - start, ...dims.slice(1)]
  const cut = dtype === 'float32' ? new Float32Array(shape[0]! * width) : new Int32Array(shape[0]! * width)
  cut.set(data.subarray(0, width))
  cut.set(data.subarray(start * width, end * width), width)
  return { dtype, data: cut, dims: shape } as TensorData
}

/** Values are rows of what was cut; 0 remains the padding row. */
function rebase({ data }: TensorData, { start }: Range): void {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) data[i] = data[i]! - start + 1
}
