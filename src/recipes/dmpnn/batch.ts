import { chempropV1 } from '../../chem/features/chemprop-v1.ts'
import type { MolGraph } from '../../chem/features/graph.ts'
import type { SparseCounts } from '../../chem/fingerprints/sparse-counts.ts'
import type { BatchTensors, TensorData } from '../tensor-data.ts'

/** What the model reads of one molecule. */
export interface MoleculeFeatures {
  readonly graph: MolGraph
  /** Of one kind each, always in the same order. */
  readonly fingerprints: readonly SparseCounts[]
}

/**
 * Sizes of a batch, row 0 of every table included: row 0 is the padding row that index 0 points to. They are rounded up so that
 * shapes repeat from batch to batch; what is padded is zeros.
 */
export interface BatchSizes {
  readonly atoms: number
  /** Directed bonds, two a chemical bond. */
  readonly bonds: number
  readonly molecules: number
  /** Neighbours an atom has at most. */
  readonly degree: number
  /** Atoms a molecule has at most. */
  readonly width: number
}

/** Fewer steps for small batches, where a coarse one would be mostly padding. */
const STEPS = { atoms: 64, bonds: 128, molecules: 4, degree: 2, width: 8 } as const
/** Carbon's; most batches have it. */
const LEAST_DEGREE = 4

export function batchSizes(molecules: readonly MoleculeFeatures[]): BatchSizes {
  let atoms = 1
  let bonds = 1
  let degree = LEAST_DEGREE
  let width = 1
  for (const { graph } of molecules) {
    atoms += graph.atomCount
    bonds += 2 * graph.bondCount
    width = Math.max(width, graph.atomCount)
    degree = Math.max(degree, largestDegree(graph))
  }
  return {
    atoms: roundUp(atoms, STEPS.atoms),
    bonds: roundUp(bonds, STEPS.bonds),
    molecules: roundUp(molecules.length + 1, STEPS.molecules),
    degree: roundUp(degree, STEPS.degree),
    width: roundUp(width, STEPS.width),
  }
}

/**
 * The tensors of a batch; molecule i is row i + 1. A directed bond 1 + 2b goes from the begin to the end atom of chemical bond b,
 * 2 + 2b back.
 *
 *     atom [atoms, 133], bond [bonds, 14], realAtom [atoms, 1], fingerprint [molecules, columns]
 *     source, target, reverse [bonds]; incoming, outgoing [atoms, degree]; atomsOf [molecules, width]; moleculeOf [atoms]
 */
export function assembleGraphs(molecules: readonly MoleculeFeatures[]): BatchTensors {
  const sizes = batchSizes(molecules)
  const { atoms, bonds, degree, width } = sizes
  const atom = new Float32Array(atoms * chempropV1.atomWidth)
  const bond = new Float32Array(bonds * chempropV1.bondWidth)
  const realAtom = new Float32Array(atoms)
  const [source, target, reverse] = [new Int32Array(bonds), new Int32Array(bonds), new Int32Array(bonds)]
  const [incoming, outgoing] = [new Int32Array(atoms * degree), new Int32Array(atoms * degree)]
  const atomsOf = new Int32Array(sizes.molecules * width)
  const moleculeOf = new Int32Array(atoms)
  const [filledIn, filledOut] = [new Uint8Array(atoms), new Uint8Array(atoms)]

  const connect = (edge: number, from: number, to: number) => {
    source[edge] = from
    target[edge] = to
    incoming[to * degree + filledIn[to]!++] = edge
    outgoing[from * degree + filledOut[from]!++] = edge
  }

  let firstAtom = 1
  let firstBond = 1
  for (const [position, { graph }] of molecules.entries()) {
    for (let i = 0; i < graph.atomCount; i++) {
      const row = firstAtom + i
      chempropV1.writeAtomRow(graph, i, atom, row * chempropV1.atomWidth)
      realAtom[row] = 1
      moleculeOf[row] = position + 1
      atomsOf[(position + 1) * width + i] = row
    }
    for (let b = 0; b < graph.bondCount; b++) {
      const there = firstBond + 2 * b
      const begin = firstAtom + graph.bondAtoms[2 * b]!
      const end = firstAtom + graph.bondAtoms[2 * b + 1]!
      connect(there, begin, end)
      connect(there + 1, end, begin)
      reverse[there] = there + 1
      reverse[there + 1] = there
      chempropV1.writeBondRow(graph, b, bond, there * chempropV1.bondWidth)
      chempropV1.writeBondRow(graph, b, bond, (there + 1) * chempropV1.bondWidth)
    }
    firstAtom += graph.atomCount
    firstBond += 2 * graph.bondCount
  }
  return {
    atom: float32(atom, [atoms, chempropV1.atomWidth]),
    bond: float32(bond, [bonds, chempropV1.bondWidth]),
    realAtom: float32(realAtom, [atoms, 1]),
    source: int32(source, [bonds]),
    target: int32(target, [bonds]),
    reverse: int32(reverse, [bonds]),
    incoming: int32(incoming, [atoms, degree]),
    outgoing: int32(outgoing, [atoms, degree]),
    atomsOf: int32(atomsOf, [sizes.molecules, width]),
    moleculeOf: int32(moleculeOf, [atoms]),
  }
}

/** All count fingerprints of a molecule in one row: a column holds log(1 + count) of the keys that fall on it. [rows, columns] */
export function assembleFingerprints(
  molecules: readonly MoleculeFeatures[],
  { rows, columns }: { rows: number; columns: number },
): TensorData {
  const data = new Float32Array(rows * columns)
  for (const [position, { fingerprints }] of molecules.entries()) {
    const row = data.subarray((position + 1) * columns, (position + 2) * columns)
    // The columns a molecule fills are few of thousands: only they are looked at again.
    const filled: number[] = []
    for (const [kind, { keys, counts }] of fingerprints.entries()) {
      for (let k = 0; k < keys.length; k++) {
        const column = columnOf(keys[k]!, kind, columns)
        const before = row[column]!
        if (before === 0) filled.push(column)
        row[column] = before + counts[k]!
      }
    }
    for (const column of filled) row[column] = logCount(row[column]!)
  }
  return float32(data, [rows, columns])
}

/** log(1 + count) of the counts that most columns hold. */
const LOGS = Float64Array.from({ length: 256 }, (_, count) => Math.log1p(count))

function logCount(count: number): number {
  return count < LOGS.length ? LOGS[count]! : Math.log1p(count)
}

/**
 * Where a key of the `kind`-th fingerprint falls: murmur3's 32-bit finaliser over the key and its kind, since the keys of atom pairs and
 * torsions are packed codes whose remainders would pile up. Part of every stored model: never change.
 */
export function columnOf(key: number, kind: number, columns: number): number {
  let hash = key ^ Math.imul(kind + 1, 0x9e3779b9)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % columns
}

export function float32(data: Float32Array, dims: readonly number[]): TensorData {
  return { dtype: 'float32', data, dims }
}

function int32(data: Int32Array, dims: readonly number[]): TensorData {
  return { dtype: 'int32', data, dims }
}

function largestDegree({ atomCount, bondAtoms }: MolGraph): number {
  const degrees = new Uint8Array(atomCount)
  let largest = 0
  for (const atom of bondAtoms) largest = Math.max(largest, ++degrees[atom]!)
  return largest
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
