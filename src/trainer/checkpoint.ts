/**
 * A run's state in one file that describes itself (`node/checkpoint-head.ts` has its layout). The header names every vector with its
 * length, in the order they are stored, and holds everything else that a run carries from step to step: numbers in JSON come back as
 * they were.
 */
import { createHash } from 'node:crypto'
import {
  CHECKPOINT_MAGIC,
  CHECKPOINT_PRELUDE_BYTES,
  CHECKPOINT_VERSION,
  type CheckpointHead,
  damagedCheckpoint,
  locateHeader,
  type RunIdentity,
} from '../node/checkpoint-head.ts'
import type { LabelScale } from '../recipes/training/labels.ts'
import type { Halving, MemberOutcome, MemberState } from './member.ts'

const SHA_BYTES = 32

export interface RunState {
  /** All that decides the result; a checkpoint of another run is refused. */
  readonly identity: RunIdentity
  /** Finished steps over all members. */
  readonly step: number
  /** Training time so far, over all processes that worked on the run. */
  readonly elapsedMs: number
  readonly finished: readonly MemberOutcome[]
  /** Of the member after the finished ones, where it has begun. */
  readonly current: MemberState | null
  /** Where memory for a step could not be had, and in how many parts batches have gone since; absent: nowhere. Steps over all members. */
  readonly halvings?: readonly Halving[]
}

interface Header extends CheckpointHead {
  finished: { scale: LabelScale; bestEpoch: number; bestScore: number; epochs: number; validation: number[] }[]
  current: Omit<MemberState, 'vectors' | 'best'> | null
  halvings?: readonly Halving[]
}

export function encodeCheckpoint(state: RunState): Uint8Array {
  const vectors = namedVectors(state)
  const header: Header = {
    format: 'bindery-checkpoint-2',
    identity: state.identity,
    step: state.step,
    elapsedMs: state.elapsedMs,
    finished: state.finished.map(({ theta: _, validation, ...rest }) => ({ ...rest, validation: [...validation] })),
    current: state.current && withoutVectors(state.current),
    ...(state.halvings?.length ? { halvings: state.halvings } : {}),
    vectors: vectors.map(([name, { length }]) => ({ name, length })),
  }
  const json = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / 8) * 8
  const floats = vectors.reduce((sum, [, vector]) => sum + vector.length, 0)
  const bytes = Buffer.alloc(CHECKPOINT_PRELUDE_BYTES + headerBytes + 4 * floats + SHA_BYTES, ' ')
  bytes.write(CHECKPOINT_MAGIC, 0, 'latin1')
  bytes.writeUInt32LE(CHECKPOINT_VERSION, 8)
  bytes.writeUInt32LE(headerBytes, 12)
  json.copy(bytes, CHECKPOINT_PRELUDE_BYTES)
  let at = CHECKPOINT_PRELUDE_BYTES + headerBytes
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
    if (!found) throw damagedCheckpoint(`it has no vector "${name}"`)
    return found
  }
  const stateNames = header.vectors.map(({ name }) => name).filter(name => name.startsWith('state.'))
  return {
    identity: header.identity,
    step: header.step,
    elapsedMs: header.elapsedMs,
    ...(header.halvings ? { halvings: header.halvings } : {}),
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
  const { from, to } = locateHeader(bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = buffer.length - SHA_BYTES
  if (end < to) throw damagedCheckpoint(`it has only ${buffer.length} bytes`)
  const sha = createHash('sha256').update(buffer.subarray(0, end)).digest()
  if (!sha.equals(buffer.subarray(end))) throw damagedCheckpoint('its checksum does not fit its content')
  return { header: JSON.parse(buffer.toString('utf8', from, to)) as Header, vectorsAt: to }
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
