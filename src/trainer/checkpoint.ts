/**
 * A run's state in one file that describes itself. Little-endian.
 *
 *     "BNDRCKPT" | u32 version | u32 header bytes | header, JSON padded with blanks to 8 | float32 vectors | sha256[32] of all before it
 *
 * The header names every vector with its length, in the order they are stored, and holds everything else that a run carries from
 * step to step: numbers in JSON come back as they were.
 */
import { createHash } from 'node:crypto'
import type { LabelScale } from '../recipes/training/labels.ts'
import { AppError } from '../shared/errors.ts'
import type { MemberOutcome, MemberState } from './member.ts'

const MAGIC = 'BNDRCKPT'
const VERSION = 1
const HEAD_BYTES = 16
const SHA_BYTES = 32

export interface RunState {
  /** Hash of all that decides the result; a checkpoint of another run is refused. */
  readonly configHash: string
  /** Finished steps over all members. */
  readonly step: number
  /** Training time so far, over all processes that worked on the run. */
  readonly elapsedMs: number
  readonly finished: readonly MemberOutcome[]
  /** Of the member after the finished ones, where it has begun. */
  readonly current: MemberState | null
}

interface Header {
  format: 'bindery-checkpoint-1'
  configHash: string
  step: number
  elapsedMs: number
  finished: { scale: LabelScale; bestEpoch: number; bestScore: number; epochs: number; validation: number[] }[]
  current: Omit<MemberState, 'vectors' | 'best'> | null
  vectors: { name: string; length: number }[]
}

export function encodeCheckpoint(state: RunState): Uint8Array {
  const vectors = namedVectors(state)
  const header: Header = {
    format: 'bindery-checkpoint-1',
    configHash: state.configHash,
    step: state.step,
    elapsedMs: state.elapsedMs,
    finished: state.finished.map(({ theta: _, validation, ...rest }) => ({ ...rest, validation: [...validation] })),
    current: state.current && withoutVectors(state.current),
    vectors: vectors.map(([name, { length }]) => ({ name, length })),
  }
  const json = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / 8) * 8
  const floats = vectors.reduce((sum, [, vector]) => sum + vector.length, 0)
  const bytes = Buffer.alloc(HEAD_BYTES + headerBytes + 4 * floats + SHA_BYTES, ' ')
  bytes.write(MAGIC, 0, 'latin1')
  bytes.writeUInt32LE(VERSION, 8)
  bytes.writeUInt32LE(headerBytes, 12)
  json.copy(bytes, HEAD_BYTES)
  let at = HEAD_BYTES + headerBytes
  for (const [, vector] of vectors) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), at)
    at += vector.byteLength
  }
  bytes.set(createHash('sha256').update(bytes.subarray(0, at)).digest(), at)
  return bytes
}

/** ERR_6005 with the reason where the bytes are no whole checkpoint. */
export function decodeCheckpoint(source: Uint8Array): RunState {
  // A Buffer's own slice would be a view of its pool.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  const { header, vectorsAt } = readHeader(bytes)
  const vectors = new Map<string, Float32Array>()
  let at = vectorsAt
  for (const { name, length } of header.vectors) {
    vectors.set(name, new Float32Array(bytes.slice(at, at + 4 * length).buffer))
    at += 4 * length
  }
  const vector = (name: string): Float32Array => {
    const found = vectors.get(name)
    if (!found) throw damaged(`it has no vector "${name}"`)
    return found
  }
  const stateNames = header.vectors.map(({ name }) => name).filter(name => name.startsWith('state.'))
  return {
    configHash: header.configHash,
    step: header.step,
    elapsedMs: header.elapsedMs,
    finished: header.finished.map((member, k) => ({
      ...member,
      theta: vector(`member${k}`),
      validation: Float64Array.from(member.validation),
    })),
    current: header.current && {
      ...header.current,
      vectors: Object.fromEntries(stateNames.map(name => [name.slice('state.'.length), vector(name)])),
      best: vectors.get('best') ?? null,
    },
  }
}

function readHeader(bytes: Uint8Array): { header: Header; vectorsAt: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < HEAD_BYTES + SHA_BYTES) throw damaged(`it has only ${buffer.length} bytes`)
  if (buffer.toString('latin1', 0, 8) !== MAGIC) throw damaged('it is another kind of file')
  const version = buffer.readUInt32LE(8)
  if (version !== VERSION) throw damaged(`it has version ${version}, this Bindery reads ${VERSION}`)
  const end = buffer.length - SHA_BYTES
  const sha = createHash('sha256').update(buffer.subarray(0, end)).digest()
  if (!sha.equals(buffer.subarray(end))) throw damaged('its checksum does not fit its content')
  const vectorsAt = HEAD_BYTES + buffer.readUInt32LE(12)
  return { header: JSON.parse(buffer.toString('utf8', HEAD_BYTES, vectorsAt)) as Header, vectorsAt }
}

function namedVectors({ finished, current }: RunState): [string, Float32Array][] {
  const members = finished.map(({ theta }, k): [string, Float32Array] => [`member${k}`, theta])
  if (!current) return members
  const state = Object.entries(current.vectors).map(([name, v]): [string, Float32Array] => [`state.${name}`, v])
  return [...members, ...state, ...(current.best ? [['best', current.best] as [string, Float32Array]] : [])]
}

function withoutVectors({ vectors: _, best: __, ...rest }: MemberState): Omit<MemberState, 'vectors' | 'best'> {
  return rest
}

function damaged(reason: string): AppError {
  return new AppError('ERR_6005', `The checkpoint cannot be used: ${reason}`)
}
