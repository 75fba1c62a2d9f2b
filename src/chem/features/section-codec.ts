import type { SparseCounts } from '../fingerprints/sparse-counts.ts'
import type { MolGraph } from './graph.ts'

/**
 * Bytes of one section. Little-endian, every array aligned to its element size, every section padded to 4 bytes.
 *
 *     counts   u32 n | u32 keys[n] | u16 counts[n] | padding
 *     vector   f32 values[...]
 *     graph    u32 atoms | u32 bonds | u32 atom code count | u32 bond code count
 *              | f32 mass[atoms] | u16 bondAtoms[2 · bonds] | u8 atomCodes[...] | u8 bondCodes[...] | padding
 *
 * Readers return views of the given bytes, which must start at a multiple of 4.
 */
const GRAPH_HEAD_BYTES = 16

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error('Feature files need a little-endian machine')

export function countsByteLength(fingerprint: SparseCounts): number {
  return padded(4 + 6 * fingerprint.keys.length)
}

export function writeCounts(fingerprint: SparseCounts, bytes: Uint8Array): void {
  const n = fingerprint.keys.length
  if (fingerprint.counts.length !== n) throw new Error(`${n} keys with ${fingerprint.counts.length} counts`)
  put(bytes, 0, Uint32Array.of(n))
  put(bytes, 4, fingerprint.keys)
  put(bytes, 4 + 4 * n, fingerprint.counts)
}

export function readCounts(bytes: Uint8Array): SparseCounts {
  if (bytes.byteLength < 4) throw new Error('Feature section: no length')
  const n = new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0]!
  expectLength(bytes, padded(4 + 6 * n))
  return {
    keys: new Uint32Array(bytes.buffer, bytes.byteOffset + 4, n),
    counts: new Uint16Array(bytes.buffer, bytes.byteOffset + 4 + 4 * n, n),
  }
}

export function vectorByteLength(values: Float32Array): number {
  return values.byteLength
}

export function writeVector(values: Float32Array, bytes: Uint8Array): void {
  put(bytes, 0, values)
}

export function readVector(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) throw new Error(`Feature section: ${bytes.byteLength} bytes are no float32 vector`)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

export function graphByteLength(graph: MolGraph): number {
  return padded(
    GRAPH_HEAD_BYTES + 4 * graph.atomCount + 4 * graph.bondCount + graph.atomCodes.length + graph.bondCodes.length,
  )
}

export function writeGraph(graph: MolGraph, bytes: Uint8Array): void {
  const { atomCount, bondCount } = graph
  put(
    bytes,
    0,
    Uint32Array.of(atomCount, bondCount, width(graph.atomCodes, atomCount), width(graph.bondCodes, bondCount)),
  )
  let at = put(bytes, GRAPH_HEAD_BYTES, graph.atomMass)
  at = put(bytes, at, graph.bondAtoms)
  at = put(bytes, at, graph.atomCodes)
  put(bytes, at, graph.bondCodes)
}

export function readGraph(bytes: Uint8Array): MolGraph {
  if (bytes.byteLength < GRAPH_HEAD_BYTES) throw new Error('Feature section: no graph head')
  const [atomCount, bondCount, atomCodeCount, bondCodeCount] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    4,
  ) as Iterable<number> as [number, number, number, number]
  const atomCodesLength = atomCount * atomCodeCount
  const bondCodesLength = bondCount * bondCodeCount
  expectLength(bytes, padded(GRAPH_HEAD_BYTES + 4 * atomCount + 4 * bondCount + atomCodesLength + bondCodesLength))
  const massAt = bytes.byteOffset + GRAPH_HEAD_BYTES
  const bondAtomsAt = massAt + 4 * atomCount
  const atomCodesAt = bondAtomsAt + 4 * bondCount
  return {
    atomCount,
    bondCount,
    atomMass: new Float32Array(bytes.buffer, massAt, atomCount),
    bondAtoms: new Uint16Array(bytes.buffer, bondAtomsAt, 2 * bondCount),
    atomCodes: new Uint8Array(bytes.buffer, atomCodesAt, atomCodesLength),
    bondCodes: new Uint8Array(bytes.buffer, atomCodesAt + atomCodesLength, bondCodesLength),
  }
}

function padded(byteLength: number): number {
  return Math.ceil(byteLength / 4) * 4
}

function width(codes: Uint8Array, rows: number): number {
  if (rows === 0) return 0
  if (codes.length % rows !== 0) throw new Error(`${codes.length} codes do not divide over ${rows} rows`)
  return codes.length / rows
}

function put(bytes: Uint8Array, offset: number, source: ArrayBufferView): number {
  bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), offset)
  return offset + source.byteLength
}

function expectLength(bytes: Uint8Array, byteLength: number): void {
  if (bytes.byteLength !== byteLength) {
    throw new Error(`Feature section: expected ${byteLength} bytes, got ${bytes.byteLength}`)
  }
}
