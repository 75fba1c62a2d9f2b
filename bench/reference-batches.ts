/** Reads what make-batches.mjs wrote and adds the index lists that the arrangement of reference-dmpnn.ts needs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostTensor } from '../src/node/ort-session.ts'
import { atomSize, bondSize, hidden, molecules } from './reference-dmpnn.ts'

export type Batch = Readonly<Record<string, HostTensor>>
type Floats = Extract<HostTensor, { dtype: 'float32' }>
type Indices = Extract<HostTensor, { dtype: 'int64' }>

/** @param folder What make-batches.mjs wrote. */
export function readBatch(folder: string, index: number): Batch {
  const head = JSON.parse(readFileSync(join(folder, `batch${index}.json`), 'utf8')) as Record<
    string,
    { shape: number[] }
  >
  const buffer = (name: string) => readBuffer(join(folder, `batch${index}_${name}.bin`))
  const floats = (name: string) => floatTensor(new Float32Array(buffer(name)), head[name]!.shape)
  const indices = (name: string) => indexTensor(new BigInt64Array(buffer(name)), head[name]!.shape)
  const [atom, source, target, reverse] = [floats('atom'), indices('source'), indices('target'), indices('reverse')]
  const [incoming, outgoing] = [trimLists(indices('incoming')), trimLists(indices('outgoing'))]
  return {
    atom,
    bond: bondFeatures(floats('bond')),
    atomAndOne: appendOne(atom),
    source,
    target,
    incoming,
    outgoing,
    ...messageLists({ source, target, reverse, incoming, outgoing }),
    atomsOf: trimLists(indices('atomsOf')),
    moleculeOf: indices('moleculeOf'),
    y: floatTensor(floats('y').data, [molecules]),
    weight: floatTensor(new Float32Array(molecules).fill(1), [molecules]),
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
