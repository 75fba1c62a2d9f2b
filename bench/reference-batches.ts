/** Reads what make-batches.mjs wrote, cuts it into parts and adds the index lists that the arrangement of reference-dmpnn.ts needs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostTensor } from '../src/node/ort-session.ts'
import { partName } from '../src/tensor/training-step.ts'
import { atomSize, bondSize, hidden, molecules } from './reference-dmpnn.ts'

export type Batch = Readonly<Record<string, HostTensor>>
type Floats = Extract<HostTensor, { dtype: 'float32' }>
type Indices = Extract<HostTensor, { dtype: 'int64' }>

interface Graphs {
  readonly atom: Floats
  readonly bond: Floats
  readonly source: Indices
  readonly target: Indices
  readonly reverse: Indices
  readonly incoming: Indices
  readonly outgoing: Indices
  readonly atomsOf: Indices
  readonly moleculeOf: Indices
  readonly y: Floats
}

/** @param folder What make-batches.mjs wrote. @param parts How many the step takes it in. */
export function readBatch(folder: string, index: number, parts: number): Batch {
  const graphs = readGraphs(folder, index)
  const inputs = Array.from({ length: parts }, (_, part) =>
    Object.entries(arrange(takePart(graphs, { part, parts }))).map(
      ([name, tensor]) => [partName(name, part), tensor] as const,
    ),
  )
  return Object.fromEntries(inputs.flat())
}

function readGraphs(folder: string, index: number): Graphs {
  const head = JSON.parse(readFileSync(join(folder, `batch${index}.json`), 'utf8')) as Record<
    string,
    { shape: number[] }
  >
  const buffer = (name: string) => readBuffer(join(folder, `batch${index}_${name}.bin`))
  const floats = (name: string) => floatTensor(new Float32Array(buffer(name)), head[name]!.shape)
  const indices = (name: string) => indexTensor(new BigInt64Array(buffer(name)), head[name]!.shape)
  return {
    ...{ atom: floats('atom'), bond: floats('bond'), y: floats('y') },
    ...{ source: indices('source'), target: indices('target'), reverse: indices('reverse') },
    ...{ incoming: indices('incoming'), outgoing: indices('outgoing') },
    ...{ atomsOf: indices('atomsOf'), moleculeOf: indices('moleculeOf') },
  }
}

/** Consecutive molecules as a batch of their own: a molecule's atoms and bonds follow one another. Row 0 stays the padding row. */
function takePart(graphs: Graphs, { part, parts }: { part: number; parts: number }): Graphs {
  const count = molecules / parts
  const first = part * count
  const moleculeAt = (atom: number) => Number(graphs.moleculeOf.data[atom]!)
  const atoms = rangeOf(graphs.moleculeOf.data.length, atom => Math.floor(moleculeAt(atom) / count) === part)
  const bonds = rangeOf(graphs.source.data.length, bond => {
    const source = Number(graphs.source.data[bond]!)
    return source >= atoms.start && source < atoms.end
  })
  const ofAtoms = (tensor: Indices) => shiftIndices(withPadding(tensor, bonds), atoms.start)
  const ofBonds = (tensor: Indices, rows: Range) => shiftIndices(withPadding(tensor, rows), bonds.start)
  const { data, dims } = graphs.atomsOf
  const width = dims[1]!
  const own = indexTensor(data.slice(first * width, (first + count) * width), [count, width])
  const moleculeOf = withPadding(graphs.moleculeOf, atoms)
  return {
    atom: withPadding(graphs.atom, atoms),
    bond: withPadding(graphs.bond, bonds),
    source: ofAtoms(graphs.source),
    target: ofAtoms(graphs.target),
    reverse: ofBonds(graphs.reverse, bonds),
    incoming: ofBonds(graphs.incoming, atoms),
    outgoing: ofBonds(graphs.outgoing, atoms),
    atomsOf: shiftIndices(own, atoms.start),
    moleculeOf: indexTensor(
      moleculeOf.data.map((molecule, row) => (row === 0 ? 0n : molecule - BigInt(first))),
      moleculeOf.dims,
    ),
    y: floatTensor(graphs.y.data.slice(first, first + count), [count]),
  }
}

interface Range {
  readonly start: number
  readonly end: number
}

/** The rows after the padding row of which something holds; they follow one another. */
function rangeOf(rows: number, holds: (row: number) => boolean): Range {
  const found = Array.from({ length: rows - 1 }, (_, i) => i + 1).filter(holds)
  return { start: found[0]!, end: found.at(-1)! + 1 }
}

/** Row 0 and the rows of a range. */
function withPadding<T extends Floats | Indices>(tensor: T, { start, end }: Range): T {
  const width = tensor.dims.slice(1).reduce((a, b) => a * b, 1)
  const rows = 1 + end - start
  const data = tensor.data.slice((start - 1) * width, end * width) // the row before the range makes room
  const padding = tensor.data.subarray(0, width)
  for (let i = 0; i < width; i++) data[i] = padding[i]!
  return { ...tensor, data, dims: [rows, ...tensor.dims.slice(1)] }
}

/** Row `start` becomes row 1; 0 stays what it is. */
function shiftIndices({ data, dims }: Indices, start: number): Indices {
  return indexTensor(
    data.map(index => (index === 0n ? 0n : index - BigInt(start) + 1n)),
    dims,
  )
}

