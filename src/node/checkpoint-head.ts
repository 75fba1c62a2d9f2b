/**
 * The beginning of a checkpoint, which says what it is without its vectors. Little-endian.
 *
 *     "BNDRCKPT" | u32 version | u32 header bytes | header, JSON padded with blanks to 8 | float32 vectors | sha256[32] of all before it
 *
 * Written and read whole by the trainer; the host reads heads only, to list the checkpoints of a run.
 */
import { open } from 'node:fs/promises'
import { AppError } from '../shared/errors.ts'

export const CHECKPOINT_MAGIC = 'BNDRCKPT'
/** Version 1 named its run by one hash; it cannot say what differs. */
export const CHECKPOINT_VERSION = 2
/** Before the header. */
export const CHECKPOINT_PRELUDE_BYTES = 16
const LARGEST_HEADER_BYTES = 64 * 1024 ** 2

/** Everything that decides the result of a run on one machine, by name: `seed`, `settings.epochs`, hashes for what is long. */
export type RunIdentity = Readonly<Record<string, string>>

export interface CheckpointHead {
  readonly format: 'bindery-checkpoint-2'
  readonly identity: RunIdentity
  /** Finished steps over all members. */
  readonly step: number
  readonly elapsedMs: number
  readonly finished: readonly { readonly bestEpoch: number; readonly bestScore: number; readonly epochs: number }[]
  /** Of the member in training; `epoch` counts from 0. */
  readonly current: {
    readonly epoch: number
    readonly stopping: { readonly bestEpoch: number; readonly bestScore: number | null }
  } | null
  readonly vectors: readonly { readonly name: string; readonly length: number }[]
}

/** Where the header lies. ERR_6005 where the bytes do not begin as a checkpoint of this version. */
export function locateHeader(bytes: Uint8Array): { from: number; to: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < CHECKPOINT_PRELUDE_BYTES) throw damagedCheckpoint(`it has only ${buffer.length} bytes`)
  if (buffer.toString('latin1', 0, 8) !== CHECKPOINT_MAGIC) throw damagedCheckpoint('it is another kind of file')
  const version = buffer.readUInt32LE(8)
  if (version !== CHECKPOINT_VERSION) {
    throw damagedCheckpoint(`it has version ${version}, this Bindery reads ${CHECKPOINT_VERSION}`)
  }
  return { from: CHECKPOINT_PRELUDE_BYTES, to: CHECKPOINT_PRELUDE_BYTES + buffer.readUInt32LE(12) }
}

/** Reads the head alone, whatever the size of the vectors; does not check the sum. ERR_6005 where there is no whole head. */
export async function readCheckpointHead(file: string): Promise<CheckpointHead> {
  await using handle = await open(file, 'r')
  const prelude = new Uint8Array(CHECKPOINT_PRELUDE_BYTES)
  const { bytesRead } = await handle.read(prelude)
  const { from, to } = locateHeader(prelude.subarray(0, bytesRead))
  if (to - from > LARGEST_HEADER_BYTES) throw damagedCheckpoint(`its header claims ${to - from} bytes`)
  const header = Buffer.alloc(to - from)
  const { bytesRead: got } = await handle.read(header, 0, header.length, from)
  if (got < header.length) throw damagedCheckpoint('it ends within its header')
  return JSON.parse(header.toString('utf8')) as CheckpointHead
}

export function damagedCheckpoint(reason: string): AppError {
  return new AppError('ERR_6005', `The checkpoint cannot be used: ${reason}`)
}