function arrange({ atom, bond, source, target, reverse, y, ...lists }: Graphs): Batch {
  const [incoming, outgoing] = [trimLists(lists.incoming), trimLists(lists.outgoing)]
  return {
    atom,
    bond: bondFeatures(bond),
    atomAndOne: appendOne(atom),
    source,
    target,
    incoming,
    outgoing,
    ...messageLists({ source, target, reverse, incoming, outgoing }),
    atomsOf: trimLists(lists.atomsOf),
    moleculeOf: lists.moleculeOf,
    y,
    weight: floatTensor(new Float32Array(y.data.length).fill(1), [y.data.length]),
  }
}

/** The initial weights in the order of reference-dmpnn.ts: the bias `bo` follows the atoms' part of Wo. */
export function readTheta(folder: string): Float32Array {
  const theta = new Float32Array(readBuffer(join(folder, 'theta.bin')))
  const atoms = (atomSize + bondSize + hidden + atomSize) * hidden // the end of the atoms' part of Wo
  const messages = atoms + hidden * hidden
  const pieces = [
    [0, atoms],
    [messages, messages + hidden],
    [atoms, messages],
    [messages + hidden, theta.length],
  ] as const
  return Float32Array.from(pieces.flatMap(([start, end]) => [...theta.subarray(start, end)]))
}

function readBuffer(path: string): ArrayBuffer {
  const bytes = readFileSync(path)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

function floatTensor(data: Float32Array, dims: readonly number[]): Floats {
  return { dtype: 'float32', data, dims }
}

function indexTensor(data: BigInt64Array, dims: readonly number[]): Indices {
  return { dtype: 'int64', data, dims }
}

/** A last column of ones, but 0 in the padding row. */
function appendOne({ data, dims }: Floats): Floats {
  const [rows, width] = [dims[0]!, dims[1]!]
  const extended = new Float32Array(rows * (width + 1))
  for (let row = 0; row < rows; row++) {
    extended.set(data.subarray(row * width, (row + 1) * width), row * (width + 1))
    extended[row * (width + 1) + width] = row === 0 ? 0 : 1
  }
  return floatTensor(extended, [rows, width + 1])
}

/** The last columns of [bonds, atom + bond features]: the first repeat the source atom's. */
function bondFeatures(bond: Floats): Floats {
  const [rows, width] = [bond.dims[0]!, atomSize + bondSize]
  const data = new Float32Array(rows * bondSize)
  for (let row = 0; row < rows; row++)
    data.set(bond.data.subarray(row * width + atomSize, (row + 1) * width), row * bondSize)
  return floatTensor(data, [rows, bondSize])
}

/** Drops the columns that hold nothing but padding. */
function trimLists({ data, dims }: Indices): Indices {
  const [rows, width] = [dims[0]!, dims[1]!]
  let used = 1
  data.forEach((index, i) => {
    if (index !== 0n) used = Math.max(used, (i % width) + 1)
  })
  const trimmed = new BigInt64Array(rows * used)
  for (let row = 0; row < rows; row++) trimmed.set(data.subarray(row * width, row * width + used), row * used)
  return indexTensor(trimmed, [rows, used])
}

type BondTables = Record<'source' | 'target' | 'reverse' | 'incoming' | 'outgoing', Indices>

/**
 * Which bonds' messages go where. Before bond a→b come the bonds into a, after it the bonds out of b; its own reverse is neither.
 * Bonds that have any before them are `inner`, numbered from 1 in their order; row 0 stays padding.
 */
function messageLists({ source, target, reverse, incoming, outgoing }: BondTables) {
  const before = adjacentBonds({ lists: incoming, ends: source, reverse })
  const after = adjacentBonds({ lists: outgoing, ends: target, reverse })
  const width = before.dims[1]!
  const bondOf = [0, ...Array.from(source.data.keys()).filter(bond => before.data[bond * width] !== 0n)]
  const innerOf = new BigInt64Array(source.data.length)
  bondOf.forEach((bond, inner) => {
    innerOf[bond] = BigInt(inner)
  })
  const predecessors = bondOf.flatMap(bond => [...before.data.subarray(bond * width, (bond + 1) * width)])
  return {
    predecessors: indexTensor(BigInt64Array.from(predecessors), [bondOf.length, width]),
    successors: indexTensor(
      after.data.map(bond => innerOf[Number(bond)]!),
      after.dims,
    ),
    innerOf: indexTensor(innerOf, [innerOf.length]),
    bondOf: indexTensor(BigInt64Array.from(bondOf, BigInt), [bondOf.length]),
  }
}

/** For every bond the bonds listed at its end atom, without its reverse. */
function adjacentBonds({ lists, ends, reverse }: { lists: Indices; ends: Indices; reverse: Indices }): Indices {
  const [bonds, width] = [ends.data.length, lists.dims[1]!]
  const data = new BigInt64Array(bonds * width)
  for (let bond = 1; bond < bonds; bond++) {
    const start = Number(ends.data[bond]!) * width
    const others = lists.data
      .subarray(start, start + width)
      .filter(other => other !== 0n && other !== reverse.data[bond])
    data.set(others, bond * width)
  }
  return trimLists(indexTensor(data, [bonds, width]))
}
